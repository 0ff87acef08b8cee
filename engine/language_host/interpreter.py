"""The Python that a program or plugin runs in, chosen as Pulumi's own host chooses it.

Source: pulumi/pulumi, sdk/python/toolchain: an environment that the project names; else the one
of the uv or poetry project around it; else the ambient interpreter.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python and its environment.

    Attributes:
        python: The executable.
        environment: The virtual environment's folder, `None` for the ambient interpreter.
    """

    python: Path
    environment: Path | None = None

    def variables(self, outer: Mapping[str, str]) -> dict[str, str]:
        """The variables that a program in it runs with: what `activate` would set."""
        if self.environment is None:
            return dict(outer)
        path = os.pathsep.join([str(self.python.parent), outer.get("PATH", os.defpath)])
        active = {**outer, "VIRTUAL_ENV": str(self.environment), "PATH": path}
        active.pop("PYTHONHOME", None)
        return active


class NoInterpreterError(Exception):
    """The environment that a project names is not there."""


def choose(root: Path, options: Mapping[str, str]) -> Interpreter:
    """Chooses the interpreter of the project in `root`.

    Args:
        root: The folder of Pulumi.yaml, PulumiPolicy.yaml or PulumiPlugin.yaml.
        options: `runtime.options` of that file: `toolchain` and `virtualenv`.

    Raises:
        NoInterpreterError: There is no Python in the environment.
    """
    folder = _environment(root, options)
    if folder is None:
        ambient = shutil.which(os.environ.get("PULUMI_PYTHON_CMD") or "python3")
        return Interpreter(python=Path(ambient or sys.executable))
    python = folder / "bin" / "python"
    if not python.exists():
        raise NoInterpreterError(
            f"{root}: its virtual environment {folder} has no bin/python; make it, or correct "
            "runtime.options.virtualenv"
        )
    return Interpreter(python=python, environment=folder)


def _environment(root: Path, options: Mapping[str, str]) -> Path | None:
    toolchain, virtualenv = options.get("toolchain", ""), options.get("virtualenv", "")
    if virtualenv:
        return Path(os.path.normpath(root / virtualenv))
    uv_lock = _folder_above(root, "uv.lock")
    if toolchain == "uv" or (not toolchain and uv_lock):
        project = uv_lock or _folder_above(root, "pyproject.toml") or root
        return project / os.environ.get("UV_PROJECT_ENVIRONMENT", ".venv")
    if toolchain == "poetry" or (not toolchain and _folder_above(root, "poetry.lock")):
        return _of_poetry(root)
    return None


def _folder_above(root: Path, file: str) -> Path | None:
    return next((folder for folder in (root, *root.parents) if (folder / file).exists()), None)


def _of_poetry(root: Path) -> Path:
    told = subprocess.run(
        ["poetry", "env", "info", "--path"],  # noqa: S607 - poetry is the user's own, on PATH
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    return Path(told.stdout.strip())
