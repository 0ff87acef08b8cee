"""A base that is a revision of git: its program is judged beside the run, in its own work tree.

The base's run is a process of preflight that saves what it found, as main's CI would.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from shutil import copy2, copytree
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pulumi_preflight.bases import Base
from pulumi_preflight.bases.revisions.environments import Environments
from pulumi_preflight.bases.revisions.links import Move
from pulumi_preflight.bases.saved import read_saved
from pulumi_preflight.errors import BaseError, ProjectError
from pulumi_preflight.git import GitError, Repository, needing_git, repository_around
from pulumi_preflight.guard import Guard, Together
from pulumi_preflight.project import PROJECT_FILES, Project, holds_project, stacks_in

if TYPE_CHECKING:
    from pulumi_preflight.api import Wanted
    from pulumi_preflight.packs import PackChoice

_OPTION = "--base"
_SHOWN_DIGITS = 9
_COMMAND = "from pulumi_preflight.cli import command; command()"
_VERDICTS = (0, 1)
_TURN_SECONDS = 60.0
_PATHS = "PYTHONPATH"


class Revision:
    """A revision to compare with, checked out from the first use to the end of the block.

    The commit is that at which the branch parted from the revision, so what others did since then
    does not count. Safe from any thread.
    """

    def __init__(self, reference: str, folder: Path) -> None:
        """Finds the commit.

        Args:
            reference: A branch, a tag or a commit.
            folder: A folder of the repository.

        Raises:
            GitError: There is no such commit, or the folder is in no repository.
        """
        self._repository = repository_around(Path(os.path.realpath(folder)), _OPTION)
        with needing_git(_OPTION):
            self._commit = self._repository.parting(reference, _OPTION)
        self._place = f"{reference} ({self._commit[:_SHOWN_DIGITS]})"
        self._together = Together()
        self._guard = Guard()
        self._threads = ThreadPoolExecutor(thread_name_prefix="base")
        self._folder = Path(os.path.realpath(self._guard.new_folder()))
        self._move = Move(self._repository.top, self._folder / "tree")
        self._environments = Environments(self._move)
        self._preparing = Lock()
        self._is_checked_out = False

    def __str__(self) -> str:
        """What it is called in reports."""
        return self._place

    def __enter__(self) -> Self:
        """Gives itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends the runs, and removes the work tree."""
        self._together.kill()
        self._threads.shutdown(cancel_futures=True)
        if self._is_checked_out:
            # The guard removes the folder in any case, and git forgets it when it next prunes.
            with suppress(GitError):
                self._repository.remove(self._move.target)
        self._guard.close()

    def files_below(self, folder: Path) -> list[Path]:
        """The files that the revision has below a folder of the repository, as absolute paths.

        Raises:
            GitError: Git cannot read the commit.
        """
        real = Path(os.path.realpath(folder))
        return [
            self._repository.top / name for name in self._repository.files_of(self._commit, real)
        ]

    def text_of(self, file: Path) -> str:
        """The text of a file that `files_below` gave.

        Raises:
            GitError: Git cannot read it.
        """
        return self._repository.text_of(self._commit, file.relative_to(self._repository.top))

    def judging(self, project: Project, wanted: "Wanted") -> Callable[[], Base]:
        """Begins to judge the revision's program; gives what waits for the end.

        Args:
            project: The project that is compared with it.
            wanted: What is asked of the run.

        Raises:
            ProjectError: `baseFiles` of `preflight.yaml` names what is not there.
        """
        copied = tuple(self._named_files(project))
        return self._threads.submit(self._judge, project, wanted, copied).result

    def _named_files(self, project: Project) -> Iterator[Path]:
        """What the program reads though git ignores it, as the project says."""
        for name in project.overrides.base_files if project.overrides else ():
            path = Path(os.path.realpath(project.root / name))
            where = f"{project.root / 'preflight.yaml'}: baseFiles: {name}"
            if not path.is_relative_to(self._repository.top):
                raise ProjectError(
                    f"{where} lies outside of the repository {self._repository.top}",
                    hint="leave it out: the revision's program finds it where it is",
                )
            if not path.exists():
                raise ProjectError(f"{where} does not exist", hint="make it, or leave it out")
            yield path

    def _judge(self, project: Project, wanted: "Wanted", copied: Iterable[Path]) -> Base:
        with self._preparing:
            self._check_out()
            root = self._root_of(project)
            if root is None:
                return self._without(f"project {project.name}")
            is_new = project.stack not in stacks_in(root)[1]
            if is_new and project.stack in stacks_in(project.root)[1]:
                return self._without(f"stack {project.stack} of {project.name}")
            for path in copied:
                _copy(path, self._move.target / path.relative_to(self._move.source))
            active = project.launch.variables.get("VIRTUAL_ENV")
            self._environments.settle(
                project.launch.working_directory, Path(active) if active else None
            )
            for folder in (
                *(Path(pack.directory) for pack in wanted.packs or ()),
                *(pack.path for pack in project.packs),
            ):
                self._environments.settle(folder)
            variables = self._variables()
        with self._together.entered():
            guard = Guard()
        try:
            return self._run(guard, root, project, wanted, variables)
        finally:
            guard.close()

    def _root_of(self, project: Project) -> Path | None:
        """The project's folder in the revision, also where it stood elsewhere."""
        root = self._counterpart(project.root)
        if root is not None and holds_project(root):
            return root
        files = Repository(self._move.target).files(*(f"*{name}" for name in PROJECT_FILES))
        roots = [(self._move.target / file).parent for file in files if file.name in PROJECT_FILES]
        named = [each for each in roots if _name_in(each) == project.name]
        return named[0] if len(named) == 1 else None

    def _without(self, what: str) -> Base:
        """The base of what the revision does not have yet."""
        note = f"{self} has no {what}, so all of it counts as new"
        return Base(
            place=str(self), is_state=False, resources=(), findings=(), cost=None, note=note
        )

    def _run(
        self,
        guard: Guard,
        root: Path,
        project: Project,
        wanted: "Wanted",
        variables: dict[str, str],
    ) -> Base:
        folder = guard.new_folder()
        file, told = folder / "base.json", folder / "told"
        current = Path.cwd()
        with told.open("wb") as output:
            guard.start(
                [sys.executable, "-c", _COMMAND, str(root), *self._options(wanted, project, file)],
                cwd=self._counterpart(current) or current,
                environment=variables,
                output=(subprocess.DEVNULL, output),
            )
            while not guard.has_ended(_TURN_SECONDS):
                pass
        if guard.end() not in _VERDICTS:
            raise BaseError(_reason(told.read_text(encoding="utf-8", errors="replace")))
        # A program may put its own path into an input.
        text = file.read_text(encoding="utf-8").replace(
            str(self._move.target), str(self._move.source)
        )
        file.write_text(text, encoding="utf-8")
        return read_saved(file, project=project.name, stack=project.stack, place=str(self))

    def _options(self, wanted: "Wanted", project: Project, file: Path) -> Iterator[str]:
        yield from ("--stack", wanted.stack or project.stack, "--format", f"base={file}")
        yield from ("--timeout", str(wanted.timeout_seconds))
        for key, value in wanted.config.items():
            yield from ("--config", f"{key}={value}")
        for name, value in wanted.stack_tags.items():
            yield from ("--stack-tag", f"{name}={value}")
        if wanted.keep_unknowns:
            yield "--keep-unknowns"
        yield from self._packs(wanted.packs or (), file.parent)

    def _packs(self, packs: "Iterable[PackChoice]", folder: Path) -> Iterator[str]:
        """The packs as the revision has them; one that it does not have is today's."""
        listed = list(packs)
        without = folder / "no-config.json"
        without.write_text("{}", encoding="utf-8")
        for pack in listed:
            yield from ("--policy-pack", str(self._moved(Path(pack.directory))))
        if any(pack.config for pack in listed):
            for pack in listed:
                config = self._moved(Path(pack.config)) if pack.config else without
                yield from ("--policy-pack-config", str(config))

    def _variables(self) -> dict[str, str]:
        variables = {**os.environ, **self._environments.variables(self._folder)}
        if paths := variables.get(_PATHS):
            moved = (
                str(self._moved(Path(path))) if path else "" for path in paths.split(os.pathsep)
            )
            variables[_PATHS] = os.pathsep.join(moved)
        return variables

    def _moved(self, path: Path) -> Path:
        return self._counterpart(path) or path.absolute()

    def _counterpart(self, path: Path) -> Path | None:
        """Where the revision has what is at a path of the repository, `None` where it has not."""
        return self._move.of(os.path.realpath(path))

    def _check_out(self) -> None:
        if not self._is_checked_out:
            self._repository.check_out(self._commit, self._move.target)
            self._is_checked_out = True


def _name_in(root: Path) -> str:
    try:
        return stacks_in(root)[0]
    except ProjectError:
        # A project that cannot be read is not the one that is asked for.
        return ""


def _copy(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        copytree(path, to, symlinks=True, dirs_exist_ok=True)
    else:
        copy2(path, to)


def _reason(told: str) -> str:
    """The first error that a run has told."""
    errors = (line.removeprefix("error: ") for line in told.splitlines() if "error: " in line[:7])
    return next(errors, told.strip() or "its run ended without a word")
