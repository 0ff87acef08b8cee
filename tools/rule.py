"""Explains the rules of an area, tests them, and writes their page: in seconds.

python -m tools.rule sqs
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module

from aws_policy_pack import rules
from aws_policy_pack.config import nearest
from aws_policy_pack.docs import rule_section
from aws_policy_pack.registry import areas, rules_in
from aws_policy_pack.rule import AnyRule
from ops.paths import ROOT
from pulumi_loopback.errors import CommandError, exit_with
from tools.docs import PAGES, RULES_PAGE

TESTS = ROOT / "tests" / "policies"
OF_EVERY_RULE = ("test_every_rule.py", "test_registry.py", "test_catalogue.py")


def main(arguments: Sequence[str]) -> int:
    """Runs the command.

    Returns:
        What pytest returns: 0 where all tests pass.

    Raises:
        CommandError: There is no such area, or nobody tests it.
    """
    parser = argparse.ArgumentParser(prog="nox -s rule --", description=__doc__)
    parser.add_argument("area", metavar="AREA", help=", ".join(areas()))
    area: str = parser.parse_args(arguments).area
    if area not in areas():
        raise CommandError(f"{area}: unknown area", hint=nearest(area, areas()))
    own = rules_in(import_module(f"{rules.__name__}.{area}"))
    for rule in own:
        sys.stdout.write(rule_section(rule))
    RULES_PAGE.write_text(PAGES[RULES_PAGE](), encoding="utf-8")
    sys.stdout.flush()
    return subprocess.run(_tests(area, own), cwd=ROOT, check=False).returncode


def _tests(area: str, own: Sequence[AnyRule]) -> list[str]:
    """The command that runs the tests of an area, and those that every rule must pass."""
    files = sorted(TESTS.glob(f"rules/test_{area}*.py"))
    if not files:
        raise CommandError(
            f"the area {area} has no tests", hint=f"write tests/policies/rules/test_{area}.py"
        )
    chosen = " or ".join([f"test_{area}", *(rule.id for rule in own)])
    paths = [*files, *(TESTS / name for name in OF_EVERY_RULE)]
    return [sys.executable, "-m", "pytest", "-n0", "-q", f"-k={chosen}", *map(os.fspath, paths)]


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
