"""Which line of a stack trace is the program's own."""

import os
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pulumi.runtime.proto.source_pb2 import SourcePosition as SentPosition
from pulumi.runtime.proto.source_pb2 import StackTrace

from pulumi_preflight.model import SourcePosition

_INSTALLED = ("site-packages", "dist-packages")
# What runs every program; its lines say nothing of a resource.
_RUNTIME = ("pulumi", "pulumi_preflight")
_PREFLIGHT = Path(__file__).parent


class Positions:
    """Turns the places that the SDK sends into places of the program."""

    def __init__(self, root: Path) -> None:
        """Takes the project's folder, to which files are relative."""
        self._root = os.path.realpath(root)

    def of_request(
        self,
        position: SentPosition,
        trace: StackTrace,
        *,
        parent: SourcePosition | None = None,
    ) -> SourcePosition | None:
        """The innermost place in the program's own files, `None` where nothing tells a place.

        A resource may be created deep inside installed packages; what the user can change is the
        line that called them. A package that creates it in a callback was called long ago: then the
        parent's line says most, or else the package's own innermost line.

        Args:
            position: The place that the SDK takes for the resource's.
            trace: The calls that led there, the innermost first.
            parent: The place of the parent.
        """
        places = [(_path(frame.pc.uri), frame.pc.line) for frame in trace.frames]
        places.append((_path(position.uri), position.line))
        return self.nearest(places) or parent or self._in_library(places)

    def _in_library(self, places: Iterable[tuple[str, int]]) -> SourcePosition | None:
        """The first place that lies in a library, be it installed or beside the project."""
        for file, line in places:
            if line > 0 and _is_library(Path(file)):
                return SourcePosition(file=os.path.relpath(file, self._root), line=line)
        return None

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


def _is_library(file: Path) -> bool:
    """Whether a file is neither Python's own nor that of what runs every program."""
    if not file.is_absolute() or file.is_relative_to(_PREFLIGHT):
        return False
    folders = list(pairwise(file.parts))
    if names := [inner for outer, inner in folders if outer in _INSTALLED]:
        return names[-1] not in _RUNTIME
    return not any(outer == "lib" and inner.startswith("python3") for outer, inner in folders)


def _path(uri: str) -> str:
    return unquote(urlsplit(uri).path)
