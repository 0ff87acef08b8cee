"""A pack's configuration, merged and checked as the engine does it.

Source: pulumi/pulumi, pkg/resource/analyzer/config.go (ReconcilePolicyPackConfig). The texts of
schema errors are the engine's too, so that a search for one finds the same page.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeGuard, cast, get_args

from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as protocol

from pulumi_preflight.errors import PackError

if TYPE_CHECKING:
    from jsonschema import ValidationError

EnforcementLevel = Literal["advisory", "mandatory", "remediate", "disabled"]

_LEVEL_NUMBERS: Mapping[EnforcementLevel, protocol.EnforcementLevel.ValueType] = {
    "advisory": protocol.ADVISORY,
    "mandatory": protocol.MANDATORY,
    "remediate": protocol.REMEDIATE,
    "disabled": protocol.DISABLED,
}
LEVEL_NAMES: Mapping[int, EnforcementLevel] = {
    number: name for name, number in _LEVEL_NUMBERS.items()
}

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
        PackError: The file is missing, no JSON object, or names no level that exists.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if text.strip() else {}
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


def effective_settings(
    info: protocol.AnalyzerInfo, config: ConfigFile | None
) -> dict[str, RuleSettings]:
    """Merges schema defaults, the pack's initial config and the file, later ones winning.

    Properties are replaced whole. The entry `all` sets levels, never properties.

    Raises:
        PackError: A rule's properties do not fit its schema, or a level is missing.
    """
    settings = {
        policy.name: RuleSettings(
            level=LEVEL_NAMES[policy.enforcementLevel], properties=_schema_defaults(policy)
        )
        for policy in info.policies
    }
    _apply(settings, _initial_config(info))
    if config is not None:
        _apply(settings, config.rules)
    where = f"policy pack {info.name!r}" + (f", config {config.path}" if config else "")
    problems = sorted(
        f"{policy.name}: {problem}"
        for policy in info.policies
        for problem in _schema_problems(policy, settings[policy.name].properties)
    )
    if problems:
        raise PackError(f"{where}: {'; '.join(problems)}")
    for name, rule in settings.items():
        if rule.level is None:
            raise PackError(
                f"{where}: {name!r} has properties but no enforcement level, "
                "and the pack has no rule of that name",
                hint=f"its rules: {', '.join(sorted(policy.name for policy in info.policies))}",
            )
    return settings


def configure_request(settings: Mapping[str, RuleSettings]) -> protocol.ConfigureAnalyzerRequest:
    """The message that tells a pack its merged configuration."""
    request = protocol.ConfigureAnalyzerRequest()
    for name, rule in settings.items():
        config = request.policyConfig[name]
        config.enforcementLevel = _LEVEL_NUMBERS[rule.level or "advisory"]
        ParseDict(dict(rule.properties), config.properties)
    return request


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


def _schema_defaults(policy: protocol.PolicyInfo) -> Properties:
    schema = MessageToDict(policy.configSchema.properties)
    return {
        name: rules["default"]
        for name, rules in schema.items()
        if isinstance(rules, dict) and "default" in rules
    }


def _initial_config(info: protocol.AnalyzerInfo) -> dict[str, RuleSettings]:
    # The wire has no "no level": an initial config that sets properties alone arrives, and
    # counts, as advisory. The engine does the same.
    return {
        name: RuleSettings(
            level=LEVEL_NAMES[config.enforcementLevel], properties=MessageToDict(config.properties)
        )
        for name, config in info.initialConfig.items()
    }


def _apply(settings: dict[str, RuleSettings], given: Mapping[str, RuleSettings]) -> None:
    for_all = given.get("all")
    if for_all is not None and for_all.level is not None:
        for name, rule in settings.items():
            settings[name] = RuleSettings(level=for_all.level, properties=rule.properties)
    for name, rule in given.items():
        before = settings.get(name, RuleSettings(level=None))
        settings[name] = RuleSettings(
            level=rule.level or before.level, properties={**before.properties, **rule.properties}
        )


def _schema_problems(policy: protocol.PolicyInfo, properties: Properties) -> Iterator[str]:
    # jsonschema takes 0.2 s to import, and most packs of others configure nothing.
    if not properties and not policy.configSchema.required:
        return
    from jsonschema import Draft7Validator  # noqa: PLC0415 - see above

    schema = {
        "type": "object",
        "properties": MessageToDict(policy.configSchema.properties),
        "required": list(policy.configSchema.required),
    }
    document = MessageToDict(ParseDict(dict(properties), Struct()))
    for error in Draft7Validator(schema).iter_errors(document):
        place = ".".join(str(part) for part in error.absolute_path)
        yield f"{place}: {_engine_text(error)}" if place else _engine_text(error)


_ENGINE_TEXTS: Mapping[str, str] = {
    "minimum": "Must be greater than or equal to {}",
    "maximum": "Must be less than or equal to {}",
    "exclusiveMinimum": "Must be greater than {}",
    "exclusiveMaximum": "Must be less than {}",
    "multipleOf": "Must be a multiple of {}",
    "minLength": "String length must be greater than or equal to {}",
    "maxLength": "String length must be less than or equal to {}",
    "minItems": "Array must have at least {} items",
    "maxItems": "Array must have at most {} items",
    "pattern": "Does not match pattern '{}'",
}


def _engine_text(error: "ValidationError") -> str:
    """Says a schema error as the engine's validator does, for the keywords that packs use."""
    keyword, wanted = str(error.validator), cast("Any", error.validator_value)
    if text := _ENGINE_TEXTS.get(keyword):
        whole = isinstance(wanted, float) and wanted.is_integer()
        return text.format(int(wanted) if whole else wanted)
    match keyword:
        case "type":
            expected = f"[{','.join(wanted)}]" if isinstance(wanted, list) else wanted
            return f"Invalid type. Expected: {expected}, given: {_json_type(error.instance)}"
        case "enum":
            allowed = ", ".join(json.dumps(value) for value in wanted)
            return f"{error.absolute_path[-1]} must be one of the following: {allowed}"
        case "required":
            # There is one error per missing name, and only its message says which.
            name = error.message.removesuffix(" is a required property")
            return f"{name[1:-1]} is required"
        case _:
            return error.message


def _json_type(value: object) -> str:
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    names = {bool: "boolean", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")
