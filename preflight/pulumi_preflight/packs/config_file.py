"""Reads `--policy-pack-config` files; apart from merging them, which has to know the pack.

Source: pulumi/pulumi, pkg/resource/analyzer/config.go (parsePolicyPackConfig). The key `extends` is
not the engine's, which refuses the file.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeGuard, get_args

from pulumi_preflight.errors import PackError
from pulumi_preflight.packs import strict_json

EnforcementLevel = Literal["advisory", "mandatory", "remediate", "disabled"]

Properties = Mapping[str, Any]
EXTENDS: Final = "extends"


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
    """

    path: Path
    layers: tuple[Rules, ...]
    profile: str | None = None
    environments: tuple[str, ...] = ()


def read_config(path: Path) -> ConfigFile:
    """Reads a `--policy-pack-config` file and those that it extends; an empty one sets nothing.

    Raises:
        PackError: A file is missing, is not a JSON object, has a key twice, names a level that does
            not exist, or extends itself.
    """
    layers: list[Rules] = []
    environments: list[str] = []
    files: list[Path] = []
    following: Path | None = path
    base: str | None = None
    while following is not None:
        if following.resolve() in [file.resolve() for file in files]:
            chain = " -> ".join(map(str, [*files, following]))
            raise PackError(f"policy pack config {path} extends itself: {chain}")
        files.append(following)
        content = _content(following)
        base = _base(following, content)
        environments = [*_environments(following, content), *environments]
        layers.insert(0, _rules(following, content))
        is_file = base is not None and base.endswith(".json")
        following = following.parent / base if base and is_file else None
    return ConfigFile(
        path=path, layers=tuple(layers), profile=base, environments=tuple(environments)
    )


def _content(path: Path) -> dict[str, object]:
    try:
        text = path.read_text(encoding="utf-8")
        content = strict_json.loads(text) if text.strip() else {}
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


def _environments(path: Path, content: dict[str, object]) -> list[str]:
    environments = content.pop("environments", [])
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
            f"{where}: {name!r} is {value!r}; it must be a level or an object of settings"
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
            hint=f"the levels are {', '.join(get_args(EnforcementLevel))}",
        )
    return value


def _is_level(value: object) -> TypeGuard[EnforcementLevel]:
    return value in get_args(EnforcementLevel)


def _is_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
