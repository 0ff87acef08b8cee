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

from language_host.options import Options


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


def choose(root: Path, program: Path, options: Options, *, plugin: bool = False) -> Interpreter:
    """Chooses the interpreter of a project.

    Args:
        root: The folder of Pulumi.yaml, PulumiPolicy.yaml or PulumiPlugin.yaml.
        program: The folder of the program, `root` or one below.
        options: The project's options.
        plugin: Whether the project is a plugin: its environment is `venv` where it names none.

    Raises:
        NoInterpreterError: The environment has no Python, or no environment can be found.
    """
    folder = _environment(root, program, options)
    if folder is None and plugin and (root / "venv").is_dir():
        folder = root / "venv"
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


def _environment(root: Path, program: Path, options: Options) -> Path | None:
    uv_lock = _folder_above(program, "uv.lock")
    toolchain = options.toolchain
    if not toolchain and not uv_lock and _folder_above(program, "poetry.lock"):
        toolchain = "poetry"
    if toolchain == "poetry":
        return _of_poetry(program)
    if options.virtualenv:
        return Path(os.path.normpath(root / options.virtualenv))
    if toolchain == "uv" or (not toolchain and uv_lock):
        project = uv_lock or _folder_above(program, "pyproject.toml") or program
        return project / (os.environ.get("UV_PROJECT_ENVIRONMENT") or ".venv")
    return None


def _folder_above(root: Path, file: str) -> Path | None:
    return next((folder for folder in (root, *root.parents) if (folder / file).exists()), None)


def _of_poetry(program: Path) -> Path:
    command = ["poetry", "env", "info", "--path"]
    try:
        told = subprocess.run(command, cwd=program, check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise NoInterpreterError(
            f"{program}: its environment is poetry's, and there is no poetry on PATH; install it, "
            "or name the environment with the toolchain pip: runtime.options.virtualenv"
        ) from None
    except subprocess.CalledProcessError as error:
        raise NoInterpreterError(
            f"{program}: poetry does not tell its environment: {error.stderr.strip()}; "
            "make it with `poetry install`"
        ) from error
    return Path(told.stdout.strip())
