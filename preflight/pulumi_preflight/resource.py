"""A resource of a verdict, with its properties as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from google.protobuf.struct_pb2 import Struct

from pulumi_preflight.model import RegisteredResource, SourcePosition
from pulumi_preflight.redaction import SHOWN_SECRET, SHOWN_UNKNOWN
from pulumi_preflight.wire import (
    MARK,
    SECRET,
    UNKNOWN,
    PropertyValue,
    from_struct,
    mark_of,
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
