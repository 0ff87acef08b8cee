"""Programs in Python, and which Python runs them: one answer, in the engine's order.

Preflight asks here for programs and packs, the engine's language host for all three. An environment
that the project names comes first, then that of the uv or poetry project around it, then the
ambient interpreter.
Source: pulumi/pulumi, sdk/python/toolchain; parseOptions of
sdk/python/cmd/pulumi-language-python/main.go.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import which

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.runtimes import Launch, ProgramSource

_RUNNER = Path(__file__).parents[1] / "program" / "inside" / "runner.py"
_COMMAND = "PULUMI_PYTHON_CMD"
_CHOICES = {"toolchain": ("pip", "poetry", "uv"), "typechecker": ("mypy", "pyright")}
_POETRY_SECONDS = 60


def find(source: ProgramSource, variables: Mapping[str, str]) -> Launch:
    """Finds a program and the interpreter that runs it.

    Raises:
        ProjectError: There is no program, or no interpreter.
    """
    working_directory, program = _program(source)
    try:
        options = read_options(source.options)
        python = choose(source.file.parent, working_directory, options, variables).python
    except NoInterpreterError as error:
        raise ProjectError(f"{source.file}: {error}", hint=error.hint) from error
    return launch(python, program, working_directory, variables)


def launch(
    python: Path, program: Path, working_directory: Path, variables: Mapping[str, str]
) -> Launch:
    """How an interpreter runs a program, in the environment that the interpreter belongs to."""
    changed: dict[str, str | None] = {"PYTHONHOME": None}
    environment = python.parent.parent
    if (environment / "pyvenv.cfg").is_file():
        # What a virtualenv's `activate` sets, as the language host does.
        path = os.pathsep.join([str(python.parent), variables.get("PATH", os.defpath)])
        changed |= {"VIRTUAL_ENV": str(environment), "PATH": path}
    return Launch(
        command=(str(python), "-u", str(_RUNNER)),
        program=program,
        working_directory=working_directory,
        variables=changed,
        bounds_callbacks=True,
        calls_by_socket=True,
    )


def _program(source: ProgramSource) -> tuple[Path, Path]:
    """The folder to run in, and the program."""
    program = source.file.parent / source.main
    if program.is_dir():
        if not (program / "__main__.py").is_file():
            raise ProjectError(
                f"{program} holds no __main__.py, the program that {source.file} stands for",
                hint="write it, or name its folder with main: in the project file",
            )
        return program, program
    if not program.is_file():
        raise ProjectError(f"{source.file}: main is {source.main!r}, but there is no {program}")
    return program.parent, program


class OptionError(Exception):
    """An option has a value that it may not have."""


class NoInterpreterError(Exception):
    """The Python that a project asks for is not there.

    Attributes:
        hint: What to do.
    """

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What `runtime.options` of Pulumi.yaml, PulumiPolicy.yaml or PulumiPlugin.yaml say of Python.

    Attributes:
        virtualenv: The environment's folder, relative to the project; empty where none is named.
        toolchain: `pip`, `poetry` or `uv`; empty where the project's lock file decides.
        typechecker: The checker of the program's types before each run: `mypy`, `pyright` or empty.
    """

    virtualenv: str = ""
    toolchain: str = ""
    typechecker: str = ""


def read_options(given: Mapping[str, object]) -> Options:
    """Reads the options; the engine does not use any others.

    Raises:
        OptionError: An option is not a text, or has a value that it may not have.
    """
    read = {}
    for name in ("virtualenv", "toolchain", "typechecker"):
        value = given.get(name, "")
        choices = _CHOICES.get(name)
        if not isinstance(value, str):
            raise OptionError(f"runtime.options.{name} is {value!r}; wanted a text")
        if name in given and choices and value not in choices:
            raise OptionError(f"runtime.options.{name} is {value!r}; wanted {' or '.join(choices)}")
        read[name] = value
    return Options(**read)


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


