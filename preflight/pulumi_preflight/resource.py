"""A resource of a verdict, and all of them as `pulumi stack export` would write them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from google.protobuf.struct_pb2 import Struct

from pulumi_preflight.model import Deployment, RegisteredResource, SourcePosition
from pulumi_preflight.redaction import SHOWN_SECRET, SHOWN_UNKNOWN, Redactor
from pulumi_preflight.stack_context import STACK_TYPE, is_default_provider, is_provider_type
from pulumi_preflight.wire import (
    MARK,
    SECRET,
    UNKNOWN,
    Properties,
    PropertyValue,
    from_struct,
    has_unknown,
    json_text,
    mark_of,
    rewrite,
    whole_numbers,
    without_references,
)


class Unknown(StrEnum):
    """What stands in place of a value that is not known before the deployment."""

    UNKNOWN = SHOWN_UNKNOWN


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that is secret; its `repr` does not show it."""

    value: object

    def __repr__(self) -> str:
        return SHOWN_SECRET


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource of the program.

    Attributes:
        urn: The name that the engine would give it.
        type: The type token, such as `aws:sqs/queue:Queue`.
        name: The logical name.
        parent: The parent's URN, empty for the stack itself.
        custom: Whether a provider manages it; components are not custom.
        position: Where the program created it, `None` where the SDK did not say.
        made_up: The outputs that preflight made up, or left empty though the provider may fill
            them in.
        registered: What the run handed over; not for callers.
    """

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    position: SourcePosition | None
    made_up: tuple[str, ...]
    registered: RegisteredResource = field(repr=False)

    @property
    def is_own(self) -> bool:
        """Whether the program makes it: not the stack, nor a provider that nobody asked for."""
        unasked = is_provider_type(self.type) and is_default_provider(self.name)
        return self.type != STACK_TYPE and not unasked

    @property
    def id(self) -> str:
        """The provider's id, filled in; empty for components and where it is left unknown."""
        return self.registered.id

    @property
    def provider(self) -> str:
        """The provider that manages it, as `URN::id`; empty for components and providers."""
        return self.registered.provider

    @property
    def property_dependencies(self) -> Mapping[str, tuple[str, ...]]:
        """By input, the URNs of the resources that its value comes from."""
        return self.registered.property_dependencies

    @property
    def ignore_changes(self) -> tuple[str, ...]:
        """The paths whose changes an update passes over."""
        return tuple(self.registered.options.ignoreChanges)

    @property
    def inputs(self) -> Mapping[str, Any]:
        """What the program gave, after the packs' fixes.

        Numbers without a fraction are `int`. A `Secret` holds a value that is secret, and
        `Unknown.UNKNOWN` stands in place of one that is not known.
        """
        return _plain(self.registered.inputs)

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The inputs, with the outputs filled in that the provider computes."""
        return _plain(self.registered.outputs)


def _plain(message: Struct) -> Mapping[str, Any]:
    return {
        name: _plain_value(without_references(value))
        for name, value in from_struct(message).items()
    }


def _plain_value(value: PropertyValue) -> object:
    match value:
        case str() if value == UNKNOWN:
            return Unknown.UNKNOWN
        case list():
            return [_plain_value(item) for item in value]
        case dict() if mark_of(value) == SECRET:
            return Secret(_plain_value(value.get("value")))
        case dict():
            return {name: _plain_value(inner) for name, inner in value.items() if name != MARK}
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


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
    hide = _Hiding(
        redact=redact, values=not show_secrets, leaves_out_unset=deployment.leaves_out_unset
    )
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
    leaves_out_unset: bool

    def urns(self, urns: Iterable[str]) -> list[str]:
        return [self.redact.urn(urn) for urn in urns]

    def known(self, message: Struct) -> Properties:
        """The properties in the form of a state."""
        deployed = {
            name: _as_deployed(value, leaves_out=self.leaves_out_unset)
            for name, value in from_struct(message).items()
        }
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


def saved_resource(resource: RegisteredResource, redact: Redactor) -> dict[str, Any]:
    """What later runs are compared with of a resource: an entry of a state, without secrets."""
    hide = _Hiding(redact=redact, values=True, leaves_out_unset=False)
    inputs = {
        name: value
        for name, value in hide.known(resource.inputs).items()
        # Providers in the program's own language keep their code in such a one.
        if not name.startswith("__")
    }
    if resource.added:
        # As a provider's Check lists them.
        inputs["__defaults"] = [*resource.added]
    state: dict[str, Any] = {
        "urn": redact.urn(resource.urn),
        "custom": resource.custom,
        "type": resource.type,
        "inputs": inputs,
        "parent": redact.urn(resource.parent),
        "protect": resource.options.protect,
        "external": resource.external,
        "retainOnDelete": resource.retain_on_delete,
    }
    return {name: value for name, value in state.items() if value or name == "custom"}


def _provider(resource: RegisteredResource) -> str:
    # A provider that is not made yet has no id; the state needs one.
    return resource.provider.replace(f"::{UNKNOWN}", "::preflight")


def _position(resource: RegisteredResource) -> str:
    place = resource.position
    return f"project:///{place.file}#{place.line}" if place else ""


def _as_deployed(value: PropertyValue, *, leaves_out: bool) -> PropertyValue:
    """Gives out resources as a deployment does, without what their provider gives nothing for.

    In a preview the SDK takes just that for unknown. A deployment by Python has null there, one by
    Node nothing.
    """
    match value:
        case list():
            return [_as_deployed(item, leaves_out=leaves_out) for item in value]
        case dict():
            inner = {
                name: _as_deployed(item, leaves_out=leaves_out) for name, item in value.items()
            }
            if not inner.pop(_GIVEN_OUT, False):
                return inner
            return {
                name: None if item == UNKNOWN else item
                for name, item in inner.items()
                if item != UNKNOWN or not leaves_out
            }
        case _:
            return value
