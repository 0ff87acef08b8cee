"""Tries a change: the quick way in the functions that are loaded, or in a fresh process."""

import gc
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from types import CodeType, FunctionType
from typing import TypeVar

import coverage
import pytest

from ops.paths import PACK
from tools.mutation.selection import PYTEST_OPTIONS, Change, tests_of

Work = TypeVar("Work")

_SECONDS_BETWEEN_LOOKS = 0.01
LONGEST = 600
"""Seconds after which even a child that sleeps is ended; a busy machine makes all of them slow."""


def in_children(
    work: Iterable[Work], do: Callable[[Work], int], *, jobs: int, seconds: Callable[[Work], int]
) -> Iterator[tuple[Work, int | None]]:
    """Does each piece of work in a silent child.

    Args:
        work: What to do.
        do: How; called in the child.
        jobs: Children at a time.
        seconds: How much of the processor's time a piece of work gets.

    Yields:
        The work and what `do` returned, in the order in which they end; None for a child that
        crashed or took too long.
    """
    running: dict[int, Work] = {}
    for piece in work:
        child = os.fork()
        if child == 0:
            _in_silence(do, piece, seconds(piece))
        running[child] = piece
        if len(running) == jobs:
            yield _ended(running)
    while running:
        yield _ended(running)


def _in_silence(do: Callable[[Work], int], piece: Work, seconds: int) -> None:
    """Never returns: what the parent would do next is not the child's to do."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    signal.alarm(LONGEST)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    code = 255
    try:
        code = do(piece)
    finally:
        os._exit(code)


def _ended(running: dict[int, Work]) -> tuple[Work, int | None]:
    # Not `os.wait`, which also takes the end of a child that somebody else waits for.
    while True:
        for child in running:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
                return running.pop(child), code
        time.sleep(_SECONDS_BETWEEN_LOOKS)


NOTICED = 1
LEAST, SLOWER = 2, 2
"""A trial may take this many seconds, and this many times as long as its tests without a change."""


def noticed(module: Path, changes: Sequence[Change], *, jobs: int) -> set[Change]:
    """The changes of a module that are surely killed; the rest is to be tried in a fresh process.

    Raises:
        RuntimeError: The tests of the module fail without a change, or there are none.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _hold_trials(module, changes, jobs, writing)
    os.close(writing)
    with os.fdopen(reading) as answer:
        found = answer.read()
    os.waitpid(child, 0)
    if not found:
        raise RuntimeError(f"they fail without a change: {', '.join(tests_of(module)) or 'none'}")
    return {changes[index] for index in json.loads(found)}


def _hold_trials(module: Path, changes: Sequence[Change], jobs: int, answer: int) -> None:
    """In a child: never returns."""
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    trials = Trials(module, changes, jobs)
    try:
        pytest.main([*tests_of(module), *PYTEST_OPTIONS], plugins=[trials])
        if trials.killed is not None:
            os.write(answer, json.dumps(trials.killed).encode())
    finally:
        os._exit(0)


class Trials:
    """A plugin that tries changes instead of ending the run of the tests."""

    def __init__(self, module: Path, changes: Sequence[Change], jobs: int) -> None:
        self.killed: list[int] | None = None
        self._module = module
        self._changes = changes
        self._jobs = jobs
        self._failed = False
        self._coverage = coverage.Coverage(data_file=None, include=[str(module)])
        self._coverage.start()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes whether any test failed."""
        self._failed = self._failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Runs all tests once, then those of each change."""
        if session.testsfailed or not session.items:
            return True
        seconds = {item: self._recorded(item) for item in session.items}
        self._coverage.stop()
        if self._failed:
            return True
        tests = _tests_by_line(self._coverage, self._module, seconds)
        functions = list(_functions_of(self._module))
        before = _compiled(self._module, self._module.read_text(encoding="utf-8"))

        def attempt(index: int) -> int:
            change = self._changes[index]
            after = _compiled(self._module, change.source)
            if not _put_in_place(functions, before, after):
                return 0
            return NOTICED if self._fails(tests.get(change.line, ())) else 0

        def most_seconds(index: int) -> int:
            items = tests.get(self._changes[index].line, ())
            return LEAST + SLOWER * round(sum(seconds[item] for item in items))

        # A child that crashes or runs for ever has noticed, too.
        self.killed = [
            index
            for index, code in in_children(
                range(len(self._changes)), attempt, jobs=self._jobs, seconds=most_seconds
            )
            if code in {NOTICED, None}
        ]
        return True

    def _recorded(self, item: pytest.Item) -> float:
        self._coverage.switch_context(item.nodeid)
        start = time.process_time()
        _run(item)
        return time.process_time() - start

    def _fails(self, items: Sequence[pytest.Item]) -> bool:
        for item in items:
            _run(item)
            if self._failed:
                return True
        return False


