"""The programs of the applications' images."""

import os
import subprocess
from functools import cache
from pathlib import Path

from ops.errors import CommandError
from ops.paths import ROOT
from ops.uv import uv

APPS = ROOT / "apps"
APPS_OF_IMAGES = {
    "dagster": "dagster_app",
    "auto-scaler": "auto_scaler",
    "taskiq-demo": "taskiq_demo",
}
"""Images, as the stack's output `repositoryUrls` names them, to the folders of what is in them."""


@cache
def programs_of(app: str) -> Path:
    """The programs of an app's own environment, which is made from its lock file where need be.

    Raises:
        CommandError: There is no uv, or it cannot make the environment.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    # Where several ask at once, uv lets one after the other in.
    made = subprocess.run(
        [uv(), "sync", "--quiet", "--locked", "--project", APPS / app],
        env=inherited,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise CommandError(f"the environment of {app} cannot be made: {made.stderr.strip()}")
    return APPS / app / ".venv" / "bin"
