"""One stack of one project: what is its own on this machine, and what has to agree to changes."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pulumi_loopback.engine import Engine
from pulumi_preflight.cli import main as preflight

if TYPE_CHECKING:
    from pulumi_preflight.reports.terminal import Section


LOCAL = "local"
"""The name of a stack that is not named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """The words around a command's name.

    Attributes:
        before: The words before the name.
        between: The words between the name and its options, where it has any.
        always: The options that the user has to give with each command.
    """

    before: tuple[str, ...] = ("pulumi-loopback",)
    between: tuple[str, ...] = ()
    always: tuple[str, ...] = ()

    def of(self, name: str, *options: str) -> str:
        """The text that the user types for a command."""
        given = [*self.always, *options]
        return " ".join([*self.before, name, *([*self.between, *given] if given else [])])


OWN = Spelling()
"""The package's own command."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """One stack of one project; nothing of it has been read yet.

    Attributes:
        folder: The folder of Pulumi.yaml, which also gets the endpoint's key and data.
        stack: The stack's name.
        home: The folder whose `.pulumi` holds copies of states, and the state of a local stack.
        engine: Finds the engine; raises `CommandError` where there is none.
        local: Whether the stack is the user's alone, and made on this machine. Another one is made
            where its settings say, keeps its state in the user's own backend, and is changed only
            after a question.
        endpoint: URL of the endpoint for a local stack whose settings name none. Then nothing of
            the stack leaves this machine: neither its state nor a request of the program's own to
            AWS. `None` where such a stack is made at AWS.
        gate: What has to agree before the stack is changed.
        compose: The folder whose docker-compose.yml has a service `localstack`, which takes moto's
            place where Docker and a token are there; `None` where there is no such file.
        spelling: How the user types a command.
    """

    folder: Path
    stack: str = LOCAL
    home: Path
    engine: Callable[[], Engine]
    local: bool = True
    endpoint: str | None = None
    gate: Gate = field(default_factory=Packs)
    compose: Path | None = None
    spelling: Spelling = OWN

    def typed(self, name: str, *options: str) -> str:
        """How the user types a command on this stack."""
        named = [] if self.stack == LOCAL else ["--stack", self.stack]
        return self.spelling.of(name, *named, *options)
