"""The command that boots a pack, by its PulumiPolicy.yaml."""

import os
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

from pulumi_preflight.errors import PackError, ProjectError
from pulumi_preflight.project.keys import PACK_KEYS, check_keys
from pulumi_preflight.project.yaml_files import read_yaml
from pulumi_preflight.runtimes.nodejs import PACKAGE_MANAGERS, install_command
from pulumi_preflight.runtimes.python import NoInterpreterError, OptionError, choose, read_options

# Packs take the engine's address as their first argument; the SDKs of both runtimes drop it
# unread and log to stderr. Nothing listens on this one.
NO_ENGINE = "127.0.0.1:1"

_BYTECODE = Path(__file__).parents[1] / "program" / "inside" / "bytecode.py"
# As `python -m`, of which what is edited is never run as it was before.
_RUN = """\
import runpy, sys
runpy.run_path(sys.argv[1])["keep_none_of_fresh_files"]()
sys.argv = sys.argv[2:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
# gRPC logs the tracebacks of what it serves, but only where a program has set logging up.
_SHOW_TRACEBACKS = "import logging\nlogging.basicConfig(level=logging.ERROR)\n"

PACK_FILE = "PulumiPolicy.yaml"
RUN_POLICY_PACK = "@pulumi/pulumi/cmd/run-policy-pack"

_Option = TypeVar("_Option", str, bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackCommand:
    """How to boot one pack.

    Attributes:
        path: What the user named, absolute: the pack's folder, or an executable.
        directory: The pack's folder, absolute.
        runtime: The language whose SDK the pack is made with.
        arguments: Program and arguments.
        environment: Variables that the pack's runtime adds to, or sets over, the inherited ones.
        working_directory: Where it runs.
    """

    path: Path
    directory: Path
    runtime: Literal["python", "nodejs", "executable"]
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    working_directory: Path

    @property
    def is_executable(self) -> bool:
        """Whether the engine itself starts the pack and greets it, without a host of a language."""
        return self.runtime == "executable"

    def with_tracebacks(self) -> "PackCommand":
        """The same pack, showing on stderr where a rule raised; Node's answers say it already."""
        if self.runtime != "python":
            return self
        arguments = (each if each != _RUN else _SHOW_TRACEBACKS + _RUN for each in self.arguments)
        return replace(self, arguments=tuple(arguments))


def read_pack(
    path: Path, working_directory: Path | None = None, named_by: str = "--policy-pack"
) -> PackCommand:
    """Gives the command that boots a pack.

    Args:
        path: The pack's folder, or an executable.
        working_directory: Where an executable runs, its folder where not given.
        named_by: What names the pack, for messages.

    Raises:
        PackError: There is no readable PulumiPolicy.yaml, its interpreter is missing, or a file
            cannot be executed.

    Source: pulumi/pulumi, sdk/python/cmd/pulumi-language-python and
    sdk/nodejs/cmd/pulumi-language-nodejs, RunPlugin for analyzers; for executables
    pkg/resource/plugin/analyzer_plugin.go (NewPolicyAnalyzer).
    """
    path = path.absolute()
    if path.is_file():
        return _executable(path, working_directory or path.parent, named_by)
    file = path / PACK_FILE
    if not file.exists():
        raise PackError(
            f"{path} is not a policy pack: it has no {PACK_FILE}",
            hint=f"{named_by} takes the folder that holds {PACK_FILE}, or an executable",
        )
    name, options = _runtime(file)
    if name == "python":
        return _python_command(path, options)
    if name in ("nodejs", "bun"):
        return _node_command(path, name, options)
    if name in _BY_ENGINE_ALONE:
        raise PackError(
            f"{file}: runtime is {name!r}; a pack of {_BY_ENGINE_ALONE[name]} runs under the "
            "engine alone",
            hint=_ways_on(name, path),
        )
    raise PackError(
        f"{file}: runtime is {'missing' if name is None else repr(name)}; python, nodejs and bun "
        "are the ones that run here"
    )


