"""Runs the engine on a project, with a backend and a home of their own."""

import os
import subprocess
import sys
from pathlib import Path

from pulumi_loopback.engine import Engine
from pulumi_loopback.engine.locate import LOCAL_PASSPHRASE

STREAMED = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"}
"""Lets `preview --json` tell of each event as `up --json` does."""


def own_variables(engine: Engine, home: Path, *folders: Path) -> dict[str, str]:
    """Variables without the user's own settings of Pulumi or AWS.

    Args:
        engine: Comes first on PATH, and the interpreter of the tests after that.
        home: Where the engine keeps things; it holds the folder `backend`.
        folders: More that come first on PATH.
    """
    own = {
        name: text for name, text in os.environ.items() if not name.startswith(("PULUMI_", "AWS_"))
    }
    first = [engine.pulumi.parent, Path(sys.executable).parent, *folders]
    return own | {
        "PATH": os.pathsep.join([*map(str, first), own.get("PATH", os.defpath)]),
        "PULUMI_BACKEND_URL": (home / "backend").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": LOCAL_PASSPHRASE,
        "PULUMI_HOME": str(home / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def run_engine(
    engine: Engine, project: Path, home: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Runs a command of the engine on the stack `dev`; `home` is where the engine keeps things."""
    (home / "backend").mkdir(parents=True, exist_ok=True)
    own = {name: text for name, text in os.environ.items() if not name.startswith("PULUMI_")}
    folders = [str(engine.pulumi.parent), str(Path(sys.executable).parent)]
    variables = {
        **own,
        "PATH": os.pathsep.join([*folders, own.get("PATH", os.defpath)]),
        "PULUMI_BACKEND_URL": (home / "backend").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": LOCAL_PASSPHRASE,
        "PULUMI_HOME": str(home / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "TZ": "UTC",
    }
    return subprocess.run(
        [engine.pulumi, *arguments, "--stack", "dev", "--non-interactive"],
        cwd=project,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
