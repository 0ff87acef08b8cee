"""Tries a change the quick way: new code in the functions that are loaded already.

One process loads the module's tests, runs each once and notes which lines of the module it runs.
A fork of it then puts the changed code in place of the old and runs the tests that run the changed
line. A test that fails so has noticed the change. Where none fails, that proves nothing yet: the
change may matter only while the module loads, or what it changes may be kept from before.
"""

import gc
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType

import coverage
import pytest

from tools.mutation.changes import Change
from tools.mutation.children import in_children
from tools.mutation.selection import PYTEST_OPTIONS, tests_of

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
