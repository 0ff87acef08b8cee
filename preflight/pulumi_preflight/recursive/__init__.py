"""Judges all projects below a folder, side by side, each with its stacks.

Each stack is judged in a thread, which waits for the program and the packs: these are processes of
their own, and take nine tenths of the time.
"""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pulumi_preflight.api import Wanted, judged
from pulumi_preflight.errors import PreflightError, ProjectError
from pulumi_preflight.git import changed_since
from pulumi_preflight.guard import Together
from pulumi_preflight.progress import Progress, shown
from pulumi_preflight.project import stack_name, stacks_in
from pulumi_preflight.recursive.gone import gone_stacks, removed_projects
from pulumi_preflight.recursive.search import projects_below
from pulumi_preflight.redaction import Redactor
from pulumi_preflight.startup import check_platform
from pulumi_preflight.verdicts import Gone, LeftOut, StackResult, Verdicts

if TYPE_CHECKING:
    from pulumi_preflight.verdict import Verdict

_SECONDS_A_TURN = 0.2


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


OnError: TypeAlias = "Callable[[Exception], tuple[str, str | None]]"
"""Is told of an error that no code foresaw, and gives message and hint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Below:
    """Which projects are judged.

    Attributes:
        root: The folder that they are in or below.
        jobs: How many stacks are judged at a time.
        since: A branch, tag or commit; a project without a change since then is left out.
    """

    root: Path
    jobs: int
    since: str | None = None


def judge_all(below: Below, wanted: Wanted, secrets: set[str], on_error: OnError) -> Verdicts:
    """Judges projects, each with its stacks.

    Args:
        below: Which projects.
        wanted: What is asked of each run.
        secrets: Where the secrets of all projects go.
        on_error: See `OnError`.

    Raises:
        PreflightError: There is no project, none has the stack that is asked for, or git cannot
            tell what has changed.
    """
    check_platform()
    started = time.perf_counter()
    root, given = below.root, _current_folder()
    top = Path(os.path.realpath(given / root))
    if not top.is_dir():
        raise ProjectError(
            f"{root} is not a folder", hint="name a folder as PROJECT, the command's first argument"
        )
    found = projects_below(top)
    if not found.projects and not found.unreadable:
        raise ProjectError(
            f"there is no Pulumi.yaml in {root} or below it",
            hint="hidden folders, policy packs, node_modules, virtual environments and folders "
            "that git ignores are not looked into",
        )
    shown_as = _Shown(given=given / root, real=top, current=given)
    known = _known(wanted)
    unchanged = _unchanged(top, found.projects, wanted, below.since)
    judging = [folder for folder in found.projects if folder not in unchanged]
    tasks, left_out = _tasks(judging, wanted, shown_as)
    tasks += [
        _Task(
            folder=shown_as(folder),
            at=folder,
            error=f"{shown_as(folder)} cannot be looked into: {reason}",
            hint="let it be read, or have git ignore it",
        )
        for folder, reason in found.unreadable
    ]
    left_out += [
        LeftOut(folder=shown_as(folder), reason=f"no change since {below.since}")
        for folder in unchanged
    ]
    if revision := wanted.revision:
        left_out += [
            LeftOut(folder=shown_as(folder), reason=f"removed since {revision}")
            for folder in removed_projects(revision, top)
        ]
    _run_all(tasks, wanted, below.jobs, on_error)
    for task in tasks:
        secrets.update(task.secrets)
    results = tuple(task.result(secrets) for task in sorted(tasks, key=_Task.order))
    asked = wanted.stack and stack_name(wanted.stack)[1]
    gone = gone_stacks(known, results, projects=found.projects, top=top, stack=asked)
    redact = Redactor(secrets)
    return Verdicts(
        results=results,
        left_out=tuple(sorted(left_out, key=lambda each: each.folder)),
        seconds=time.perf_counter() - started,
        gone=tuple(
            replace(each, project=redact(each.project), stack=redact(each.stack)) for each in gone
        ),
    )


def _known(wanted: Wanted) -> tuple[Gone, ...]:
    """The stacks that the base knows, where it is a file.

    Raises:
        BaseError: The file cannot be read, or is not of that format.
    """
    if wanted.base_verdict is None:
        return ()
    from pulumi_preflight.bases.saved import stacks_saved  # noqa: PLC0415 - rarely needed

    return stacks_saved(wanted.base_verdict)


def _current_folder() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise ProjectError(
            "the folder that preflight was started in is gone", hint="change to one that exists"
        ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """Writes a folder as the reader would type it.

    Attributes:
        given: The folder that was asked for, absolute.
        real: The same, without links.
        current: The working directory.
    """

    given: Path
    real: Path
    current: Path

    def __call__(self, folder: Path) -> str:
        path = self.given / folder.relative_to(self.real)
        return Path(os.path.relpath(path, self.current)).as_posix()


def _unchanged(top: Path, projects: Sequence[Path], wanted: Wanted, since: str | None) -> set[Path]:
    if since is None:
        return set()
    # Reads every file of the projects, which nobody else needs.
    from pulumi_preflight.recursive.uses import with_changes  # noqa: PLC0415 - see above

    repository, changed = changed_since(since, top)
    judges = [Path(os.path.realpath(pack.directory)) for pack in wanted.packs or ()]
    # A config may extend others beside it.
    judges += [
        Path(os.path.realpath(pack.config)).parent for pack in wanted.packs or () if pack.config
    ]
    return {*projects} - with_changes(repository, changed, projects, judges)


@dataclass(slots=True, kw_only=True)
class _Task:
    """A stack to judge, and what becomes of it.

    Attributes:
        folder: The project's folder, for the reader.
        at: The same, absolute.
        project: The project's name, `None` where it is not known.
        stack: The stack, `None` where the project is to say it.
        error: Why there is no verdict, which may hold secrets.
        hint: What may help.
        secrets: The secrets of this stack.
        progress: What the run is doing.
    """

    folder: str
    at: Path
    project: str | None = None
    stack: str | None = None
    error: str | None = None
    hint: str | None = None
    verdict: "Verdict | None" = None
    secrets: set[str] = field(default_factory=set)
    progress: Progress = field(default_factory=Progress)

    def order(self) -> tuple[tuple[str, ...], str]:
        return self.at.parts, self.stack or ""

    def run(self, wanted: Wanted, on_error: OnError) -> None:
        """Judges the stack; one that fails stops no other."""
        try:
            asked = replace(wanted, stack=self.stack)
            self.verdict = judged(self.folder, asked, self.secrets, self.progress)
        except PreflightError as error:
            self.error, self.hint = str(error), error.hint
        except Exception as error:  # noqa: BLE001 - no bug may look like a verdict, or hide others
            self.error, self.hint = on_error(error)

    def result(self, secrets: Iterable[str]) -> StackResult:
        """What became of it; no error shows a secret, of any project."""
        told = PreflightError(self.error or "", hint=self.hint)
        told.hide(secrets)
        return StackResult(
            folder=self.folder,
            project=self.verdict.project if self.verdict else self.project,
            stack=self.verdict.stack if self.verdict else self.stack and stack_name(self.stack)[1],
            verdict=self.verdict,
            error=None if self.error is None else str(told),
            hint=told.hint,
        )


def _tasks(
    projects: Iterable[Path], wanted: Wanted, shown_as: _Shown
) -> tuple[list[_Task], list[LeftOut]]:
    """The stacks to judge, and the projects that do not have the one that is asked for.

    Raises:
        ProjectError: No project has it.
    """
    tasks, left_out = [], []
    known: set[str] = set()
    asked = wanted.stack and stack_name(wanted.stack)[1]
    for folder in projects:
        named = shown_as(folder)
        try:
            name, stacks = stacks_in(folder)
        except PreflightError as error:
            tasks.append(_Task(folder=named, at=folder, error=str(error), hint=error.hint))
            continue
        known.update(stacks)
        if not stacks:
            # As for `preflight` alone: the command names the stack, or preflight.yaml does.
            tasks.append(_Task(folder=named, at=folder, project=name, stack=wanted.stack))
        elif asked is None:
            tasks += [_Task(folder=named, at=folder, project=name, stack=stack) for stack in stacks]
        elif asked in stacks:
            tasks.append(_Task(folder=named, at=folder, project=name, stack=wanted.stack))
        else:
            left_out.append(LeftOut(folder=named, reason=f"no stack {asked}"))
    if left_out and not tasks:
        raise ProjectError(
            f"no project has a stack {asked!r}", hint=f"there are {', '.join(sorted(known))}"
        )
    return tasks, left_out


def _run_all(
    tasks: Sequence[_Task],
    wanted: Wanted,
    jobs: int,
    on_error: OnError,
) -> None:
    """Runs the tasks, so many at a time; a signal ends all of them, and leaves nothing running."""
    together = Together()

    def run(task: _Task) -> None:
        with together.entered():
            running.append(task)
            task.run(wanted, on_error)
            running.remove(task)

    def text() -> str:
        done = sum(future.done() for future in futures)
        shown_first = next((f"; {task.folder}: {task.progress}" for task in (*running,)), "")
        return f"{done} of {len(futures)} stacks are judged{shown_first}"

    running: list[_Task] = []
    futures: list[Future[None]] = []
    threads = ThreadPoolExecutor(jobs, thread_name_prefix="stack")
    try:
        futures += [threads.submit(run, task) for task in tasks if task.error is None]
        with shown(text):
            # In short turns: Python carries a Ctrl-C out that arrives just before one after it.
            while wait(futures, _SECONDS_A_TURN).not_done:
                pass
    except BaseException:
        threads.shutdown(wait=False, cancel_futures=True)
        together.kill()
        raise
    finally:
        threads.shutdown()
    for future in futures:
        future.result()
