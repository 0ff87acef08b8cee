"""Writes a stack as `pulumi stack export` would after a deployment: deployment JSON, version 3.

`pulumi policy analyze --file` and the cost estimate read it. One key of a resource is our own,
`madeUp`: the properties that hold something that nobody knows before the deployment. The engine
passes over keys that it does not know.
Source: pulumi/pulumi, sdk/go/common/apitype/core.go (ResourceV3).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from google.protobuf.struct_pb2 import Struct

from pulumi_preflight.model import Deployment, RegisteredResource
from pulumi_preflight.redaction import SHOWN_SECRET, Redactor
from pulumi_preflight.wire import (
    MARK,
    SECRET,
    UNKNOWN,
    Properties,
    PropertyValue,
    from_struct,
    has_unknown,
    json_text,
    rewrite,
    whole_numbers,
)

_VERSION = 3
# The engine asks for a time; a fixed one keeps two exports of one program the same.
_TIME = "2026-01-01T00:00:00Z"
# What the SDK adds, in a preview alone, to a resource that is given out as a whole.
# Source: pulumi/pulumi, sdk/python/lib/pulumi/runtime/stack.py (massage_complex).
_GIVEN_OUT = "@isPulumiResource"


def stack_export(
    deployment: Deployment, *, redact: Redactor, show_secrets: bool = False
) -> dict[str, Any]:
    """Gives the export as JSON values.

    A state holds no unknown values, so unknown properties are left out.

    Args:
        deployment: The program's resources.
        redact: Takes secrets out of names, where values are shown as well.
        show_secrets: Whether secrets are in plain text, as the engine writes them with
            `--show-secrets`. Otherwise `[secret]`, marked as a secret, stands in their place, as in
            an engine that cannot decrypt a secret (pkg/backend/secrets, BlindingProvider).
    """
    hide = _Hiding(redact=redact, values=not show_secrets)
    return {
        "version": _VERSION,
        "deployment": {
            "manifest": {"time": _TIME, "magic": "", "version": ""},
            "metadata": {},
            "resources": [_resource(each, hide) for each in deployment.resources],
        },
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hiding:
    """Keeps secrets out: always out of names, and out of values where `values` says so."""

    redact: Redactor
    values: bool

    def urns(self, urns: Iterable[str]) -> list[str]:
        return [self.redact.urn(urn) for urn in urns]

    def known(self, message: Struct) -> Properties:
        """The properties in the form of a state."""
        deployed = {name: _as_deployed(value) for name, value in from_struct(message).items()}
        if self.values:
            deployed = self.redact.within(deployed)
        return {
            name: whole_numbers(rewrite(value, self._sealed))
            for name, value in deployed.items()
            if not has_unknown(value)
        }

    def _sealed(self, marked: dict[str, PropertyValue]) -> PropertyValue:
        if marked[MARK] != SECRET:
            return marked
        value = SHOWN_SECRET if self.values else marked.get("value")
        return {MARK: SECRET, "plaintext": json_text(value)}


def _resource(resource: RegisteredResource, hide: _Hiding) -> dict[str, Any]:
    options = resource.options
    timeouts = options.customTimeouts
    state: dict[str, Any] = {
        "urn": hide.redact.urn(resource.urn),
        "custom": resource.custom,
        "id": hide.redact(resource.id or (resource.name if resource.custom else "")),
        "type": resource.type,
        "inputs": hide.known(resource.inputs),
        "outputs": hide.known(resource.outputs),
        "parent": hide.redact.urn(resource.parent),
        "protect": options.protect,
        "external": resource.external,
        "dependencies": hide.urns(resource.dependencies),
        "provider": hide.redact.urn(_provider(resource)),
        "propertyDependencies": {
            hide.redact(name): hide.urns(urns)
            for name, urns in resource.property_dependencies.items()
        },
        "additionalSecretOutputs": list(options.additionalSecretOutputs),
        "aliases": list(options.aliases),
        "customTimeouts": {
            name: value
            for name in ("create", "update", "delete")
            if (value := getattr(timeouts, name))
        },
        "ignoreChanges": list(options.ignoreChanges),
        "retainOnDelete": resource.retain_on_delete,
        "deletedWith": hide.redact.urn(resource.deleted_with),
        "sourcePosition": _position(resource),
        "madeUp": list(resource.made_up),
    }
    return {name: value for name, value in state.items() if value or name == "custom"}


def _provider(resource: RegisteredResource) -> str:
    # A provider that is not made yet has no id; the state needs one.
    return resource.provider.replace(f"::{UNKNOWN}", "::preflight")


def _position(resource: RegisteredResource) -> str:
    place = resource.position
    return f"project:///{place.file}#{place.line}" if place else ""


def _as_deployed(value: PropertyValue) -> PropertyValue:
    """Gives out resources as a deployment does: what their provider leaves out is null then.

    In a preview the SDK takes just that for unknown.
    """
    match value:
        case list():
            return [_as_deployed(item) for item in value]
        case dict():
            inner = {name: _as_deployed(item) for name, item in value.items()}
            if not inner.pop(_GIVEN_OUT, False):
                return inner
            return {name: None if item == UNKNOWN else item for name, item in inner.items()}
        case _:
            return value
