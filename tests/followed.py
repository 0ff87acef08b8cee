"""Follows a page of the docs to the letter: its files and commands, in an empty folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ops.paths import ROOT


def built_wheels(folder: Path) -> Path:
    """The two distributions as they are in this checkout, in place of an index's."""
    for package in ("aws-policy-pack", "pulumi-preflight"):
        build = ["uv", "build", "--quiet", "--wheel", "--package", package, "--out-dir", folder]
        subprocess.run(build, cwd=ROOT, check=True)
    return folder


def followed(
    script: str, folder: Path, wheels: Path, *, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Runs a page's commands in a folder, as somebody who has nothing but these distributions."""
    shell = shutil.which("bash")
    assert shell is not None
    return subprocess.run(
        [shell, "-c", script],
        cwd=folder,
        env={
            **{name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
            "UV_FIND_LINKS": str(wheels),
            # Where `uv venv` finds the Python of these tests first.
            "PATH": os.pathsep.join([str(Path(sys.base_prefix) / "bin"), os.environ["PATH"]]),
            "COLUMNS": "100",
            "NO_COLOR": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
