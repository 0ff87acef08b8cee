"""`nox -s preview`: the offline verdict, then the engine's preview where there is an engine."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ops.offline import judge
from ops.paths import STACK
from pulumi_loopback.errors import CommandError, exit_with
from pulumi_loopback.project import Verdict


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
    return _engines_preview(options.project, options.stack, verdict)


def _engines_preview(folder: Path, stack: str, verdict: Verdict) -> int:
    """The engine's preview, or one line that says how to get an engine."""
    # Slow to load, and needed only now.
    from ops.engine import find  # noqa: PLC0415
    from ops.project import project  # noqa: PLC0415
    from pulumi_loopback.lifecycle.deploy import PASSED, preview, ready  # noqa: PLC0415
    from pulumi_loopback.target import target  # noqa: PLC0415

    if find() is None:
        sys.stderr.write("The engine's preview was left out; `nox -s engine` gets the engine.\n")
        return PASSED
    found = project(folder, stack)
    try:
        prepared = ready(target(found))
    except CommandError as error:
        if found.local:
            raise
        # A stack that is not deployed yet, or not from here, has been judged all the same.
        sys.stderr.write(f"The engine's preview was left out: {error}\n")
        return PASSED
    return preview(prepared, verdict.places)


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