def _run(item: pytest.Item) -> None:
    item.ihook.pytest_runtest_protocol(item=item, nextitem=None)


def _tests_by_line(
    measured: coverage.Coverage, module: Path, seconds: Mapping[pytest.Item, float]
) -> Mapping[int, Sequence[pytest.Item]]:
    """The tests that run each line, the shortest first."""
    by_line = measured.get_data().contexts_by_lineno(str(module))
    items = sorted(seconds, key=lambda item: seconds[item])
    return {
        line: [item for item in items if item.nodeid in contexts]
        for line, contexts in ((line, set(names)) for line, names in by_line.items())
    }


def _functions_of(module: Path) -> Iterator[FunctionType]:
    for thing in gc.get_objects():
        if type(thing) is FunctionType and thing.__code__.co_filename == str(module):
            yield thing


def _compiled(module: Path, source: str) -> CodeType:
    return compile(source, str(module), "exec", dont_inherit=True)


def _put_in_place(functions: Sequence[FunctionType], before: CodeType, after: CodeType) -> bool:
    """Gives the functions their changed code; False where the change is in no function."""
    pairs = zip(_codes_in(before), _codes_in(after), strict=True)
    changed = {old: new for old, new in pairs if old != new}
    found = [function for function in functions if function.__code__ in changed]
    if any(
        function.__code__.co_freevars != changed[function.__code__].co_freevars
        for function in found
    ):
        return False
    for function in found:
        function.__code__ = changed[function.__code__]
    return bool(found)


def _codes_in(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes_in(constant)


SECONDS = 60
"""Of the processor's time; all tests of the slowest area take a fifth of that."""
HEAVY = ("grpc", "hypothesis", "pulumi", "pulumi_policy", "pydantic", "pytest")


class TrialOutcome(IntEnum):
    """What became of a change."""

    SURVIVED = 0
    KILLED = 1
    BROKEN = 3


def load_what_tests_need() -> None:
    """Loads what every child would load; the pack itself is not among it."""
    for name in HEAVY:
        importlib.import_module(name)


def try_fresh(changes: Iterable[Change], *, jobs: int) -> Iterator[tuple[Change, TrialOutcome]]:
    """Tries changes; one that runs for ever or crashes is killed."""
    for change, code in in_children(changes, _try, jobs=jobs, seconds=lambda _: SECONDS):
        yield change, TrialOutcome(code) if code in set(TrialOutcome) else TrialOutcome.KILLED


def _try(change: Change) -> int:
    finder = ChangedFinder(change)
    sys.meta_path.insert(0, finder)
    try:
        importlib.import_module(finder.name)
    except Exception:  # noqa: BLE001 - a change may break the module in any way
        return TrialOutcome.BROKEN
    return TrialOutcome.SURVIVED if _run_tests(change.module) == 0 else TrialOutcome.KILLED


def _run_tests(module: Path) -> int:
    import pytest  # noqa: PLC0415 - loaded by the parent; named here for the checkers

    # Most changes are noticed by the tests that are called like the module, before others load.
    tests = tests_of(module)
    own = [path for path in tests if module.stem in Path(path).stem]
    others = [path for path in tests if path not in own]
    for group in filter(None, (own, others)):
        code = int(pytest.main([*group, *PYTEST_OPTIONS]))
        if code:
            return code
    return 0


class ChangedLoader(importlib.machinery.SourceFileLoader):
    """Loads a changed source in place of a module's file."""

    def __init__(self, name: str, change: Change) -> None:
        super().__init__(name, str(change.module))
        self._source = change.source

    def get_code(self, fullname: str) -> CodeType:
        """Compiles the changed source; compiled files of the original are not looked at."""
        return compile(self._source, self.get_filename(fullname), "exec")


class ChangedFinder(importlib.abc.MetaPathFinder):
    """Finds the changed module; all others are found as ever."""

    def __init__(self, change: Change) -> None:
        parts = change.module.relative_to(PACK).with_suffix("").parts
        self._is_package = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self._is_package else parts)
        self._change = change

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Gives the changed module's spec under its own name."""
        del path, target
        if fullname != self.name:
            return None
        loader = ChangedLoader(fullname, self._change)
        spec = importlib.machinery.ModuleSpec(
            fullname, loader, origin=str(self._change.module), is_package=self._is_package
        )
        if spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(str(self._change.module.parent))
        return spec
