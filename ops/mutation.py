"""`nox -s mutation`: changes the pack's code in small ways and counts what the tests notice.

Cosmic Ray makes the changes. Each is tried in a forked process that has the SDK and the test
runner loaded already, and runs only the tests of the changed module, so that thousands of changes
take minutes.
"""

import argparse
import importlib.abc
import importlib.machinery
import os
import signal
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import CodeType

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from ops.paths import PACK, ROOT

PACKAGE = PACK / "aws_policy_pack"
TESTS = ROOT / "tests" / "policies"
EXPLAINED = ROOT / "ops" / "mutation_survivors.toml"
WANTED_SCORE = 95.0
SECONDS_FOR_ONE = 60
# `==` and `is` agree on the small values that the interpreter keeps once.
LEFT_OUT = ("_Is", "_IsNot", "NoOp", "RemoveDecorator", "Variable")
HEAVY = ("grpc", "hypothesis", "pulumi", "pulumi_policy", "pydantic", "pytest")


class Result(Enum):
    """What became of a change."""

    KILLED = "killed"
    SURVIVED = "survived"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One small change of one module.

    Attributes:
        module: The file.
        operator: Cosmic Ray's name of the kind of change.
        line: The line that it changes, from 1.
        before: That line.
        after: The whole changed source.
    """

    module: Path
    operator: str
    line: int
    before: str
    after: str

    @property
    def key(self) -> str:
        """How a survivor is named in the list of explained ones."""
        return f"{self.module.relative_to(PACKAGE)}|{self.operator}|{self.before.strip()}"


def modules(patterns: Sequence[str]) -> list[Path]:
    """The modules whose tests are measured, or those of them that a pattern names."""
    found = [
        PACKAGE / "config.py",
        PACKAGE / "waivers.py",
        *sorted((PACKAGE / "rules").rglob("*.py")),
        *sorted((PACKAGE / "cost").rglob("*.py")),
    ]
    sources = [path for path in found if path.name != "__init__.py"]
    return [
        path
        for path in sources
        if not patterns or any(pattern in str(path.relative_to(PACKAGE)) for pattern in patterns)
    ]


def tests_of(module: Path) -> list[str]:
    """The tests that speak of a module."""
    parts = module.relative_to(PACKAGE).parts
    match parts:
        case ("rules", "waivers.py"):
            found = [TESTS / "test_waivers.py"]
        case ("rules", area, *_):
            name = area.removesuffix(".py")
            found = sorted((TESTS / "rules").glob(f"test_{name}*.py"))
        case ("cost", *_):
            found = sorted((TESTS / "cost").rglob("test_*.py"))
        case ("config.py",):
            found = [TESTS / "test_config.py", TESTS / "test_profiles.py"]
        case _:
            found = [TESTS / "test_evaluation.py", TESTS / "test_waivers.py"]
    return [str(path) for path in found]


def mutants(module: Path) -> Iterator[Mutant]:
    """Every change of a module."""
    code = module.read_text(encoding="utf-8")
    lines = code.splitlines()
    tree = get_ast(code)
    for name in operator_names():
        operator_class = get_operator(name)
        if operator_class.arguments() or any(part in name for part in LEFT_OUT):
            continue
        operator = operator_class()
        positions = [
            start for node in ast_nodes(tree) for start, _ in operator.mutation_positions(node)
        ]
        for occurrence, (line, _column) in enumerate(positions):
            after = mutate_code(code, operator, occurrence)
            if after is not None and after != code:
                yield Mutant(
                    module=module,
                    operator=name.removeprefix("core/"),
                    line=line,
                    before=lines[line - 1],
                    after=after,
                )


class ChangedLoader(importlib.machinery.SourceFileLoader):
    """Loads a changed source in place of a module's file."""

    def __init__(self, name: str, mutant: Mutant) -> None:
        super().__init__(name, str(mutant.module))
        self._after = mutant.after

    def get_code(self, fullname: str) -> CodeType:
        """Compiles the changed source; compiled files of the original are not looked at."""
        return compile(self._after, self.get_filename(fullname), "exec")


class ChangedFinder(importlib.abc.MetaPathFinder):
    """Finds the changed module; all others are found as ever."""

    def __init__(self, mutant: Mutant) -> None:
        parts = mutant.module.relative_to(PACK).with_suffix("").parts
        self.name = ".".join(parts)
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Gives the changed module's spec under its own name."""
        del path, target
        if fullname != self.name:
            return None
        loader = ChangedLoader(fullname, self._mutant)
        return importlib.machinery.ModuleSpec(
            fullname, loader, origin=str(self._mutant.module), is_package=False
        )


