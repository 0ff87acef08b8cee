"""`nox -s dev`: the applications of the local stack as processes of this machine.

What ECS would run is run here: the task definitions and the counts are those that `nox -s up` has
deployed, and the auto-scaler changes the count of workers as it does in AWS. The database is a
PostgreSQL of its own. Ctrl-C ends it all.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ops.paths import ROOT, STACK
from ops.project import NAMES, project
from pulumi_loopback.dev import processes
from pulumi_loopback.dev.processes import Apps
from pulumi_loopback.dev.session import run
from pulumi_loopback.errors import exit_with
from pulumi_loopback.project import LOCAL

APPS = ROOT / "apps"
IMAGES = Apps(
    folder=APPS,
    images={"dagster": "dagster_app", "auto-scaler": "auto_scaler", "taskiq-demo": "taskiq_demo"},
    dagster=APPS / "dagster_app",
)


def programs_of(app: str) -> Path:
    """The programs of an app's own environment, which is made where need be.

    Raises:
        CommandError: There is no uv, or it cannot make the environment.
    """
    return processes.programs_of(APPS / app)


def main(given: Sequence[str]) -> int:
    """Runs the applications until Ctrl-C.

    Returns:
        0 when they have ended after Ctrl-C, 130 where that came before they ran, 2 for a stack or a
        machine that they cannot run on.
    """
    parser = argparse.ArgumentParser(
        prog="nox -s dev --",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stack", default=LOCAL, help="the stack; local alone can be run here")
    parser.add_argument(
        "--project", type=Path, default=STACK, help="the Pulumi project (default: stack/)"
    )
    options = parser.parse_args(given)
    return run(project(options.project.resolve(), options.stack), NAMES, IMAGES)


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
