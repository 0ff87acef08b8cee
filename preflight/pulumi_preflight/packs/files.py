"""Reads PulumiPolicy.yaml and works out the command that boots the pack, as the engine does."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

from pulumi_preflight.errors import PackError, ProjectError
from pulumi_preflight.project.keys import PACK_KEYS, check_keys
from pulumi_preflight.project.yaml_files import read_yaml

# Packs take the engine's address as their first argument; the SDKs of both runtimes drop it
# unread and log to stderr. Nothing listens on this one.
NO_ENGINE = "127.0.0.1:1"

# gRPC logs the tracebacks of what it serves, but only where a program has set logging up.
_SHOW_TRACEBACKS = """\
import logging, runpy, sys
logging.basicConfig(level=logging.ERROR)
sys.argv = sys.argv[3:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""

_POETRY_SECONDS = 60

RUN_POLICY_PACK = "@pulumi/pulumi/cmd/run-policy-pack"

_Option = TypeVar("_Option", str, bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Runtime:
    """The `runtime` key: a name, or a name with runtime.

    Keys that the engine's language hosts do not know are ignored, as they ignore them.
    """

    name: Literal["python", "nodejs"]
    toolchain: str
    virtualenv: str
    typescript: bool
    tsconfig: str
    nodeargs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackCommand:
    """How to boot one pack.

    Attributes:
        directory: The pack's folder, absolute; also the working directory.
        runtime: `python` or `nodejs`.
        arguments: Program and arguments.
        environment: Variables that the pack's runtime adds to, or sets over, the inherited ones.
    """

    directory: Path
    runtime: Literal["python", "nodejs"]
    arguments: tuple[str, ...]
    environment: Mapping[str, str]

    def with_tracebacks(self) -> "PackCommand":
        """The same pack, showing on stderr where a rule raised; Node's answers say it already."""
        interpreter, *options = self.arguments
        if self.runtime != "python":
            return self
        return replace(self, arguments=(interpreter, "-c", _SHOW_TRACEBACKS, *options))


def read_pack(directory: Path) -> PackCommand:
    """Gives the command that boots the pack in `directory`.

    Raises:
        PackError: There is no readable PulumiPolicy.yaml, or its interpreter is missing.

    Source: pulumi/pulumi, sdk/python/cmd/pulumi-language-python and
    sdk/nodejs/cmd/pulumi-language-nodejs, RunPlugin for analyzers.
    """
    directory = directory.absolute()
    runtime = _read_runtime(directory)
    if runtime.name == "python":
        return _python_command(directory, runtime)
    return _node_command(directory, runtime)


def _read_runtime(directory: Path) -> _Runtime:
    path = directory / "PulumiPolicy.yaml"
    if not path.exists():
        raise PackError(
            f"{directory} is no policy pack: it has no PulumiPolicy.yaml",
            hint="--policy-pack takes the folder that holds PulumiPolicy.yaml",
        )
    try:
        content: Any = read_yaml(path) or {}
        if not isinstance(content, dict):
            raise PackError(f"{path} holds {content!r}; wanted keys and values")
        check_keys(content, PACK_KEYS, str(path))
    except ProjectError as error:
        raise PackError(str(error), hint=error.hint) from error
    runtime: Any = content.get("runtime")
    if isinstance(runtime, dict):
        name, options = runtime.get("name"), runtime.get("options") or {}
    else:
        name, options = runtime, {}
    if name not in ("python", "nodejs"):
        raise PackError(
            f"{path}: runtime is {'missing' if name is None else repr(name)}; python and nodejs "
            "are the ones that run here"
        )
    toolchain = _option(path, options, "toolchain", "")
    if toolchain not in ("", "pip", "poetry", "uv"):
        raise PackError(f"{path}: toolchain is {toolchain!r}; pip, poetry and uv are known")
    return _Runtime(
        name=name,
        toolchain=toolchain,
        virtualenv=_option(path, options, "virtualenv", ""),
        typescript=_option(path, options, "typescript", default=True),
        tsconfig=_option(path, options, "tsconfig", ""),
        nodeargs=_option(path, options, "nodeargs", ""),
    )


def _option(path: Path, options: Mapping[str, object], name: str, default: _Option) -> _Option:
    value = options.get(name, default)
    if not isinstance(value, type(default)):
        kind = {str: "text", bool: "true or false"}[type(default)]
        raise PackError(f"{path}: the option {name} is {value!r}, not {kind}")
    return value


def _python_command(directory: Path, runtime: _Runtime) -> PackCommand:
    environment_folder = _virtual_environment(directory, runtime)
    if environment_folder is None:
        interpreter, environment = _ambient_python(), {}
    else:
        interpreter = environment_folder / "bin" / "python"
        environment = {
            "VIRTUAL_ENV": str(environment_folder),
            "PATH": f"{interpreter.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        }
        if not interpreter.exists():
            raise PackError(
                f"policy pack {directory}: its virtual environment {environment_folder} "
                "does not exist or has no bin/python",
                hint=f"run `pulumi install` in {directory}, or correct runtime.options.virtualenv "
                "in its PulumiPolicy.yaml",
            )
    return PackCommand(
        directory=directory,
        runtime="python",
        arguments=(str(interpreter), "-u", "-m", "pulumi.policy", NO_ENGINE, str(directory)),
        environment=environment,
    )


def _virtual_environment(directory: Path, runtime: _Runtime) -> Path | None:
    """Finds the environment that the engine would use, `None` for the ambient interpreter."""
    uv_lock = _folder_above(directory, "uv.lock")
    if runtime.toolchain == "uv" or (not runtime.toolchain and uv_lock):
        if runtime.virtualenv:
            return directory / runtime.virtualenv
        project = uv_lock or _folder_above(directory, "pyproject.toml") or directory
        return project / os.environ.get("UV_PROJECT_ENVIRONMENT", ".venv")
    if runtime.toolchain == "poetry" or (
        not runtime.toolchain and _folder_above(directory, "poetry.lock")
    ):
        return _poetry_environment(directory)
    return directory / runtime.virtualenv if runtime.virtualenv else None


def _folder_above(directory: Path, file: str) -> Path | None:
    for folder in (directory, *directory.parents):
        if (folder / file).exists():
            return folder
    return None


def _poetry_environment(directory: Path) -> Path:
    try:
        found = subprocess.run(
            ["poetry", "env", "info", "--path"],  # noqa: S607 - poetry is the user's own, on PATH
            cwd=directory,
            check=True,
            capture_output=True,
            text=True,
            timeout=_POETRY_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise PackError(
            f"policy pack {directory}: poetry did not say where its environment is: {error}",
            hint=f"run `poetry install` in {directory}",
        ) from error
    return Path(found.stdout.strip())


def _ambient_python() -> Path:
    """The interpreter of a pack that names none.

    The engine takes the first `python3` on PATH. Preflight takes the active environment's, which
    is that one, and where none is active its own, which has the SDK.
    """
    if command := os.environ.get("PULUMI_PYTHON_CMD"):
        return Path(shutil.which(command) or command)
    if active := os.environ.get("VIRTUAL_ENV"):
        return Path(active) / "bin" / "python"
    return Path(sys.executable)


def _node_command(directory: Path, runtime: _Runtime) -> PackCommand:
    node = shutil.which("node")
    if node is None:
        raise PackError(
            f"policy pack {directory} needs node, which is not on PATH",
            hint="install Node.js, or leave the pack out",
        )
    environment = {"PULUMI_NODEJS_TYPESCRIPT": "true"} if runtime.typescript else {}
    if runtime.tsconfig:
        environment["PULUMI_NODEJS_TSCONFIG_PATH"] = runtime.tsconfig
    return PackCommand(
        directory=directory,
        runtime="nodejs",
        arguments=(
            node,
            str(_node_entry_point(directory)),
            *runtime.nodeargs.split(),
            NO_ENGINE,
            str(directory),
        ),
        environment=environment,
    )


def _node_entry_point(directory: Path) -> Path:
    """Finds the SDK's script the way Node does: in node_modules of the folder or one above it.

    The engine starts a Node process to resolve it; walking up gives the same file and costs none.
    """
    for folder in (directory, *directory.parents):
        script = folder / "node_modules" / RUN_POLICY_PACK / "index.js"
        if script.exists():
            return script
    raise PackError(
        f"policy pack {directory}: the Pulumi SDK is not installed in its node_modules",
        hint=f"run `npm install` in {directory}",
    )
