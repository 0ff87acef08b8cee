"""Values on their way between Pulumi's properties and AWS's requests and answers.

Names differ in case alone (`vpcId`, `VpcId`, `vpcID`), or the table says how they differ.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from pulumi_preflight.outputs.kinds import in_kind
from pulumi_preflight.outputs.shapes import Kind, PropertyShape, Shapes
from pulumi_preflight.wire import PropertyValue, rewrite, whole_numbers

_WHOLE = ("integer", "long")
# Tags are a map to Pulumi, and to most services a list of pairs.
_PAIRS = ({"key", "value"}, {"tagkey", "tagvalue"})


def same_name(name: str) -> str:
    """What two names of one thing have in common."""
    return name.replace("_", "").replace("-", "").lower()


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON, of any shape
    """A value without its marks, whole numbers as such: what an API takes."""
    return whole_numbers(rewrite(value, lambda marked: marked.get("value")))


def to_request(value: Any, shape: Shape) -> Any:  # noqa: ANN401 - JSON, of any shape
    """A value as a request wants it; what is null is left out.

    Raises:
        ValueError: An object has a member that the request does not know.
    """
    if isinstance(value, str) and shape.type_name in ("structure", "list"):
        value = json.loads(value)
    match shape:
        case StructureShape():
            members = {same_name(name): name for name in shape.members}
            given = {name: each for name, each in value.items() if each is not None}
            if unknown := [name for name in given if same_name(name) not in members]:
                raise ValueError(f"{shape.name} has no {', '.join(unknown)}")
            return {
                members[same_name(name)]: to_request(each, shape.members[members[same_name(name)]])
                for name, each in given.items()
            }
        case ListShape():
            pair = _pair(shape.member)
            if pair and isinstance(value, dict):
                return [dict(zip(pair, item, strict=True)) for item in sorted(value.items())]
            items = value if isinstance(value, list) else [value]
            return [to_request(each, shape.member) for each in items if each is not None]
        case MapShape():
            return {
                name: to_request(each, shape.value)
                for name, each in value.items()
                if each is not None
            }
        case _:
            return _scalar(value, shape.type_name)


def to_property(value: Any, kind: Kind, shapes: Shapes) -> PropertyValue:  # noqa: ANN401
    """A value of an answer as the SDK's class has it."""
    if isinstance(value, datetime):
        value = value.isoformat()
    match kind.name, value:
        case "map", list():
            return dict(sorted(tuple(each.values()) for each in value))
        case "list", list() if kind.item is not None:
            return [to_property(each, kind.item, shapes) for each in value]
        case "object", list():
            return to_property(value[0], kind, shapes) if value else None
        case "object", dict():
            return to_properties(value, shapes.nested(kind.reference) or (), shapes)
        case _:
            return in_kind(value, kind)


def to_properties(
    answer: Mapping[str, Any],
    shape: tuple[PropertyShape, ...],
    shapes: Shapes,
    names: Mapping[str, str | None] | None = None,
) -> dict[str, PropertyValue]:
    """The properties that an answer tells of.

    Args:
        answer: Members under AWS's names, or under the properties'.
        shape: The properties of the class.
        shapes: For the classes of the objects inside.
        names: Properties whose name at AWS is another, or `None` for those to leave alone.
    """
    members = {same_name(name): each for name, each in answer.items() if each is not None}
    told: dict[str, PropertyValue] = {}
    for property_ in shape:
        name = (names or {}).get(property_.name, property_.name)
        for each in (property_.name, name):
            if name is not None and each is not None and same_name(each) in members:
                shown = to_property(members[same_name(each)], property_.kind, shapes)
                told[property_.name] = shown
                break
    return {name: value for name, value in told.items() if value is not None}


def agrees(given: Any, seen: Any) -> bool:  # noqa: ANN401 - JSON, of any shape
    """Whether what an API shows is what was given.

    It may write JSON in another form, show lists in another order, and add its defaults to objects.
    """
    match given, seen:
        case dict(), dict():
            return all(
                name in seen and agrees(each, seen[name])
                for name, each in given.items()
                if each not in (None, [], {}) or name in seen
            )
        case list(), list():
            left = list(seen)
            for each in given:
                found = next((other for other in left if agrees(each, other)), None)
                if found is None:
                    return False
                left.remove(found)
            return not left
        case str(), str() if given != seen:
            return _is_same_json(given, seen)
        case _:
            return bool(given == seen)


def _is_same_json(given: str, seen: str) -> bool:
    try:
        one, other = json.loads(given), json.loads(seen)
    except ValueError:
        return False
    return isinstance(one, dict | list) and agrees(one, other)


def _pair(shape: Shape) -> list[str] | None:
    """The names of key and value, in this order, where a list's items are pairs of those."""
    if not isinstance(shape, StructureShape):
        return None
    names = sorted(shape.members)
    return names if {same_name(name) for name in names} in _PAIRS else None


def _scalar(value: Any, type_name: str) -> Any:  # noqa: ANN401
    match type_name, value:
        case "string", bool():
            return "true" if value else "false"
        case "string", int() | float():
            return str(value)
        case "string", dict() | list():
            return json.dumps(value)
        case "boolean", str():
            return value == "true"
        case _ if type_name in _WHOLE:
            return int(value)
        case _:
            return value
