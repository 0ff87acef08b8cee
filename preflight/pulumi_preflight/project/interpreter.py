"""Finds the interpreter of a program, as the engine's language host does.

Source: pulumi/pulumi, sdk/python/toolchain.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from shutil import which
from typing import Any

from pulumi_preflight.errors import ProjectError

_INTERPRETER_VARIABLE = "PULUMI_PYTHON_CMD"


def find_interpreter(
    options: Mapping[str, Any], file: Path, environment: Mapping[str, str]
) -> Path:
    """Finds the Python that runs the program.

    Args:
        options: `runtime.options` of the project file.
        file: The project file.
        environment: May name an interpreter, or an active virtualenv.

    Raises:
        ProjectError: The named interpreter is not there.
    """
    if virtualenv := options.get("virtualenv"):
        return _of_virtualenv(file.parent / str(virtualenv), f"{file}: virtualenv {virtualenv!r}")
    if options.get("toolchain") in (None, "uv") and (lock := _found_upwards(file, "uv.lock")):
        return _of_virtualenv(lock.with_name(".venv"), f"the uv project of {lock}")
    if command := environment.get(_INTERPRETER_VARIABLE):
        found = which(command, path=environment.get("PATH"))
        if found is None:
            raise ProjectError(f"{_INTERPRETER_VARIABLE} is {command!r}, which is no command here")
        return Path(found)
    if active := environment.get("VIRTUAL_ENV"):
        return _of_virtualenv(Path(active), f"VIRTUAL_ENV={active}")
    return Path(sys.executable)


def _found_upwards(file: Path, name: str) -> Path | None:
    return next((path for folder in file.parents if (path := folder / name).is_file()), None)


def _of_virtualenv(folder: Path, what: str) -> Path:
    for inside in ("bin/python", "Scripts/python.exe"):
        if (folder / inside).is_file():
            return Path(os.path.normpath(folder)) / inside
    raise ProjectError(
        f"{what}: there is no Python environment in {os.path.normpath(folder)}",
        hint=f"make it: pulumi install, or python -m venv {os.path.normpath(folder)} and install "
        "the program's requirements there",
    )
