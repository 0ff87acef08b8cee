"""The process of the embedded provider lives as long as an engine needs it, and no longer."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto.plugin_pb2 import PluginAttach
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from ops.paths import ROOT
from tests.waiting import LONG


class Served:
    """A provider in its process.

    Attributes:
        process: The process.
        provider: A client.
    """

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout is not None
        self.process = process
        self._channel = grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}")
        self.provider = ResourceProviderStub(self._channel)

    def leave(self) -> None:
        """Ends like the command that has started the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def close(self) -> None:
        self._channel.close()
        self.process.kill()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with subprocess.Popen(
        [sys.executable, "-m", "pulumi_loopback.embedded.provider_process", tmp_path],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        made = Served(process)
        yield made
        made.close()


def test_it_ends_with_the_command_that_has_started_it(served: Served) -> None:
    served.leave()
    assert served.process.wait(LONG) == 0


def test_it_serves_an_engine_that_is_still_at_work_and_ends_after_it(served: Served) -> None:
    with socket.create_server(("127.0.0.1", 0)) as engine:
        served.provider.Attach(PluginAttach(address=f"127.0.0.1:{engine.getsockname()[1]}"))
        served.leave()
        with pytest.raises(subprocess.TimeoutExpired):
            served.process.wait(1)
        assert served.provider.GetPluginInfo(Empty()).version
    assert served.process.wait(LONG) == 0
