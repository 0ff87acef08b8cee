"""Schemas of packages in Pulumi's own form, for a language host that asks for them.

A schema holds what the program uses, with the names and kinds of the tables that preflight ships.
Of a package without a table preflight takes it that all that the program uses is there.
Source of the form: pulumi/pulumi, pkg/codegen/schema/pulumi.json.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_preflight.outputs.schemas import Row, Schema, nearest, object_rows
from pulumi_preflight.project.template import ITEM, Reads, Template, is_short_of, package_used

_ANY = {"$ref": "pulumi.json#/Any"}
# The host lets an expression read any member of a map, and no member of what may be anything.
_MAP = {"type": "object", "additionalProperties": _ANY}
_TEXT = {"type": "string"}
_PLAIN = ("string", "integer", "number", "boolean")
# A schema has a union of text and object there, of which the tables keep the text.
_DOCUMENT = re.compile(r"polic(y|ies)|document|definition|json|pattern|schema|body", re.IGNORECASE)
# The engine's own types.
_PULUMI = {
    "pulumi:pulumi:StackReference": {
        "inputProperties": {"name": _TEXT},
        "properties": {
            "name": _TEXT,
            "outputs": _MAP,
            "secretOutputNames": {"type": "array", "items": _TEXT},
        },
    },
    "pulumi:index:Stash": {
        "inputProperties": {"input": _ANY},
        "properties": {"input": _ANY, "output": _ANY},
        "requiredInputs": ["input"],
    },
}
# All resources of these are components, which their plugins build.
_COMPONENTS = ("awsx", "aws-apigateway", "aws-static-website", "eks", "synced-folder")
# The types of these have no folder in their module; those of bridged packages do:
# `aws:s3/bucket:Bucket`.
_UNBRIDGED = (
    *(*_COMPONENTS, "aws-native", "azure-native", "command", "docker-build", "google-native"),
    *("kubernetes", "pulumiservice", "std", "terraform"),
)
# What a provider is given; the tables tell nothing of providers. Source: pulumi_aws 7, provider.py.
_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "aws": (
        *("accessKey", "allowedAccountIds", "assumeRoleWithWebIdentity", "assumeRoles"),
        *("customCaBundle", "defaultTags", "ec2MetadataServiceEndpoint"),
        *("ec2MetadataServiceEndpointMode", "endpoints", "forbiddenAccountIds", "httpProxy"),
        *("httpsProxy", "ignoreTags", "insecure", "maxRetries", "noProxy", "profile", "region"),
        *("retryMode", "s3UsEast1RegionalEndpoint", "s3UsePathStyle", "secretKey"),
        *("sharedConfigFiles", "sharedCredentialsFiles", "skipCredentialsValidation"),
        *("skipMetadataApiCheck", "skipRegionValidation", "skipRequestingAccountId", "stsRegion"),
        *("tagPolicyCompliance", "token", "tokenBucketRateLimiterCapacity"),
        *("useDualstackEndpoint", "useFipsEndpoint", "userAgents"),
    )
}
_NO_VERSION = "99.0.0"
"""Some types need a version that is not too old; where the program names none, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSchema:
    """A package's schema.

    Attributes:
        content: The schema, JSON.
        guessed: Whether its names are those of the program, so that nothing checks these.
    """

    content: Mapping[str, Any]
    guessed: bool


def schema_of(package: str, version: str, template: Template | None) -> PackageSchema | None:
    """The schema of a package with what a program uses; `None` where nothing tells it.

    Args:
        package: The package.
        version: The version that the program asks for, empty for any.
        template: What the program declares, `None` where that cannot be told.
    """
    if package == "pulumi":
        content = _head(package, "1.0.0") | {"resources": _PULUMI}
        return PackageSchema(content=content, guessed=False)
    table = nearest(package, version)
    if template is None:
        whole = table and _Tabled(table).whole()
        return PackageSchema(content=whole, guessed=False) if whole else None
    used = _Used.of(package, template)
    if table is None:
        content = _head(package, version or _NO_VERSION) | _guessed(used, package)
        return PackageSchema(content=content, guessed=True)
    content = _Tabled(table).with_what_is(used)
    if _may_differ(version, table.version):
        _merge(content, _guessed(used, package))
    return PackageSchema(content=content, guessed=False)


@dataclass(slots=True)
class _Use:
    """What a program gives to a type or function, and reads of it."""

    given: set[str] = field(default_factory=set)
    read: Reads = field(default_factory=Reads)

    def add(self, given: Iterable[str], read: Reads) -> None:
        self.given.update(given)
        self.read.merge(read)

    def answer(self) -> dict[str, Any]:
        """The properties of what comes back."""
        return {name: _MAP if read.keys() - {ITEM} else _ANY for name, read in self.read.items()}


@dataclass(slots=True, kw_only=True)
class _Used:
    """What a program uses of a package: by the types and functions as they are written."""

    resources: dict[str, _Use] = field(default_factory=dict)
    functions: dict[str, _Use] = field(default_factory=dict)
    provider: _Use = field(default_factory=_Use)

    @classmethod
    def of(cls, package: str, template: Template) -> "_Used":
        used = cls()
        for each in template.resources:
            if package_used(each.token) != package:
                continue
            is_provider = each.token.partition(":")[0] != package
            use = used.provider if is_provider else used.resources.setdefault(each.token, _Use())
            use.add(each.given, each.read)
        for call in template.calls:
            if package_used(call.token) == package:
                used.functions.setdefault(call.token, _Use()).add(call.given, call.read)
        return used


def _head(package: str, version: str) -> dict[str, Any]:
    return {"name": package, "version": version, "resources": {}, "functions": {}, "types": {}}


