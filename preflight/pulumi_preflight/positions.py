"""Which line of a stack trace is the program's own."""

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pulumi.runtime.proto.source_pb2 import SourcePosition as SentPosition
from pulumi.runtime.proto.source_pb2 import StackTrace

from pulumi_preflight.model import SourcePosition

_INSTALLED = ("site-packages", "dist-packages")


class Positions:
    """Turns the places that the SDK sends into places of the program."""

    def __init__(self, root: Path) -> None:
        """Takes the project's folder, to which files are relative."""
        self._root = os.path.realpath(root)

    def of_request(self, position: SentPosition, trace: StackTrace) -> SourcePosition | None:
        """The innermost place in the program's own files, `None` where there is none.

        A resource may be created deep inside installed packages; what the user can change is the
        line that called them.
        """
        places = [(_path(frame.pc.uri), frame.pc.line) for frame in trace.frames]
        return self.nearest([*places, (_path(position.uri), position.line)])

    def nearest(self, places: Iterable[tuple[str, int]]) -> SourcePosition | None:
        """The first place that lies in the program's own files; the innermost must come first."""
        for file, line in places:
            relative = self._own(file)
            if relative and line > 0:
                return SourcePosition(file=relative, line=line)
        return None

    def _own(self, file: str) -> str | None:
        if not Path(file).is_absolute():
            return None
        path = os.path.realpath(file)
        if any(part in _INSTALLED for part in Path(path).parts):
            return None
        inside = os.path.relpath(path, self._root)
        return None if inside.startswith(os.pardir) else inside


def _path(uri: str) -> str:
    return unquote(urlsplit(uri).path)
