"""The configuration files of packs: levels and settings of rules, and exceptions."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeGuard, get_args

from pulumi_preflight.errors import PackError
from pulumi_preflight.packs.exceptions import (
    FileException,
    MistakeError,
    field_of,
    in_order,
    read_exceptions,
)
from pulumi_preflight.packs.strict_json import loads_strictly

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
