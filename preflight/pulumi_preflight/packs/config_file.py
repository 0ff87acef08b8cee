"""Reads `--policy-pack-config` files; apart from merging them, which has to know the pack.

Source: pulumi/pulumi, pkg/resource/analyzer/config.go (parsePolicyPackConfig).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeGuard, get_args

from pulumi_preflight.errors import PackError
from pulumi_preflight.packs import strict_json

EnforcementLevel = Literal["advisory", "mandatory", "remediate", "disabled"]

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSettings:
    """Level and properties of one rule; `None` where a source says nothing of the level."""

    level: EnforcementLevel | None
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile:
    """A `--policy-pack-config` file.

    Attributes:
        path: Where it was read.
        rules: Rule name, or `all`, to its settings; rules without any are left out.
        environments: ESC environments that it imports; they need Pulumi Cloud.
    """

    path: Path
    rules: Mapping[str, RuleSettings]
    environments: tuple[str, ...] = ()


def read_config(path: Path) -> ConfigFile:
    """Reads a `--policy-pack-config` file; an empty one sets nothing.

    Raises:
        PackError: The file is missing, is not a JSON object, has a key twice or names a level that
            does not exist.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = strict_json.loads(text) if text.strip() else {}
    except OSError as error:
        raise PackError(f"policy pack config {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise PackError(f"policy pack config {path} is no JSON: {error}") from error
    if not isinstance(content, dict):
        raise PackError(f"policy pack config {path} must be an object of rule names, not {text!r}")
    environments = content.pop("environments", [])
    if not _is_texts(environments):
        raise PackError(f'policy pack config {path}: "environments" must be an array of strings')
    rules = {name: _parsed(path, name, value) for name, value in content.items()}
    return ConfigFile(
        path=path,
        rules={name: rule for name, rule in rules.items() if rule.level or rule.properties},
        environments=tuple(environments),
    )


def _parsed(path: Path, name: str, value: object) -> RuleSettings:
    if isinstance(value, str):
        return RuleSettings(level=_level(path, name, value))
    if not isinstance(value, dict):
        raise PackError(
            f"policy pack config {path}: {name!r} is {value!r}; "
            "it must be a level or an object of settings"
        )
    properties = dict(value)
    if "enforcementLevel" not in properties:
        return RuleSettings(level=None, properties=properties)
    level = _level(path, name, properties.pop("enforcementLevel"))
    return RuleSettings(level=level, properties=properties)


def _level(path: Path, name: str, value: object) -> EnforcementLevel:
    if not _is_level(value):
        raise PackError(
            f"policy pack config {path}: {value!r} is no enforcement level for {name!r}",
            hint=f"the levels are {', '.join(get_args(EnforcementLevel))}",
        )
    return value


def _is_level(value: object) -> TypeGuard[EnforcementLevel]:
    return value in get_args(EnforcementLevel)


def _is_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
