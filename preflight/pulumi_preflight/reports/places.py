"""Where findings stand for tools that read files from the repository's root.

GitHub, GitLab and viewers of SARIF resolve paths against the root of the repository; the files of a
verdict are relative to its project, which may be a folder of that.
"""

import os
import posixpath
from dataclasses import dataclass
from pathlib import Path

from pulumi_preflight.findings import Finding
from pulumi_preflight.model import SourcePosition
from pulumi_preflight.project import PROJECT_FILES, repository_of
from pulumi_preflight.stack_context import name_of
from pulumi_preflight.verdict import Verdict
from pulumi_preflight.verdicts import StackResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of a file.

    Attributes:
        file: The path from the repository's root, with `/`.
        line: The line, from 1.
        of: The name of the resource that is there, empty where that is not told.
    """

    file: str
    line: int
    of: str = ""


def root_of(folder: Path) -> Path:
    """The root of the repository that holds a folder.

    Without a repository, the working directory where it holds the folder, else the folder itself.
    """
    folder = Path(os.path.realpath(folder))
    if repository := repository_of(folder):
        return repository
    here = Path(os.path.realpath(Path.cwd()))
    return here if folder.is_relative_to(here) else folder


def place_of_failure(result: StackResult) -> Place:
    """The first line of the project file of a stack without a verdict."""
    folder = Path(os.path.realpath(result.folder))
    names = [name for name in PROJECT_FILES if (folder / name).is_file()] or PROJECT_FILES
    inside = folder.relative_to(root_of(folder)).as_posix()
    return Place(file=posixpath.normpath(posixpath.join(inside, names[0])), line=1)


class Places:
    """The places of one verdict's findings."""

    def __init__(self, verdict: Verdict) -> None:
        self._prefix = ""
        if verdict.folder is not None:
            root = root_of(verdict.folder)
            self._prefix = Path(os.path.realpath(verdict.folder)).relative_to(root).as_posix()
        self._project_file = verdict.project_file
        self._positions = {each.urn: each.position for each in verdict.resources}

    def of(self, finding: Finding) -> Place:
        """The first place of a finding; the project file's first line where there is none.

        A place outside of the repository is none: its readers could not open it.
        """
        inside = filter(None, map(self._inside, finding.places[:1]))
        return next(inside, Place(file=self._joined(self._project_file), line=1))

    def related(self, finding: Finding) -> tuple[Place, ...]:
        """The other places that a finding speaks of, each once."""
        named = {
            position: name_of(urn)
            for urn in finding.related
            if (position := self._positions.get(urn)) is not None
        }
        others = dict.fromkeys((*finding.places[1:], *named))
        placed = (self._inside(each, named.get(each, "")) for each in others)
        return tuple(filter(None, placed))

    def inside(self, position: SourcePosition | None) -> Place | None:
        """The place of a position; `None` where it is none of the repository."""
        return self._inside(position) if position else None

    def _inside(self, position: SourcePosition, of: str = "") -> Place | None:
        file = self._joined(position.file)
        if file.startswith(("../", "/")):
            return None
        return Place(file=file, line=position.line, of=of)

    def _joined(self, file: str) -> str:
        return posixpath.normpath(posixpath.join(self._prefix, Path(file).as_posix()))
