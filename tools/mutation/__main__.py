"""Prints each module's score and survivors, and which explained ones are not survivors any more."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ops.paths import ROOT
from pulumi_loopback.errors import exit_with
from tools.mutation import __doc__ as description
from tools.mutation.selection import EXPLAINED, Change, Survivors, changes_of, label, modules, read
from tools.mutation.trials import TrialOutcome, load_what_tests_need, noticed, try_fresh

WANTED_SCORE = 98.0
NICENESS = 15
ROW = "{:40} {:>7} {:>9} {:>9} {:>9}\n"


@dataclass(slots=True)
class Score:
    """What became of changes: how many were killed, how many are explained, which survived."""

    killed: int = 0
    explained: int = 0
    unexplained: list[Change] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        """Takes in what became of other changes."""
        self.killed += other.killed
        self.explained += other.explained
        self.unexplained += other.unexplained

    @property
    def percent(self) -> float:
        """The share of killed ones among those that are not explained, from 0 to 100."""
        counted = self.killed + len(self.unexplained)
        return 100 * self.killed / counted if counted else 100.0


def main(arguments: Sequence[str]) -> int:
    """Runs the command.

    Returns:
        0 where the score is reached; 1 where it is not, or where an explained survivor no longer
        survives; 2 where a module's tests fail without any change.
    """
    chosen, jobs = _parsed(arguments)
    os.nice(NICENESS)
    os.chdir(ROOT)
    load_what_tests_need()
    return report(chosen, read(), lambda module: _tried(module, jobs))


def report(
    chosen: Sequence[Path],
    explained: Sequence[Survivors],
    tried: Callable[[Path], tuple[Sequence[Change], Sequence[Change]]],
) -> int:
    """Prints what became of each module's changes, and gives the exit code.

    Args:
        chosen: The modules.
        explained: The list of explained survivors.
        tried: Gives the changes of a module that were killed, and those that survived.
    """
    total, in_rules, stale = Score(), Score(), list[str]()
    _print(ROW.format("", "killed", "survived", "explained", "score"))
    for module in chosen:
        try:
            killed, survivors = tried(module)
        except RuntimeError as error:
            sys.stderr.write(f"error: the tests of {label(module)}: {error}\n")
            return 2
        about = [entry for entry in explained if entry.module == label(module)]
        score = _score(killed, survivors, about)
        in_rules.add(_score(_of_rules(killed), _of_rules(survivors), about))
        stale += [
            f"{entry.module}: {after}" for entry in about for after in entry.missing_from(survivors)
        ]
        _print_row(label(module), score)
        for change in score.unexplained:
            _print_survivor(change)
        total.add(score)
    _print_row("in functions of rules", in_rules)
    _print_row("all", total)
    _print(f"{len(total.unexplained)} survivors without a reason in {EXPLAINED.name}\n")
    for entry in stale:
        sys.stderr.write(f"error: {EXPLAINED.name}: does not survive, take it out: {entry}\n")
    reached = min(total.percent, in_rules.percent) >= WANTED_SCORE
    return 0 if reached and not stale else 1


def _score(
    killed: Sequence[Change], survivors: Sequence[Change], explained: Sequence[Survivors]
) -> Score:
    unexplained = [s for s in survivors if not any(entry.holds(s) for entry in explained)]
    return Score(len(killed), len(survivors) - len(unexplained), unexplained)


def _of_rules(changes: Sequence[Change]) -> list[Change]:
    return [change for change in changes if change.in_rule]


def _parsed(arguments: Sequence[str]) -> tuple[list[Path], int]:
    parser = argparse.ArgumentParser(
        prog="nox -s mutation --",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("pattern", nargs="*", help="only modules whose path holds this")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="trials at a time")
    parsed = parser.parse_args(arguments)
    return modules(parsed.pattern), parsed.jobs


def _tried(module: Path, jobs: int) -> tuple[list[Change], list[Change]]:
    """The changes of a module that were killed, and those that survived."""
    changes = changes_of(module)
    if not changes:
        return [], []
    quick = noticed(module, changes, jobs=jobs)
    fresh = list(try_fresh([c for c in changes if c not in quick], jobs=jobs))
    survivors = [change for change, outcome in fresh if outcome is TrialOutcome.SURVIVED]
    killed = [change for change, outcome in fresh if outcome is TrialOutcome.KILLED]
    return [*quick, *killed], sorted(survivors, key=lambda change: change.line)


def _print_row(name: str, score: Score) -> None:
    survived = len(score.unexplained)
    _print(ROW.format(name, score.killed, survived, score.explained, f"{score.percent:.1f} %"))


def _print_survivor(change: Change) -> None:
    _print(
        f"  survives: {label(change.module)}:{change.line}\n"
        f"      {change.before}\n   -> {change.after}\n"
    )


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