def choose(
    root: Path,
    program: Path,
    options: Options,
    variables: Mapping[str, str],
    *,
    plugin: bool = False,
) -> Interpreter:
    """Chooses the interpreter of a project.

    Args:
        root: The folder of Pulumi.yaml, PulumiPolicy.yaml or PulumiPlugin.yaml.
        program: The folder of the program, `root` or one below.
        options: The project's options.
        variables: May name an interpreter, an active environment, uv's environment, and a PATH.
        plugin: Whether the project is a plugin: its environment is `venv` where it names none.

    Raises:
        NoInterpreterError: The environment has no Python, or no environment can be found.
    """
    if plugin and not options.virtualenv and (root / "venv").is_dir():
        options = replace(options, virtualenv="venv")
    uv_lock = _folder_above(program, "uv.lock")
    poetry_lock = None if uv_lock else _folder_above(program, "poetry.lock")
    if options.toolchain == "poetry" or (not options.toolchain and poetry_lock):
        return _of(_told_by_poetry(program, variables), "the poetry project", "`poetry install`")
    if options.virtualenv:
        folder = root / options.virtualenv
        make = f"`pulumi install`, or `python -m venv {os.path.normpath(folder)}`"
        return _of(folder, f"virtualenv {options.virtualenv!r}", f"{make} and its requirements")
    if options.toolchain == "uv" or (not options.toolchain and uv_lock):
        project = uv_lock or _folder_above(program, "pyproject.toml") or program
        folder = project / (variables.get("UV_PROJECT_ENVIRONMENT") or ".venv")
        return _of(folder, f"the uv project of {project}", f"`uv sync` in {project}")
    return Interpreter(python=_ambient(variables))


def _of(folder: Path, named: str, make: str) -> Interpreter:
    folder = Path(os.path.normpath(folder))
    python = folder / "bin" / "python"
    if not python.is_file():
        raise NoInterpreterError(
            f"{named}: there is no Python environment in {folder}", hint=f"make it: {make}"
        )
    return Interpreter(python=python, environment=folder)


def _folder_above(folder: Path, file: str) -> Path | None:
    return next((each for each in (folder, *folder.parents) if (each / file).exists()), None)


def _told_by_poetry(program: Path, variables: Mapping[str, str]) -> Path:
    poetry = which("poetry", path=variables.get("PATH", ""))
    if poetry is None:
        raise NoInterpreterError(
            f"the environment of {program} is poetry's, and there is no poetry on PATH",
            hint="install poetry, or name the environment with the toolchain pip: "
            "runtime.options.virtualenv",
        )
    try:
        told = subprocess.run(
            [poetry, "env", "info", "--path"],
            cwd=program,
            env=dict(variables),
            check=True,
            capture_output=True,
            text=True,
            timeout=_POETRY_SECONDS,
        ).stdout.strip()
        said = "nothing was printed"
    except subprocess.CalledProcessError as error:
        told, said = "", error.stderr.strip() or str(error)
    except (OSError, subprocess.TimeoutExpired) as error:
        told, said = "", str(error)
    if not told:
        raise NoInterpreterError(
            f"poetry does not tell the environment of {program}: {said}",
            hint="make it: `poetry install`",
        )
    return Path(told)


def _ambient(variables: Mapping[str, str]) -> Path:
    """The interpreter of a project that has no environment.

    The engine takes `python3`, or else `python`, from PATH, where an active environment comes
    first. The environment that this process runs in counts as active where no other is: the SDK is
    there, also where the process was started by its path.
    """
    path = variables.get("PATH", "")
    if command := variables.get(_COMMAND):
        named = which(command, path=path)
        if named is None:
            raise NoInterpreterError(
                f"{_COMMAND} is {command!r}, which is not a command here",
                hint=f"give {_COMMAND} the path of a Python, or unset it",
            )
        return Path(named)
    if active := variables.get("VIRTUAL_ENV"):
        return _of(Path(active), f"VIRTUAL_ENV={active}", "or unset VIRTUAL_ENV").python
    if sys.prefix != sys.base_prefix:
        return Path(sys.executable)
    return Path(which("python3", path=path) or which("python", path=path) or sys.executable)
