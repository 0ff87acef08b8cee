"""Values in the kind that the SDK's class says."""

from pulumi_preflight.outputs.shapes import Kind
from pulumi_preflight.wire import (
    MARK,
    SECRET,
    UNKNOWN,
    PropertyValue,
    json_text,
    mark_of,
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
        return {MARK: SECRET, "value": in_kind(value.get("value"), kind)}
    if mark is not None or value is None or value == UNKNOWN:
        return value
    if kind.name == "string":
        return _text(value)
    if kind.item is not None:
        return _items(value, kind.name, kind.item)
    if isinstance(value, str):
        return _plain(value, kind.name)
    return value


def _text(value: PropertyValue) -> PropertyValue:
    return value if isinstance(value, str) else json_text(value)


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
