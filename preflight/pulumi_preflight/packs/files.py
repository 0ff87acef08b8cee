"""The files of packs: PulumiPolicy.yaml with the command that boots a pack, and configurations."""

import json
import math
import os
import re
import shlex
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, NoReturn, TypeGuard, TypeVar, get_args

from pulumi_preflight.errors import PackError, ProjectError
from pulumi_preflight.packs.exceptions import (
    FileException,
    MistakeError,
    field_of,
    in_order,
    read_exceptions,
)
from pulumi_preflight.project.keys import PACK_KEYS, check_keys
from pulumi_preflight.project.yaml_files import read_yaml
from pulumi_preflight.runtimes.nodejs import PACKAGE_MANAGERS, install_command
from pulumi_preflight.runtimes.python import NoInterpreterError, OptionError, choose, read_options

DEEPEST: Final = 30
"""Levels of a configuration: the messages that bring it to a pack may nest no deeper."""
_HALF_CHARACTER: Final = re.compile("[\ud800-\udfff]")
TOKEN: Final = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\],:]')


def loads_strictly(text: str) -> object:
    """Reads JSON.

    Raises:
        ValueError: The text is not JSON, has a key twice in one object, a number that JSON does not
            know or half of a character, or nests too deep; the error says on which line.
    """
    try:
        content: object = json.loads(
            text, parse_constant=_refuse, parse_float=_finite, parse_int=_whole
        )
    except RecursionError:
        raise ValueError(f"nests deeper than {DEEPEST} levels") from None
    if _HALF_CHARACTER.search(json.dumps(content, ensure_ascii=False)):
        raise ValueError("half of a character (a surrogate) is not text")
    for key, first, second in _doubled(text):
        raise ValueError(
            f"key {key} stands on line {first} and again on line {second}; keep one of them"
        )
    return content


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is out of the range of numbers")
    return number


def _whole(text: str) -> int:
    # A pack gets every number as a float, and Python itself reads no more digits than that.
    _finite(text)
    return int(text)


def _doubled(text: str) -> Iterator[tuple[str, int, int]]:
    """The keys that occur twice in an object: as written, with both lines."""
    objects: list[dict[str, int]] = []
    string, line, position = "", 1, 0
    for token in TOKEN.finditer(text):
        line += text.count("\n", position, token.start())
        position = token.start()
        match token[0]:
            case "{" | "[":
                objects.append({})
                if len(objects) > DEEPEST:
                    raise ValueError(f"nests deeper than {DEEPEST} levels on line {line}")
            case "}" | "]":
                objects.pop()
            case ":":
                key = json.loads(string)
                if key in objects[-1]:
                    yield string, objects[-1][key], line
                objects[-1][key] = line
            case ",":
                pass
            case _:
                string = token[0]


EnforcementLevel = Literal["advisory", "mandatory", "remediate", "disabled"]

Properties = Mapping[str, Any]
EXTENDS: Final = "extends"
VERSION: Final = "version"
NEWEST: Final = 2
_KEYS: Final = ("policies", "environments", "exceptions")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSettings:
    """Level and properties of one rule; `None` where a source says nothing of the level."""

    level: EnforcementLevel | None
    properties: Properties = field(default_factory=dict)


Rules = Mapping[str, RuleSettings]
"""Rule name, or `all`, to its settings; rules without any are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile:
    """A `--policy-pack-config` file.

    Attributes:
        path: Where it was read.
        layers: What it says, behind what the files say that it extends.
        profile: The profile of the pack itself that all of them extend.
        environments: ESC environments that it imports; they need Pulumi Cloud.
        exceptions: Those of all files by id, in the engine's order; of two with one id, that of the
            file that extends the other.
        notes: Keys that the engine does not read.
    """

    path: Path
    layers: tuple[Rules, ...]
    profile: str | None = None
    environments: tuple[str, ...] = ()
    exceptions: tuple[FileException, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def sets_anything(self) -> bool:
        """Whether it says anything of the pack's rules."""
        return self.profile is not None or any(self.layers)


