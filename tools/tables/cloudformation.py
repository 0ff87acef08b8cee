"""Where CloudFormation's schemas have a type's properties; cfn-lint ships and corrects them."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from cfnlint.rules import formats  # type: ignore[import-untyped] # it has no types
from cfnlint.rules.formats.FormatKeyword import (  # type: ignore[import-untyped] # it has no types
    FormatKeyword,
)
from cfnlint.schema.manager import (  # type: ignore[import-untyped] # it has no types
    PROVIDER_SCHEMA_MANAGER,
)

from tools.tables.names import key, nouns, services
from tools.tables.patterns import whole

Said = Mapping[str, Any]
"""A part of a schema: JSON."""

_REGION = "us-east-1"
# CloudFormation's names of services whose types the SDK has in a module of another name.
_SERVICES: dict[str, tuple[str, ...]] = {
    "alb": ("elasticloadbalancingv2",),
    "amp": ("aps",),
    "appautoscaling": ("applicationautoscaling",),
    "cfg": ("config",),
    "cloudwatch": ("cloudwatch", "events", "logs", "synthetics", "internetmonitor"),
    "costexplorer": ("ce",),
    "ebs": ("ec2",),
    "ec2clientvpn": ("ec2",),
    "ec2transitgateway": ("ec2",),
    "elb": ("elasticloadbalancing",),
    "kinesis": ("kinesis", "kinesisfirehose", "kinesisanalytics", "kinesisvideo"),
    "lb": ("elasticloadbalancingv2",),
    "mq": ("amazonmq",),
    "mskconnect": ("kafkaconnect",),
    "opensearch": ("opensearchservice", "opensearchserverless"),
    "opensearchingest": ("osis",),
    "resourceexplorer": ("resourceexplorer2",),
    "serverlessrepository": ("serverless",),
    "sfn": ("stepfunctions",),
    "ssoadmin": ("sso",),
    "timestreamwrite": ("timestream",),
    "verifiedaccess": ("ec2",),
    "vpc": ("ec2",),
}


@cache
def properties(module: str, type_: str, path: tuple[str, ...]) -> tuple[Said, ...]:
    """What the schema of a type has of a property, or of a list's items; none where it has none.

    Args:
        module: The module in the type's token, `rds`.
        type_: The type, `Instance`.
        path: The property's names from the outermost on, without indexes.
    """
    name, noun = _home(module, type_)
    if not name:
        return ()
    schema = _schema(name)
    found: tuple[Said, ...] = (schema,)
    for depth, part in enumerate(path):
        own = {key(part)} if depth else {key(part), key(f"{noun}{part}")}
        found = tuple(hit for said in found for hit in _properties(said, schema, own))
    return tuple(_item(said, schema) for said in found)


def pattern_of(said: Said) -> str:
    """The pattern that a text fits, of its own or of its format; empty where there is none."""
    return whole(str(said.get("pattern", ""))) or _formats().get(str(said.get("format", "")), "")


@cache
def named_formats() -> Mapping[str, str]:
    """Names of properties to the pattern of their format, where all schemas agree on that."""
    found: dict[str, set[str]] = {}
    for schema in (_schema(name) for things in _types().values() for name in things.values()):
        for name, said in schema.get("properties", {}).items():
            item = _item(said, schema)
            if item.get("type") == "string":
                found.setdefault(key(name), set()).add(str(item.get("format", "")))
    agreed = {name: formats.pop() for name, formats in found.items() if len(formats) == 1}
    return {name: _formats().get(said, "") for name, said in agreed.items() if "::" in said}


@cache
def _types() -> Mapping[str, Mapping[str, str]]:
    """CloudFormation's services in lower case to the keys of their things to whole names."""
    found: dict[str, dict[str, str]] = {}
    for name in PROVIDER_SCHEMA_MANAGER.get_resource_types(_REGION):
        _, service, thing = name.split("::")[:3]
        found.setdefault(service.lower(), {})[key(thing)] = name
    return found


@cache
def _home(module: str, type_: str) -> tuple[str, str]:
    """The name of a type's schema, and what the type is called there; empty where none has it."""
    for service in services(module, _types(), _SERVICES):
        things = _types()[service]
        for noun in nouns(module, type_, service):
            if noun in things:
                return things[noun], noun
    return "", ""


@cache
def _schema(name: str) -> Said:
    schema: Said = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, name).schema
    return schema


def _properties(said: Said, schema: Said, names: set[str]) -> Iterator[Said]:
    for name, property_ in _item(said, schema).get("properties", {}).items():
        if key(name) in names:
            yield property_


def _item(said: Said, schema: Said) -> Said:
    """What a list holds, behind references."""
    while True:
        if "$ref" in said:
            said = schema.get("definitions", {}).get(said["$ref"].rpartition("/")[2], {})
        elif said.get("type") == "array" and isinstance(said.get("items"), dict):
            said = said["items"]
        else:
            return said


@cache
def _formats() -> Mapping[str, str]:
    """The formats that cfn-lint adds, such as `AWS::EC2::VPC.Id`, to their patterns."""
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules(formats.__path__):
        imported = importlib.import_module(f"{formats.__name__}.{module.name}")
        cls = getattr(imported, module.name, None)
        if isinstance(cls, type) and issubclass(cls, FormatKeyword) and cls is not FormatKeyword:
            format_ = cls()
            found[str(format_.format_keyword)] = whole(format_.pattern.removesuffix(r"\Z"))
    return found