_BY_ENGINE_ALONE = {"opa": "OPA", "go": "Go"}


def _ways_on(name: object, pack: Path) -> str:
    engine = f"judge by it with `pulumi preview --policy-pack {pack}`"
    if name != "go":
        return engine
    return f"{engine}; or build it (`go build -o pack .`), and give the file to --policy-pack here"


def _executable(path: Path, working_directory: Path, named_by: str) -> PackCommand:
    if path.name == PACK_FILE:
        raise PackError(
            f"{named_by} names the file {path}",
            hint=f"name the folder that holds it: {path.parent}",
        )
    if not os.access(path, os.X_OK):
        raise PackError(
            f"policy pack {path} is a file that cannot be executed",
            hint=f"{named_by} takes the folder that holds {PACK_FILE}, or an executable: chmod +x",
        )
    beside = path.parent / PACK_FILE
    # The engine reads version and description there, so the file has to be whole.
    if beside.exists() and _runtime(beside)[0] is None:
        raise PackError(f"{beside}: runtime is missing, and the engine refuses the pack beside it")
    return PackCommand(
        path=path,
        directory=path.parent,
        runtime="executable",
        arguments=(str(path), NO_ENGINE),
        environment={},
        working_directory=working_directory,
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
        path=directory,
        directory=directory,
        working_directory=directory,
        runtime="python",
        arguments=(
            *(str(chosen.python), "-u", "-c", _RUN, str(_BYTECODE)),
            *("pulumi.policy", NO_ENGINE, str(directory)),
        ),
        # Python does not read an empty PYTHONHOME.
        environment={**active, "PYTHONHOME": ""} if chosen.environment else {},
    )


def _node_command(directory: Path, name: object, options: Mapping[str, object]) -> PackCommand:
    typescript = _option(directory, options, "typescript", default=True)
    tsconfig = _option(directory, options, "tsconfig", "")
    nodeargs = _option(directory, options, "nodeargs", "")
    manager = _option(directory, options, "packagemanager", "auto")
    if manager not in PACKAGE_MANAGERS:
        raise PackError(
            f"{directory / PACK_FILE}: the option packagemanager is {manager!r}, not one of "
            f"{', '.join(PACKAGE_MANAGERS)}"
        )
    program = "bun" if name == "bun" else "node"
    found = shutil.which(program)
    if found is None:
        raise PackError(
            f"policy pack {directory} needs {program}, which is not on PATH",
            hint=f"install {'Bun' if program == 'bun' else 'Node.js'}, or leave the pack out",
        )
    environment = {"PULUMI_NODEJS_TYPESCRIPT": "true"} if typescript else {}
    if tsconfig:
        environment["PULUMI_NODEJS_TSCONFIG_PATH"] = tsconfig
    return PackCommand(
        path=directory,
        directory=directory,
        working_directory=directory,
        runtime="nodejs",
        arguments=(
            found,
            *(("run",) if program == "bun" else ()),
            str(_node_entry_point(directory, program, manager)),
            *shlex.split(nodeargs),
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


def _node_entry_point(directory: Path, program: str, manager: str) -> Path:
    """Finds the SDK's script the way Node does: in node_modules of the folder or one above it.

    The engine starts a Node process to resolve it; walking up gives the same file and costs none.
    """
    for folder in (directory, *directory.parents):
        script = folder / "node_modules" / RUN_POLICY_PACK / "index.js"
        if script.exists():
            return script
    chosen = manager if manager != "auto" else ("bun" if program == "bun" else None)
    install = f"{chosen} install" if chosen else install_command(directory)
    raise PackError(
        f"policy pack {directory}: the Pulumi SDK is not installed in its node_modules",
        hint=f"run `{install}` in {directory}; its package.json has to name @pulumi/pulumi",
    )
