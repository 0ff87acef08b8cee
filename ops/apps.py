"""The applications of this repository, which run in the stack's containers."""

from pathlib import Path

from ops.paths import ROOT
from pulumi_loopback.dev import programs
from pulumi_loopback.dev.programs import Apps

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
    return programs.programs_of(APPS / app)
