"""Serves the rehearsal provider on the loopback."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import grpc
from pulumi.runtime.proto.provider_pb2_grpc import add_ResourceProviderServicer_to_server

from pulumi_preflight.outputs import Outputs
from pulumi_preflight.outputs.shapes import Shapes
from pulumi_preflight.provider.calls import Calls
from pulumi_preflight.provider.installed import ask
from pulumi_preflight.provider.rehearsal import RehearsalBackend
from pulumi_preflight.provider.service import Provider
from pulumi_preflight.provider.store import Store

_THREADS = 32
_MESSAGE_BYTES = 400 * 1024 * 1024


def rehearsal(store: Path, calls: Path | None) -> Provider:
    """The rehearsal provider, on the SDKs of this interpreter.

    Raises:
        StoreError: The file is not a store.
    """
    shapes = Shapes(ask)
    outputs = Outputs(shapes, keep_unknowns=False)
    return Provider(shapes, RehearsalBackend(outputs, Store(store)), Calls(calls))


@contextmanager
def serving(provider: Provider) -> Iterator[int]:
    """Serves until it is left; gives the port."""
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="provider") as threads:
        server = grpc.server(threads, options=[("grpc.max_receive_message_length", _MESSAGE_BYTES)])
        add_ResourceProviderServicer_to_server(provider, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield port
        finally:
            server.stop(None).wait()
