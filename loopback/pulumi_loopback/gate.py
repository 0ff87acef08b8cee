"""What has to agree before a stack is changed: preflight, and packs under it and the engine."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pulumi_preflight.cli import main as preflight

if TYPE_CHECKING:
    from pulumi_preflight.reports.terminal import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What preflight said.

    Attributes:
        status: Its exit code: 0 without a mandatory finding, 1 with one, 2 without a verdict.
        places: URNs to the `file:line` that makes them.
    """

    status: int
    places: Mapping[str, str]


class Gate(Protocol):
    """Agrees to a change of a stack, or does not."""

    def judge(self, folder: Path, stack: str) -> Verdict:
        """Runs preflight on a project, and shows its report."""

    def for_the_engine(self) -> AbstractContextManager[Sequence[str | Path]]:
        """The options with which the engine runs the same packs, while the block runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packs:
    """A gate of policy packs.

    Attributes:
        folders: The packs' folders.
        configs: Their files of levels and settings: as many as there are packs, or none.
    """

    folders: tuple[Path, ...] = ()
    configs: tuple[Path, ...] = ()

    def judge(self, folder: Path, stack: str) -> Verdict:
        """See `Gate`."""
        return judged(folder, stack, self._options)

    @contextmanager
    def for_the_engine(self) -> Iterator[Sequence[str | Path]]:
        """See `Gate`."""
        yield self._options

    @property
    def _options(self) -> list[str]:
        packs = [word for each in self.folders for word in ("--policy-pack", str(each))]
        configs = [word for each in self.configs for word in ("--policy-pack-config", str(each))]
        return [*packs, *configs]


def judged(
    folder: Path, stack: str, options: Sequence[str], section: "Section | None" = None
) -> Verdict:
    """Runs preflight and shows its report.

    Args:
        folder: The folder of Pulumi.yaml.
        stack: The stack's name.
        options: More options of preflight.
        section: The caller's own lines for the report.
    """
    places: dict[str, str] = {}

    def noted(export: Mapping[str, Any], *, width: int, colour: bool) -> str:
        places.update(_places(export, os.path.relpath(folder)))
        return section(export, width=width, colour=colour) if section else ""

    status = preflight([str(folder), "--stack", stack, *options], section=noted)
    return Verdict(status=status, places=places)


def _places(export: Mapping[str, Any], folder: str) -> dict[str, str]:
    return {
        each["urn"]: _place(each["sourcePosition"], folder)
        for each in export["deployment"]["resources"]
        if "sourcePosition" in each
    }


def _place(position: str, folder: str) -> str:
    """`project:///modules/taskiq.py#14` as the reader would type it."""
    file, _, line = position.removeprefix("project:///").partition("#")
    return f"{Path(folder, file)}:{line}"
