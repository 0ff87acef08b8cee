"""The rehearsal provider, served to a client as the engine is one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from pulumi_preflight.provider.server import rehearsal, serving
from tests.preflight.provider.client import Client

Connect = Callable[..., Client]


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Connect]:
    """Starts a provider on the test's store, and connects to it as one provider of a program."""
    with ExitStack() as open_:

        def connected(port: int | None = None, **settings: str) -> Client:
            if port is None:
                provider = rehearsal(tmp_path / "store.json", tmp_path / "calls")
                port = open_.enter_context(serving(provider))
            # Channels to one address share a connection unless they are told not to.
            options = [("grpc.use_local_subchannel_pool", 1)]
            channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=options)
            client = Client(ResourceProviderStub(open_.enter_context(channel)), port)
            client.configure({"region": "eu-west-1", **settings})
            return client

        yield connected


@pytest.fixture
def client(connect: Connect) -> Client:
    """A provider for eu-west-1."""
    return connect()
