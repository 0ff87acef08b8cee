"""The folders inside which a server for agents or editors may read and run."""

import os
from collections.abc import Sequence
from pathlib import Path

from pulumi_preflight.errors import PreflightError
from pulumi_preflight.packs import PackChoice
from pulumi_preflight.project import Project


class Roots:
    """The folders that a server was told. Links count for where they lead."""

    def __init__(
        self,
        folders: Sequence[Path],
        *,
        called: str = "the roots of this server",
        hint: str = "a server that is started with one more --root may use it",
    ) -> None:
        """Takes the folders.

        Args:
            folders: The folders.
            called: What they are called, for messages.
            hint: How there would be one more, for messages.
        """
        self.folders = tuple(dict.fromkeys(Path(os.path.realpath(each)) for each in folders))
        self._called = called
        self._hint = hint

    def __str__(self) -> str:
        """The folders, for a message."""
        return ", ".join(map(str, self.folders))

    def find(self, given: str, what: str, beside: Path | None = None) -> Path:
        """The path that an argument names, absolute.

        Args:
            given: The argument. A relative one stands in the first root that has it.
            what: What it names, for messages.
            beside: The folder that a relative path begins at, in place of the roots.

        Raises:
            PreflightError: It leads out of the roots.
        """
        starts = self.folders if beside is None else (beside,)
        if "\0" in given:
            raise PreflightError(f"{what} {given!r} holds a null character, as no path does")
        paths = [start / given for start in starts]
        found = next((path for path in paths if os.path.lexists(path)), paths[0])
        self.check(found, f"{what} {given}")
        return found

    def check(self, path: Path, what: str) -> None:
        """Refuses a path that leads out of the roots.

        Args:
            path: The path.
            what: What it is, for the message.

        Raises:
            PreflightError: It leads out of them.
        """
        if not self.hold(path):
            raise PreflightError(
                f"{what} is {os.path.realpath(path)}, outside of {self._called}: {self}",
                hint=self._hint,
            )

    def hold(self, path: Path) -> bool:
        """Whether a path leads to somewhere inside of them."""
        real = Path(os.path.realpath(path))
        return any(real.is_relative_to(root) for root in self.folders)

    def admit(self, project: Project, choices: Sequence[PackChoice]) -> None:
        """Refuses a run in which anything outside of the roots would be run.

        The interpreter is not a part of the project, and may be anywhere.

        Raises:
            PreflightError: The program, a pack or its config leads out of them.
        """
        self.check(project.file, f"the file of the project {project.name}")
        launch = project.launch
        for path in (launch.program, launch.working_directory, launch.compiled):
            if path is not None:
                self.check(path, f"the program of the project {project.name}")
        self.admit_packs(choices)

    def admit_packs(self, choices: Sequence[PackChoice]) -> None:
        """Refuses packs of which one, or its config, leads out of the roots.

        Raises:
            PreflightError: One does.
        """
        for choice in choices:
            self.check(choice.directory, f"a policy pack ({choice.named_by})")
            if choice.config is not None:
                self.check(choice.config, f"the config of a policy pack ({choice.named_by})")
