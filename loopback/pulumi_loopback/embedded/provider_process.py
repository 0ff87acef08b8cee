"""The embedded provider's process: prints its port, and serves as long as somebody needs it.

Its standard input ends with the command that has started it, however that ends. The process then
waits for an engine that is still at work: the engine saves what is being made into the state.
"""

import argparse
import gc
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto.plugin_pb2 import PluginAttach

from pulumi_loopback.credentials import listens, own_key
from pulumi_loopback.embedded.provider import embedded_backend
from pulumi_loopback.errors import carried_out
from pulumi_preflight.outputs.shapes import Shapes
from pulumi_preflight.provider.backend import Calls
from pulumi_preflight.provider.server import ask, serving
from pulumi_preflight.provider.service import Provider

_SECONDS_BETWEEN_LOOKS = 0.2


class _Attached(Provider):
    """Remembers the engines that use the provider."""

    def __init__(self, project: Path, endpoint: str | None) -> None:
        shapes = Shapes(ask)
        backend = embedded_backend(shapes, own_key(project), endpoint)
        super().__init__(shapes, backend, Calls(None))
        self._addresses: set[str] = set()

    def Attach(self, request: PluginAttach, context: grpc.ServicerContext) -> Empty:  # noqa: N802
        """Notes the address of the engine."""
        self._addresses.add(request.address)
        return super().Attach(request, context)

    def is_needed(self) -> bool:
        """Whether one of the engines is still there."""
        return any(listens(address.rpartition(":")[2]) for address in self._addresses)


def main(arguments: Sequence[str]) -> int:
    """Serves, with the key of the project's endpoint.

    Returns:
        0 when no engine needed it any more, 2 where the key cannot be read.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path, help="the folder of Pulumi.yaml")
    parser.add_argument("--endpoint", help="URL for programs whose provider names no endpoint")
    options = parser.parse_args(arguments)
    return carried_out(lambda: _serve(options.project, options.endpoint))


def _serve(project: Path, endpoint: str | None) -> int:
    with serving(provider := _Attached(project, endpoint)) as port:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        sys.stdin.read()
        while provider.is_needed():
            time.sleep(_SECONDS_BETWEEN_LOOKS)
    # Before its end the interpreter would go through all that the SDK has loaded once more, which
    # takes a second.
    gc.freeze()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
