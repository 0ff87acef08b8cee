"""The provider as a process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import grpc
import pytest

from pulumi_preflight.provider import rehearsal_provider
from pulumi_preflight.provider.backend import Store
from tests.ports import takes_a_second_server
from tests.waiting import LONG

COMMAND = [sys.executable, "-m", "pulumi_preflight.provider", "--store"]


def test_it_serves_while_it_is_entered_and_is_gone_afterwards(tmp_path: Path) -> None:
    with (
        rehearsal_provider(tmp_path / "store.json") as port,
        grpc.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):
        grpc.channel_ready_future(channel).result(timeout=LONG)
    with (
        grpc.insecure_channel(f"127.0.0.1:{port}") as channel,
        pytest.raises(grpc.FutureTimeoutError),
    ):
        grpc.channel_ready_future(channel).result(timeout=0.5)


def test_its_port_is_its_own(tmp_path: Path) -> None:
    with rehearsal_provider(tmp_path / "store.json") as port:
        assert not takes_a_second_server(port)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "term"])
def test_it_ends_well_when_it_is_told_to(tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [*COMMAND, tmp_path / "store.json"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) > 0
        os.kill(process.pid, number)
        assert process.wait(timeout=LONG) == 0


def test_a_file_that_is_no_store_is_one_clear_error(tmp_path: Path) -> None:
    store = tmp_path / "store.json"
    store.write_text("no store", encoding="utf-8")
    told = subprocess.run([*COMMAND, store], capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert told.stdout == ""
    assert told.stderr.startswith(f"error: {store} is not a store of resources: ")
    assert told.stderr.count("\n") == 1


def test_what_does_not_exist_cannot_vanish(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        Store(tmp_path / "store.json").forget("urn:pulumi:dev::shop::aws:sqs/queue:Queue::no")


def test_it_ends_with_the_process_that_has_started_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pulumi_preflight.provider", "--store", str(tmp_path / "s")]
    starting = "import subprocess, sys; subprocess.Popen(sys.argv[1:]); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", starting, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        int(parent.stdout.readline())
        parent.kill()
        assert parent.stdout.read() == b"", "the pipe closes when the provider, too, is gone"
