"""Values in the kind that the SDK's class says."""

from pulumi_preflight.outputs.shapes import Kind, Shape
from pulumi_preflight.wire import (
    SECRET,
    UNKNOWN,
    Properties,
    PropertyValue,
    has_unknown,
    json_text,
    mark_of,
    rewrite,
    secret,
    without_secret,
)

_EMPTY: dict[str, PropertyValue] = {"boolean": False, "integer": 0.0, "number": 0.0}


def empty(kind: Kind) -> PropertyValue:
    """What AWS shows where nothing is set."""
    if kind.name == "list":
        return []
    return {} if kind.name == "map" else _EMPTY.get(kind.name, "")


def in_kind(value: PropertyValue, kind: Kind) -> PropertyValue:
    """Gives a value in the kind that the SDK reads, as a provider would have turned it into that.

    Marked objects and values of another kind that no provider takes stay as they are.
    """
    mark = mark_of(value)
    if mark == SECRET and isinstance(value, dict):
        return secret(in_kind(value.get("value"), kind))
    if mark is not None or value is None or value == UNKNOWN:
        return value
    if kind.name == "string":
        return _text(value)
    if kind.item is not None:
        return _items(value, kind.name, kind.item)
    if isinstance(value, str):
        return _plain(value, kind.name)
    return value


def with_documents_as_text(inputs: Properties, shape: Shape) -> Properties:
    """The inputs as a provider's Check gives them back: text where the program gave an object.

    The AWS provider takes a policy as an object, too; packs get its text.
    Source: pulumi/pulumi-terraform-bridge, pkg/tfbridge/transforms.go (TransformJSONDocument).
    """
    objects = {name: value for name, value in inputs.items() if isinstance(value, dict | list)}
    text = {
        property_.name: in_kind(objects[property_.name], property_.kind)
        for property_ in shape
        if property_.kind.name == "string" and property_.name in objects
    }
    return inputs | text if text else inputs


def _text(value: PropertyValue) -> PropertyValue:
    """JSON text; what is unknown or secret inside makes the whole text so."""
    if isinstance(value, str):
        return value
    if has_unknown(value):
        return UNKNOWN
    bare = rewrite(value, without_secret)
    text = json_text(bare)
    return text if bare == value else secret(text)


def _items(value: PropertyValue, container: str, item: Kind) -> PropertyValue:
    match container, value:
        case "list", list():
            return [in_kind(each, item) for each in value]
        case "list", _:
            return [in_kind(value, item)]
        case "map", dict():
            return {name: in_kind(each, item) for name, each in value.items()}
        case _:
            return value


def _plain(text: str, kind: str) -> PropertyValue:
    if kind == "boolean":
        return text.lower() == "true"
    if kind in ("integer", "number"):
        try:
            return float(text)
        except ValueError:
            return text
    return text
