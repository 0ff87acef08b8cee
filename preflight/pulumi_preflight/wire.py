"""Property values as Pulumi sends them: plain JSON plus marked objects for all that JSON lacks.

Source of the marks: pulumi/pulumi, sdk/go/common/resource/sig/sig.go, and of the unknown value:
pkg/resource/plugin/rpc.go.
"""

import json
from collections.abc import Callable
from typing import TypeAlias

from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct, Value

PropertyValue: TypeAlias = (
    "bool | float | str | list[PropertyValue] | dict[str, PropertyValue] | None"
)
Properties: TypeAlias = dict[str, PropertyValue]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

MARK = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a mark, not a password
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

LOOPBACK_OPTIONS = (
    # The SDKs' own limit; gRPC's 4 MB is too little for a stack of some hundred resources.
    ("grpc.max_receive_message_length", 400 * 1024 * 1024),
    # Every server is on the loopback, and a proxy of the user's does not reach that.
    ("grpc.enable_http_proxy", 0),
    # gRPC lets a second server listen on a server's port, and each gets calls of the other.
    ("grpc.so_reuseport", 0),
)
"""The options of each gRPC server and channel."""


def from_struct(message: Struct) -> Properties:
    """Reads a message into plain values."""
    return {name: from_value(value) for name, value in message.fields.items()}


def from_value(value: Value) -> PropertyValue:
    """Reads one value; numbers are floats, as on the wire."""
    match value.WhichOneof("kind"):
        case "string_value":
            return value.string_value
        case "number_value":
            return value.number_value
        case "bool_value":
            return value.bool_value
        case "struct_value":
            return from_struct(value.struct_value)
        case "list_value":
            return [from_value(item) for item in value.list_value.values]
        case _:
            return None


def to_struct(properties: Properties) -> Struct:
    """Writes plain values into a message."""
    message = Struct()
    _write(message, properties)
    return message


def _write(message: Struct, properties: Properties) -> None:
    """Writes in place: to make each value a message of its own and copy it takes twice as long."""
    fields = message.fields
    for name, value in properties.items():
        _write_value(fields[name], value)


def _write_value(message: Value, value: PropertyValue) -> None:
    # bool comes before float, since it is an int to Python.
    if isinstance(value, str):
        message.string_value = value
    elif isinstance(value, bool):
        message.bool_value = value
    elif value is None:
        message.null_value = NULL_VALUE
    elif isinstance(value, dict):
        # An empty one would be no value.
        message.struct_value.SetInParent()
        _write(message.struct_value, value)
    elif isinstance(value, list):
        message.list_value.SetInParent()
        for item in value:
            _write_value(message.list_value.values.add(), item)
    else:
        message.number_value = value


def mark_of(value: object) -> str | None:
    """The mark of a marked object, `None` for a plain value."""
    if not isinstance(value, dict):
        return None
    mark = value.get(MARK)
    return mark if isinstance(mark, str) else None


def secret(value: PropertyValue) -> PropertyValue:
    """Marks a value as secret, unless it is."""
    return value if mark_of(value) == SECRET else {MARK: SECRET, "value": value}


def without_secret(value: PropertyValue) -> PropertyValue:
    """The value itself, where it is a secret or not."""
    if isinstance(value, dict) and value.get(MARK) == SECRET:
        return value.get("value")
    return value


def has_unknown(value: PropertyValue) -> bool:
    """Whether the value is unknown anywhere in its depth."""
    match value:
        case str():
            return value == UNKNOWN
        case list():
            return any(has_unknown(item) for item in value)
        case dict():
            if value.get(MARK) == OUTPUT and "value" not in value:
                return True
            return any(has_unknown(item) for item in value.values())
        case _:
            return False


def without_unknown(value: PropertyValue) -> PropertyValue:
    """Puts an empty object in place of each unknown value."""
    return with_leaves(value, lambda leaf: {} if leaf == UNKNOWN else leaf)


def rewrite(
    value: PropertyValue, change: Callable[[dict[str, PropertyValue]], PropertyValue]
) -> PropertyValue:
    """Rebuilds a value from the inside out; `change` gets every marked object."""
    match value:
        case list():
            return [rewrite(item, change) for item in value]
        case dict():
            inner = {name: rewrite(item, change) for name, item in value.items()}
            return change(inner) if MARK in inner else inner
        case _:
            return value


def with_leaves(
    value: PropertyValue, change: Callable[[PropertyValue], PropertyValue]
) -> PropertyValue:
    """Rebuilds a value; `change` gets all that holds nothing itself. Marks stay."""
    match value:
        case list():
            return [with_leaves(item, change) for item in value]
        case dict():
            return {
                name: inner if name == MARK else with_leaves(inner, change)
                for name, inner in value.items()
            }
        case _:
            return change(value)


def without_outputs(value: PropertyValue) -> PropertyValue:
    """Turns output values into what they hold: a plain value, a secret or the unknown value.

    Only transforms and remote components send output values; everything else in the engine, packs
    included, gets them this way.
    """
    return rewrite(value, _without_output)


def without_references(value: PropertyValue) -> PropertyValue:
    """Turns references to resources into ids, or URNs for components, as packs get them."""
    return rewrite(value, _without_reference)


def _without_output(marked: dict[str, PropertyValue]) -> PropertyValue:
    if marked[MARK] != OUTPUT:
        return marked
    value = marked.get("value", UNKNOWN)
    return secret(value) if marked.get("secret") else value


def _without_reference(marked: dict[str, PropertyValue]) -> PropertyValue:
    if marked[MARK] != REFERENCE:
        return marked
    if "id" not in marked:
        return marked.get("urn")
    return marked["id"] or UNKNOWN


def json_text(value: PropertyValue) -> str:
    """Writes a value as JSON text as Go does: sorted keys, no spaces, whole numbers as such."""
    return json.dumps(whole_numbers(value), sort_keys=True, separators=(",", ":"))


def whole_numbers(value: PropertyValue) -> PropertyValue:
    """Gives floats that are whole as integers, at any depth."""
    return with_leaves(value, _whole_number)


def _whole_number(leaf: PropertyValue) -> PropertyValue:
    return int(leaf) if isinstance(leaf, float) and leaf.is_integer() else leaf


def is_marked(message: Struct) -> bool:
    """Whether any marked object may be inside; spares a walk through most messages."""
    return MARK.encode() in message.SerializeToString()


_PREFIX = "__"


def without_internal(properties: Struct) -> Struct:
    """Gives `properties` without internal ones at any depth; the same object if it has none.

    Providers written in Python keep their code in one (`__provider`). The engine sends them to
    Remediate, whose answer replaces the inputs, but not to Analyze or AnalyzeStack.
    """
    # One look at the bytes spares the walk for nearly every resource.
    if _PREFIX.encode() not in properties.SerializeToString():
        return properties
    kept = Struct()
    kept.CopyFrom(properties)
    _drop(kept)
    return kept


def _drop(properties: Struct) -> None:
    for name in [name for name in properties.fields if name.startswith(_PREFIX)]:
        del properties.fields[name]
    for value in properties.fields.values():
        _drop_in(value)


def _drop_in(value: Value) -> None:
    if value.HasField("struct_value"):
        _drop(value.struct_value)
    elif value.HasField("list_value"):
        items: ListValue = value.list_value
        for item in items.values:
            _drop_in(item)