def _run_tests(module: Path) -> int:
    import pytest  # noqa: PLC0415 - loaded by the parent; named here for the checkers

    return int(
        pytest.main([
            *tests_of(module),
            "-x",
            "-q",
            "--override-ini=addopts=--import-mode=importlib",
            "--no-header",
            "--hypothesis-profile=ci",
            "--override-ini=filterwarnings=",  # the SDK is loaded before pytest could rewrite it
            *("-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider"),
        ])
    )  # fmt: skip


def _quiet_and_bounded() -> None:
    """Keeps a forked child from printing, and ends it where it runs for ever."""
    signal.alarm(SECONDS_FOR_ONE)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)


def passes_unchanged(module: Path) -> bool:
    """Whether the tests of a module exist and pass without any change."""
    child = os.fork()
    if child == 0:
        _quiet_and_bounded()
        os._exit(_run_tests(module))
    return os.waitpid(child, 0)[1] == 0


def _try_in_child(mutant: Mutant) -> int:
    """In a forked child: loads the change and runs the tests; the exit code tells the result."""
    _quiet_and_bounded()
    finder = ChangedFinder(mutant)
    sys.meta_path.insert(0, finder)
    try:
        importlib.import_module(finder.name)
    except Exception:  # noqa: BLE001 - a change may break the module in any way
        return 3
    return 0 if _run_tests(mutant.module) == 0 else 1


def _outcome(status: int) -> Result:
    if os.WIFEXITED(status):
        return {0: Result.SURVIVED, 3: Result.BROKEN}.get(os.WEXITSTATUS(status), Result.KILLED)
    return Result.KILLED  # it ran for ever, or crashed


def run(all_mutants: Iterable[Mutant]) -> Iterator[tuple[Mutant, Result]]:
    """Tries every change, as many at a time as there are processors."""
    running: dict[int, Mutant] = {}
    waiting = iter(all_mutants)
    mutant = next(waiting, None)
    while mutant is not None or running:
        if mutant is not None and len(running) < (os.cpu_count() or 1):
            child = os.fork()
            if child == 0:
                os._exit(_try_in_child(mutant))
            running[child] = mutant
            mutant = next(waiting, None)
            continue
        child, status = os.wait()
        yield running.pop(child), _outcome(status)


def main(arguments: Sequence[str]) -> int:
    """Prints a score for each module, the survivors and why they survive.

    Returns:
        0 where the score is reached, else 1; 2 where a module's tests fail without any change.
    """
    parser = argparse.ArgumentParser(prog="nox -s mutation --", description=__doc__)
    parser.add_argument("pattern", nargs="*", help="only modules whose path holds this")
    chosen = modules(parser.parse_args(arguments).pattern)
    for name in HEAVY:
        importlib.import_module(name)
    os.chdir(ROOT)
    explained = _explained()
    totals = {Result.KILLED: 0, Result.SURVIVED: 0, Result.BROKEN: 0}
    unexplained: list[Mutant] = []
    for module in chosen:
        if not passes_unchanged(module):
            tests = ", ".join(tests_of(module)) or "no file"
            sys.stderr.write(f"error: the tests of {module} fail without a change: {tests}\n")
            return 2
        counts = dict.fromkeys(Result, 0)
        for mutant, result in run(mutants(module)):
            counts[result] += 1
            if result is Result.SURVIVED and mutant.key not in explained:
                unexplained.append(mutant)
        for result, count in counts.items():
            totals[result] += count
        _print_row(str(module.relative_to(PACKAGE)), counts)
    score = _print_row("all", totals)
    for mutant in unexplained:
        sys.stdout.write(
            f"survives: {mutant.module.relative_to(PACKAGE)}:{mutant.line} "
            f"{mutant.operator}\n    {mutant.before.strip()}\n"
        )
    sys.stdout.write(f"{len(unexplained)} survivors without a reason in {EXPLAINED.name}\n")
    return 0 if score >= WANTED_SCORE else 1


def _print_row(name: str, counts: Mapping[Result, int]) -> float:
    killed, survived = counts[Result.KILLED], counts[Result.SURVIVED]
    score = 100 * killed / (killed + survived) if killed + survived else 100.0
    sys.stdout.write(f"{name:40} {killed:5} killed {survived:4} survived {score:6.1f} %\n")
    sys.stdout.flush()
    return score


def _explained() -> Mapping[str, str]:
    """Survivors that no test can kill, and why."""
    if not EXPLAINED.exists():
        return {}
    table: Mapping[str, str] = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["survivors"]
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
