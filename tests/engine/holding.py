"""The rehearsal provider, made to hold still in the middle of what it does.

`python -m tests.engine.holding STORE CALLS` prints its port and serves until its standard input
ends. It holds where the file `hold` beside the store says, for as long as that file is there.
"""

import sys
import time
from pathlib import Path

import grpc
from google.protobuf.empty_pb2 import Empty

from pulumi_preflight.outputs import Filled, Outputs
from pulumi_preflight.outputs.shapes import Shapes
from pulumi_preflight.provider.backend import (
    Backend,
    Calls,
    ProvidedResource,
    RehearsalBackend,
    Store,
)
from pulumi_preflight.provider.server import ask, serving
from pulumi_preflight.provider.service import Provider
from pulumi_preflight.wire import Properties


class Hold:
    """Where to hold still, as files in a folder.

    `hold` holds a moment: `create dead`, `created dead`, `read dead`, `delete dead`, or a phase of
    the program. `holding` appears when it is reached, `cancelled` when the engine sends Cancel from
    then on: it also does so at the end of every operation.
    """

    def __init__(self, folder: Path) -> None:
        self._wanted = folder / "hold"
        self._reached = folder / "holding"
        self._cancelled = folder / "cancelled"

    def at(self, moment: str) -> None:
        """Holds still if this is the moment."""
        while _read(self._wanted) == moment:
            if not self.is_reached():
                self._cancelled.unlink(missing_ok=True)
                self._reached.touch()
            time.sleep(0.02)

    def want(self, moment: str) -> None:
        for file in (self._reached, self._cancelled):
            file.unlink(missing_ok=True)
        self._wanted.write_text(moment)

    def release(self) -> None:
        self._wanted.unlink()

    def is_reached(self) -> bool:
        return self._reached.exists()

    def cancel(self) -> None:
        self._cancelled.touch()

    def is_cancelled(self) -> bool:
        return self._cancelled.exists()


class HoldingBackend:
    """Another backend that holds still before its calls, and once more after a creation."""

    def __init__(self, behind: Backend, hold: Hold) -> None:
        self._behind = behind
        self._hold = hold

    def create(self, resource: ProvidedResource) -> Filled:
        self._hold.at(f"create {resource.name}")
        filled = self._behind.create(resource)
        self._hold.at(f"created {resource.name}")
        return filled

    def read(self, resource: ProvidedResource) -> Filled | None:
        self._hold.at(f"read {resource.name}")
        return self._behind.read(resource)

    def update(self, resource: ProvidedResource) -> Properties:
        return self._behind.update(resource)

    def delete(self, resource: ProvidedResource) -> None:
        self._hold.at(f"delete {resource.name}")
        self._behind.delete(resource)


class HoldingProvider(Provider):
    """Tells when the engine wants everything to be given up."""

    def __init__(self, store: Path, calls: Path) -> None:
        shapes = Shapes(ask)
        self._hold = Hold(store.parent)
        backend = RehearsalBackend(Outputs(shapes, keep_unknowns=False), Store(store))
        super().__init__(shapes, HoldingBackend(backend, self._hold), Calls(calls))

    def Cancel(self, _request: Empty, _context: grpc.ServicerContext) -> Empty:  # noqa: N802
        self._hold.cancel()
        return Empty()


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except FileNotFoundError:
        return ""


if __name__ == "__main__":
    with serving(HoldingProvider(Path(sys.argv[1]), Path(sys.argv[2]))) as port:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        sys.stdin.read()
