"""Reads PulumiPolicy.yaml and works out the command that boots the pack, as the engine does."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

from pulumi_preflight.errors import PackError, ProjectError
from pulumi_preflight.interpreter import NoInterpreterError, OptionError, choose, read_options
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

PACK_FILE = "PulumiPolicy.yaml"
RUN_POLICY_PACK = "@pulumi/pulumi/cmd/run-policy-pack"

_Option = TypeVar("_Option", str, bool)


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
    path = directory / PACK_FILE
    if not path.exists():
        raise PackError(
            f"{directory} is not a policy pack: it has no {PACK_FILE}",
            hint=f"--policy-pack takes the folder that holds {PACK_FILE}",
        )
    name, options = _runtime(path)
    if name == "python":
        return _python_command(directory, options)
    if name == "nodejs":
        return _node_command(directory, options)
    raise PackError(
        f"{path}: runtime is {'missing' if name is None else repr(name)}; python and nodejs "
        "are the ones that run here"
    )


def _runtime(path: Path) -> tuple[object, Mapping[str, object]]:
    """The name and options of a pack's runtime."""
    try:
        content: Any = read_yaml(path) or {}
        if not isinstance(content, dict):
            raise PackError(f"{path} holds {content!r}; wanted keys and values")
        check_keys(content, PACK_KEYS, str(path))
    except ProjectError as error:
        raise PackError(str(error), hint=error.hint) from error
    runtime: Any = content.get("runtime")
    if isinstance(runtime, dict):
        return runtime.get("name"), runtime.get("options") or {}
    return runtime, {}


def _python_command(directory: Path, options: Mapping[str, object]) -> PackCommand:
    try:
        chosen = choose(directory, directory, read_options(options), os.environ)
    except OptionError as error:
        raise PackError(f"{directory / PACK_FILE}: {error}") from error
    except NoInterpreterError as error:
        raise PackError(f"policy pack {directory}: {error}", hint=error.hint) from error
    active = chosen.variables({"PATH": os.environ.get("PATH", os.defpath)})
    return PackCommand(
        directory=directory,
        runtime="python",
        arguments=(str(chosen.python), "-u", "-m", "pulumi.policy", NO_ENGINE, str(directory)),
        # Python does not read an empty PYTHONHOME.
        environment={**active, "PYTHONHOME": ""} if chosen.environment else {},
    )


def _node_command(directory: Path, options: Mapping[str, object]) -> PackCommand:
    typescript = _option(directory, options, "typescript", default=True)
    tsconfig = _option(directory, options, "tsconfig", "")
    nodeargs = _option(directory, options, "nodeargs", "")
    node = shutil.which("node")
    if node is None:
        raise PackError(
            f"policy pack {directory} needs node, which is not on PATH",
            hint="install Node.js, or leave the pack out",
        )
    environment = {"PULUMI_NODEJS_TYPESCRIPT": "true"} if typescript else {}
    if tsconfig:
        environment["PULUMI_NODEJS_TSCONFIG_PATH"] = tsconfig
    return PackCommand(
        directory=directory,
        runtime="nodejs",
        arguments=(
            node,
            str(_node_entry_point(directory)),
            *nodeargs.split(),
            NO_ENGINE,
            str(directory),
        ),
        environment=environment,
    )


def _option(directory: Path, options: Mapping[str, object], name: str, default: _Option) -> _Option:
    value = options.get(name, default)
    if not isinstance(value, type(default)):
        kind = {str: "text", bool: "true or false"}[type(default)]
        raise PackError(f"{directory / PACK_FILE}: the option {name} is {value!r}, not {kind}")
    return value


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
