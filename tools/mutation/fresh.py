"""Tries a change the sure way: all the tests of its module in a process that loads it anew."""

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterable, Iterator
from enum import IntEnum
from pathlib import Path
from types import CodeType

from ops.paths import PACK
from tools.mutation.changes import Change
from tools.mutation.children import in_children
from tools.mutation.selection import PYTEST_OPTIONS, tests_of

SECONDS = 60
"""Of the processor's time; all tests of the slowest area take a fifth of that."""
HEAVY = ("grpc", "hypothesis", "pulumi", "pulumi_policy", "pydantic", "pytest")


class Outcome(IntEnum):
    """What became of a change."""

    SURVIVED = 0
    KILLED = 1
    BROKEN = 3


def load_what_tests_need() -> None:
    """Loads what every child would load; the pack itself is not among it."""
    for name in HEAVY:
        importlib.import_module(name)


def try_fresh(changes: Iterable[Change], *, jobs: int) -> Iterator[tuple[Change, Outcome]]:
    """Tries changes; one that runs for ever or crashes is killed."""
    for change, code in in_children(changes, _try, jobs=jobs, seconds=lambda _: SECONDS):
        yield change, Outcome(code) if code in set(Outcome) else Outcome.KILLED


def _try(change: Change) -> int:
    finder = ChangedFinder(change)
    sys.meta_path.insert(0, finder)
    try:
        importlib.import_module(finder.name)
    except Exception:  # noqa: BLE001 - a change may break the module in any way
        return Outcome.BROKEN
    return Outcome.SURVIVED if _run_tests(change.module) == 0 else Outcome.KILLED


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
