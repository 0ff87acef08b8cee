"""`nox -s preview`: the offline verdict, then the engine's preview where there is an engine."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ops.errors import exit_with
from ops.offline import judge
from ops.paths import STACK


def main(given: Sequence[str]) -> int:
    """Judges a project; every option that is not named here goes to preflight.

    Returns:
        0 without a mandatory finding, 1 with one, 2 without a verdict.
    """
    parser = argparse.ArgumentParser(prog="nox -s preview --", description=__doc__)
    parser.add_argument("--stack", default="local", help="the stack to judge (default: local)")
    parser.add_argument(
        "--project", type=Path, default=STACK, help="the Pulumi project (default: stack/)"
    )
    parser.add_argument("--offline", action="store_true", help="leave the engine's preview out")
    options, rest = parser.parse_known_args(given)

    verdict = judge(options.project, options.stack, rest)
    # With options of preflight's own, its report is what is asked for.
    if verdict.status or options.offline or rest or options.project.resolve() != STACK:
        return verdict.status
    # Slow to load, and needed only now.
    from ops.lifecycle.deploy import preview_if_possible  # noqa: PLC0415

    return preview_if_possible(options.project, options.stack, verdict.places)


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
