"""Writes a stack as `pulumi stack export` would after a deployment: deployment JSON, version 3.

`pulumi policy analyze --file` and the cost estimate read it.
Source: pulumi/pulumi, sdk/go/common/apitype/core.go (ResourceV3).
"""

from typing import Any

from pulumi_preflight.model import Deployment, RegisteredResource
from pulumi_preflight.project import Project
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


def stack_export(deployment: Deployment, _project: Project) -> dict[str, Any]:
    """Gives the export as JSON values.

    A state holds no unknown values, so properties that are unknown are left out. Secrets are
    written as the engine writes them with `--show-secrets`, in plain text: keep the file as you
    would keep the stack's passphrase.
    """
    return {
        "version": _VERSION,
        "deployment": {
            "manifest": {"time": _TIME, "magic": "", "version": ""},
            "metadata": {},
            "resources": [_resource(each) for each in deployment.resources],
        },
    }


def _resource(resource: RegisteredResource) -> dict[str, Any]:
    options = resource.options
    timeouts = options.customTimeouts
    state: dict[str, Any] = {
        "urn": resource.urn,
        "custom": resource.custom,
        "id": resource.id or (resource.name if resource.custom else ""),
        "type": resource.type,
        "inputs": _known(from_struct(resource.inputs)),
        "outputs": _known(from_struct(resource.outputs)),
        "parent": resource.parent,
        "protect": options.protect,
        "external": resource.external,
        "dependencies": list(resource.dependencies),
        "provider": _provider(resource),
        "propertyDependencies": {
            name: list(urns) for name, urns in resource.property_dependencies.items()
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
        "deletedWith": resource.deleted_with,
        "sourcePosition": _position(resource),
    }
    return {name: value for name, value in state.items() if value or name == "custom"}


def _provider(resource: RegisteredResource) -> str:
    # A provider that is not made yet has no id; the state needs one.
    return resource.provider.replace(f"::{UNKNOWN}", "::preflight")


def _position(resource: RegisteredResource) -> str:
    place = resource.position
    return f"project:///{place.file}#{place.line}" if place else ""


def _known(properties: Properties) -> Properties:
    deployed = {name: _as_deployed(value) for name, value in properties.items()}
    return {
        name: whole_numbers(rewrite(value, _sealed))
        for name, value in deployed.items()
        if not has_unknown(value)
    }


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


def _sealed(marked: dict[str, PropertyValue]) -> PropertyValue:
    if marked[MARK] != SECRET:
        return marked
    return {MARK: SECRET, "plaintext": json_text(marked.get("value"))}
