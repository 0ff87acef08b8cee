"""What AWS's own descriptions say of a property: botocore's responses, CloudFormation's schemas.

Neither has made a value that preflight fills in. A property is found by its name within its
service, so a source may know several of a name; a value is right where one of them takes it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session
from botocore.exceptions import UnknownServiceError
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape
from cfnlint.schema.manager import (  # type: ignore[import-untyped] # it has no types
    PROVIDER_SCHEMA_MANAGER,
)

_REGION = "us-east-1"
# Modules of the SDK under the names that botocore has for their services.
_SERVICES = {
    "alb": "elbv2",
    "appautoscaling": "application-autoscaling",
    "appconfig": "appconfig",
    "cfg": "config",
    "cognito": "cognito-idp",
    "directoryservice": "ds",
    "dms": "dms",
    "ebs": "ec2",
    "ec2transitgateway": "ec2",
    "elasticsearch": "es",
    "lb": "elbv2",
    "mskconnect": "kafkaconnect",
    "msk": "kafka",
    "networkfirewall": "network-firewall",
    "resourceexplorer": "resource-explorer-2",
    "secretsmanager": "secretsmanager",
    "sfn": "stepfunctions",
    "ssoadmin": "sso-admin",
    "vpc": "ec2",
    "vpclattice": "vpc-lattice",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """What a source says of a text.

    Attributes:
        pattern: A pattern that the whole text fits, empty where the source has none.
        choices: The texts that it may be, none where it may be any.
    """

    pattern: str = ""
    choices: frozenset[str] = frozenset()

    def takes(self, text: str) -> bool:
        """Whether the source takes a text."""
        if self.choices and text not in self.choices:
            return False
        return not self.pattern or re.search(self.pattern, text) is not None


def rules_for(module: str, type_: str, property_: str) -> frozenset[Rule]:
    """What the sources say of a property; none where no source knows its form.

    Args:
        module: The SDK's module, `rds`.
        type_: The class, `Instance`.
        property_: The name on the wire, `engineVersion`.
    """
    names = {property_.lower(), f"{type_}{property_}".lower()}
    responses = _of_responses(_SERVICES.get(module, module))
    schemas = _of_schema(f"{module}{type_}".lower())
    return frozenset(
        rule for known in (responses, schemas) for name in names for rule in known.get(name, ())
    )


@cache
def _of_responses(service: str) -> Mapping[str, frozenset[Rule]]:
    loader = botocore.session.get_session().get_component("data_loader")
    try:
        described = loader.load_service_model(service, "service-2")
    except (UnknownServiceError, botocore.exceptions.DataNotFoundError):
        return {}
    model = ServiceModel(described)
    found: dict[str, set[Rule]] = {}
    for operation in model.operation_names:
        output = model.operation_model(operation).output_shape
        for name, shape in _members(output, set()) if output else ():
            rule = _rule_of(shape)
            if rule is not None:
                found.setdefault(name.lower(), set()).add(rule)
    return {name: frozenset(rules) for name, rules in found.items()}


def _members(shape: Shape, seen: set[str]) -> Iterator[tuple[str, Shape]]:
    if shape.name in seen:
        return
    seen.add(shape.name)
    match shape:
        case StructureShape():
            for name, member in shape.members.items():
                yield name, member
                yield from _members(member, seen)
        case ListShape():
            yield from _members(shape.member, seen)
        case MapShape():
            yield from _members(shape.value, seen)
        case _:
            # A plain value has no members.
            return


def _rule_of(shape: Shape) -> Rule | None:
    if shape.type_name != "string":
        return None
    pattern = str(shape.metadata.get("pattern", ""))
    choices = frozenset(map(str, getattr(shape, "enum", ())))
    return Rule(_whole(pattern), choices) if choices or _says_something(pattern) else None


def _says_something(pattern: str) -> bool:
    return bool(pattern) and not re.fullmatch(
        r"\^?(?:\.|\[\\s\\S\]|\\S|\(\.\|\\n\))[*+]\$?", pattern
    )


def _whole(pattern: str) -> str:
    # Java's classes, as far as the models use them.
    for name, mine in (("Alnum", "a-zA-Z0-9"), ("ASCII", r"\x00-\x7f"), ("Graph", r"\x21-\x7e")):
        pattern = pattern.replace(f"\\p{{{name}}}", mine)
    whole = rf"\A(?:{pattern})\Z" if pattern else ""
    try:
        re.compile(whole)
    except re.error:
        # Another dialect than Python's tells nothing here.
        return ""
    return whole


@cache
def _schema_names() -> Mapping[str, str]:
    types = PROVIDER_SCHEMA_MANAGER.get_resource_types(_REGION)
    return {"".join(each.split("::")[1:]).lower(): each for each in types}


@cache
def _of_schema(name: str) -> Mapping[str, frozenset[Rule]]:
    type_ = _schema_names().get(name)
    if type_ is None:
        return {}
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, type_).schema
    return {
        property_.lower(): frozenset({rule})
        for property_, said in schema.get("properties", {}).items()
        if (rule := _rule_in(said)) is not None
    }


def _rule_in(said: Any) -> Rule | None:  # noqa: ANN401 - JSON of a schema
    if not isinstance(said, dict) or said.get("type") != "string":
        return None
    pattern, choices = str(said.get("pattern", "")), said.get("enum", ())
    if not choices and not _says_something(pattern):
        return None
    return Rule(_whole(pattern), frozenset(map(str, choices)))