def _properties(names: Iterable[str]) -> dict[str, Any]:
    return dict.fromkeys(sorted(names), _ANY)


class _Tabled:
    """A schema out of a table."""

    def __init__(self, table: Schema) -> None:
        self._table = table
        self._content = _head(table.package, table.version)
        self._objects: dict[str, str] = {}

    def whole(self) -> dict[str, Any]:
        """All types and functions."""
        for module in self._table.modules():
            for token in self._table.tokens("resource", module):
                self._add_resource(token)
            for token in self._table.tokens("function", module):
                self._add_function(token)
        self._content["provider"] = self._provider(_Use())
        return self._content

    def with_what_is(self, used: _Used) -> dict[str, Any]:
        """The types and functions that a program uses."""
        for token in self._full("resource", used.resources):
            self._add_resource(token)
        for token in self._full("function", used.functions):
            self._add_function(token)
        self._content["provider"] = self._provider(used.provider)
        return self._content

    def _provider(self, use: _Use) -> dict[str, Any]:
        settings = _SETTINGS.get(self._table.package)
        return _provider(_Use({*settings}, use.read) if settings else use)

    def _full(self, question: str, written: Iterable[str]) -> Iterator[str]:
        for each in written:
            _, *module, _ = each.split(":")
            folder = module[0].partition("/")[0] if module else "index"
            for token in self._table.tokens(question, folder):
                if is_short_of(each, token):
                    yield token

    def _add_resource(self, token: str) -> None:
        given, told = self._table.given(token), self._table.told("resource", token) or ()
        self._content["resources"][token] = {
            "isComponent": self._table.package in _COMPONENTS,
            "inputProperties": self._members(token, given, takes=True),
            "requiredInputs": [row.name for row in given if row.required],
            "properties": self._members(token, told, takes=False),
            "required": [row.name for row in told if not row.optional],
        }

    def _add_function(self, token: str) -> None:
        given, told = self._table.given(token), self._table.told("function", token) or ()
        self._content["functions"][token] = {
            "inputs": {
                "type": "object",
                "properties": self._members(token, given, takes=True),
                "required": [row.name for row in given if row.required],
            },
            "outputs": {
                "type": "object",
                "properties": self._members(token, told, takes=False),
                "required": [row.name for row in told if not row.optional],
            },
        }

    def _members(self, owner: str, rows: Iterable[Row], *, takes: bool) -> dict[str, Any]:
        return {
            row.name: self._kind(f"{owner}{row.name[:1].upper()}{row.name[1:]}", row.kind)
            | ({"secret": True} if row.secret else {})
            if not (takes and _DOCUMENT.search(row.name))
            else _ANY
            for row in rows
        }

    def _kind(self, name: str, kind: Sequence[Any]) -> dict[str, Any]:
        match kind:
            case ["list", item]:
                return {"type": "array", "items": self._kind(name, item)}
            case ["map", item]:
                return {"type": "object", "additionalProperties": self._kind(name, item)}
            case ["object", str(reference)]:
                return {"$ref": f"#/types/{self._object(name, reference)}"}
            case [str(plain), *_] if plain in _PLAIN:
                return {"type": plain}
            case ["resource", _]:
                return dict(_MAP)
            case _:
                return dict(_ANY)

    def _object(self, name: str, reference: str) -> str:
        """The token of an object, which is named by the first place that it is met at."""
        if reference not in self._objects:
            # Before its members, which may refer to it.
            self._objects[reference] = token = name
            rows = object_rows(reference)
            self._content["types"][token] = {
                "type": "object",
                "properties": self._members(token, rows, takes=True),
                "required": [row.name for row in rows if row.required],
            }
        return self._objects[reference]


def _guessed(used: _Used, package: str) -> dict[str, Any]:
    """What a program uses, as if all of it were there."""
    return {
        "resources": {
            _full_token(token, package): {
                "isComponent": package in _COMPONENTS,
                "inputProperties": _properties(use.given),
                "properties": _properties(use.given) | use.answer(),
            }
            for token, use in used.resources.items()
        },
        "functions": {
            _full_token(token, package): {
                "inputs": {"type": "object", "properties": _properties(use.given)},
                "outputs": {"type": "object", "properties": use.answer()},
            }
            for token, use in used.functions.items()
        },
        "provider": _provider(used.provider),
    }


def _provider(use: _Use) -> dict[str, Any]:
    return {
        "inputProperties": _properties(use.given),
        "properties": _properties(use.given) | use.answer(),
    }


def _full_token(written: str, package: str) -> str:
    """The full token that a written one most likely stands for."""
    _, *module, name = written.split(":")
    folder = module[0] if module else "index"
    if package not in _UNBRIDGED and "/" not in folder:
        folder = f"{folder}/{name[:1].lower()}{name[1:]}"
    return f"{package}:{folder}:{name}"


def _may_differ(version: str, table: str) -> bool:
    """Whether a program asks for a version that may have what that of the table lacks."""
    wanted, known = _numbers(version), _numbers(table)
    return bool(wanted) and (wanted > known or wanted[0] != known[0])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _merge(content: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Adds what is used and not known."""
    for part in ("inputProperties", "properties"):
        content["provider"][part] = more["provider"][part] | content["provider"][part]
    for token, entry in more["resources"].items():
        known = content["resources"].setdefault(token, entry)
        for part in ("inputProperties", "properties"):
            known[part] = entry[part] | known[part]
    for token, entry in more["functions"].items():
        known = content["functions"].setdefault(token, entry)
        for part in ("inputs", "outputs"):
            known[part]["properties"] = entry[part]["properties"] | known[part]["properties"]