def read_config(path: Path) -> ConfigFile:
    """Reads a `--policy-pack-config` file and those that it extends; an empty one sets nothing.

    A number under `version` makes it a file of version 2, which has exceptions as well; otherwise
    `version` is a rule's name.

    Raises:
        PackError: A file is missing, is not a JSON object, has a key twice, names a level that does
            not exist, has a mistake in an exception, or extends itself.
    """
    layers: list[Rules] = []
    environments: list[str] = []
    exceptions: dict[str, FileException] = {}
    notes: list[str] = []
    files: list[Path] = []
    following: Path | None = path
    base: str | None = None
    while following is not None:
        if following.resolve() in [file.resolve() for file in files]:
            chain = " -> ".join(map(str, [*files, following]))
            raise PackError(f"policy pack config {path} extends itself: {chain}")
        files.append(following)
        said = _read_file(following)
        base = _base(following, said.rules)
        environments = [*said.environments, *environments]
        exceptions = {each.id: each for each in said.exceptions} | exceptions
        notes = [*said.notes, *notes]
        layers.insert(0, _rules(following, said.rules))
        is_file = base is not None and base.endswith(".json")
        following = following.parent / base if base and is_file else None
    return ConfigFile(
        path=path,
        layers=tuple(layers),
        profile=base,
        environments=tuple(environments),
        exceptions=in_order(exceptions.values()),
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What one file says of rules, by name, and what else it says."""

    rules: dict[str, object]
    environments: Sequence[str] = ()
    exceptions: tuple[FileException, ...] = ()
    notes: Sequence[str] = ()


def _read_file(path: Path) -> _Said:
    content = _content(path)
    version = content.get(VERSION)
    if isinstance(version, int | float) and not isinstance(version, bool):
        return _second_version(path, content, version)
    environments = content.pop("environments", [])
    return _Said(rules=content, environments=_environments(path, environments))


def _second_version(path: Path, content: dict[str, object], version: float) -> _Said:
    """A file that has its rules under `policies`.

    Source: pulumi/pulumi, pkg/resource/analyzer/config.go of 3.276.0.
    """
    where = f"policy pack config {path}"
    if version != NEWEST:
        raise PackError(
            f'{where}: "{VERSION}" is {version:g}; it must be {NEWEST}',
            hint="without a version, the file is an object of rule names",
        )
    if EXTENDS in content:
        raise PackError(
            f'{where}: "{EXTENDS}" stands beside "policies", where the engine does not read it',
            hint=f'write it inside "policies", or give the file no "{VERSION}"',
        )
    try:
        rules, environments, exceptions = (field_of(content, name) for name in _KEYS)
        read = read_exceptions(exceptions)
    except MistakeError as error:
        raise PackError(f"{where}: {error}") from error
    if not isinstance(rules, dict | None):
        raise PackError(f'{where}: "policies" must be an object of rule names')
    return _Said(
        rules=rules or {},
        environments=_environments(path, environments or []),
        exceptions=read,
        notes=[*_unread_keys(where, content), *_unread_ends(where, read)],
    )


def _unread_keys(where: str, content: Mapping[str, object]) -> Iterator[str]:
    """Tells of keys of a file of version 2 that nobody reads, such as a rule's name."""
    unread = [key for key in content if key != VERSION and key.casefold() not in _KEYS]
    if unread:
        listed = ", ".join(json.dumps(key, ensure_ascii=False) for key in unread)
        yield f'{where}: not read in a file of version 2, which has rules in "policies": {listed}'


def _unread_ends(where: str, exceptions: Iterable[FileException]) -> Iterator[str]:
    """Tells of last days, which the engine does not know."""
    ends = [f"{each.id} ({each.expires})" for each in exceptions if each.expires]
    if ends:
        yield (
            f'{where}: the engine reads no "expires", and the exceptions hold after that day: '
            f"{', '.join(ends)}"
        )


def as_second_version(name: str) -> str | None:
    """What to do where a key of version 2 is read as a rule's name; `None` for any other name."""
    if name.casefold() == VERSION:
        return f'a file with "policies" and "exceptions" has a number: "{VERSION}": {NEWEST}'
    if name.casefold() not in _KEYS:
        return None
    return (
        f'{name!r} is a rule\'s name here; a file with "policies" and "exceptions" says '
        f'"{VERSION}": {NEWEST}'
    )


def _content(path: Path) -> dict[str, object]:
    try:
        text = path.read_text(encoding="utf-8")
        content = loads_strictly(text) if text.strip() else {}
    except OSError as error:
        raise PackError(f"policy pack config {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise PackError(f"policy pack config {path} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise PackError(f"policy pack config {path} must be an object of rule names, not {text!r}")
    return content


def _base(path: Path, content: dict[str, object]) -> str | None:
    """Takes out what the file extends; a level is what the engine reads there, of a rule."""
    base = content.get(EXTENDS)
    if EXTENDS not in content or _is_level(base) or (base and isinstance(base, dict)):
        return None
    if not isinstance(base, str):
        raise PackError(
            f'policy pack config {path}: "{EXTENDS}" is {json.dumps(base)}; '
            "it must name a profile of the pack, or a file that ends in .json"
        )
    del content[EXTENDS]
    return base


def _environments(path: Path, environments: object) -> list[str]:
    if not _is_texts(environments):
        raise PackError(f'policy pack config {path}: "environments" must be an array of strings')
    return environments


def _rules(path: Path, content: Mapping[str, object]) -> Rules:
    return rules_in(content, where=f"policy pack config {path}")


def rules_in(content: Mapping[str, object], *, where: str) -> Rules:
    """Reads what a config file, or a profile of the pack, says of each rule.

    Raises:
        PackError: A level does not exist, or a rule has neither level nor settings.
    """
    rules = {name: _parsed(where, name, value) for name, value in content.items()}
    return {name: rule for name, rule in rules.items() if rule.level or rule.properties}


def _parsed(where: str, name: str, value: object) -> RuleSettings:
    if isinstance(value, str):
        return RuleSettings(level=_level(where, name, value))
    if not isinstance(value, dict):
        raise PackError(
            f"{where}: {name!r} is {value!r}; it must be a level or an object of settings",
            hint=as_second_version(name),
        )
    properties = dict(value)
    if "enforcementLevel" not in properties:
        return RuleSettings(level=None, properties=properties)
    level = _level(where, name, properties.pop("enforcementLevel"))
    return RuleSettings(level=level, properties=properties)


def _level(where: str, name: str, value: object) -> EnforcementLevel:
    if not _is_level(value):
        raise PackError(
            f"{where}: {value!r} is not an enforcement level for {name!r}",
            hint=as_second_version(name)
            or f"the levels are {', '.join(get_args(EnforcementLevel))}",
        )
    return value


def _is_level(value: object) -> TypeGuard[EnforcementLevel]:
    return value in get_args(EnforcementLevel)


def _is_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


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
        interpreter, *options = self.arguments
        if self.runtime != "python":
            return self
        return replace(self, arguments=(interpreter, "-c", _SHOW_TRACEBACKS, *options))


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
        arguments=(str(chosen.python), "-u", "-m", "pulumi.policy", NO_ENGINE, str(directory)),
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
