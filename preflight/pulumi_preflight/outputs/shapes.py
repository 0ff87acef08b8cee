"""What properties a type has, of which kind: asked of the program's process, else of a schema."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from pulumi_preflight.outputs.schemas import Schema, nearest, object_answer
from pulumi_preflight.stack_context import package_of
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

Ask = Callable[[str, str], Any]
"""Asks the program's process: a question and what it is about. Gives the answer, JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The kind of a property's value.

    Attributes:
        name: `string`, `integer`, `number`, `boolean`, `list`, `map`, `object`, `resource`,
            `asset`, `archive` or `any`.
        item: The kind of the items of a list or map.
        reference: The class of an object, for `Shapes.nested`, or the type token of a resource.
        choices: The values of an enum, none for any other kind.
    """

    name: str
    item: "Kind | None" = None
    reference: str = ""
    choices: tuple[str | float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyShape:
    """One property of a class.

    Attributes:
        name: The name on the wire, such as `visibilityTimeoutSeconds`.
        kind: What it holds.
        optional: Whether a deployed resource may lack it.
        settable: Whether the program may give it; other properties are computed only.
    """

    name: str
    kind: Kind
    optional: bool
    settable: bool


Shape = tuple[PropertyShape, ...]


class Shapes:
    """The shapes of one program's types and functions; each is asked for once.

    The program's own SDK tells them where it is there: it is of the very version that the program
    was written for. A program in another language, or without that SDK, gets the schema that
    preflight ships.
    """

    def __init__(self, ask: Ask, note: Callable[[str], None] = lambda _: None) -> None:
        """Takes the way to the program's process, and what takes a note for the user."""
        self._note = note
        self._ask = cache(lambda question, of: _known(ask(question, of)))
        self._shape = cache(self._found)
        self.nested = cache(lambda of: _shape(object_answer(of) or self._ask("class", of)))

    def resource(self, token: str, version: str = "") -> Shape | None:
        """A resource type's outputs; `None` for one that nobody knows.

        Args:
            token: The type.
            version: That of the plugin that the program asks for, empty for the newest.
        """
        return self._shape("resource", token, version)

    def function(self, token: str, version: str = "") -> Shape | None:
        """A function's answer, likewise."""
        return self._shape("function", token, version)

    def required(self, token: str, version: str) -> frozenset[str]:
        """What a program must give a type, so that each resource of it has that."""
        told = self._ask("required", token)
        if told is None and (schema := nearest(package_of(token), version)) is not None:
            told = [name for name, needed in schema.inputs(token).items() if needed]
        return frozenset(told or ())

    def is_whole(self, token: str, version: str) -> bool:
        """Whether a type's outputs are those of the very version, so that it has no others."""
        if self._ask("resource", token) is not None:
            return True
        schema = nearest(package_of(token), version)
        return schema is not None and schema.version == version

    def secrets(self, token: str, version: str) -> tuple[str, ...]:
        """A type's outputs that its provider marks secret, as far as the program does not."""
        return () if self._ask("resource", token) is not None else self.sensitive(token, version)

    def sensitive(self, token: str, version: str = "") -> tuple[str, ...]:
        """A type's outputs that its provider marks secret."""
        schema = nearest(package_of(token), version)
        return schema.secrets(token) if schema else ()

    def has_package(self, token: str) -> bool:
        """Whether anything tells of the package that a token belongs to."""
        package = package_of(token)
        return self._ask("package", token) is True or nearest(package, "") is not None

    def _found(self, question: str, token: str, version: str) -> Shape | None:
        answer = self._ask(question, token)
        if answer is None and (schema := nearest(package_of(token), version)) is not None:
            answer = schema.answer(question, token)
            if answer is not None and version not in ("", schema.version):
                self._note(_other_version(schema, version))
        return _shape(answer)


def _other_version(schema: Schema, version: str) -> str:
    return (
        f"the program asks for {schema.package} {version}; what its types hold is that of "
        f"{schema.version}, the nearest version that preflight has"
    )


def _known(answer: Any) -> Any:  # noqa: ANN401 - JSON from the program's process
    return None if isinstance(answer, dict) and "failed" in answer else answer


def _shape(answer: Any) -> Shape | None:  # noqa: ANN401 - JSON from the program's process
    if answer is None:
        return None
    return tuple(
        PropertyShape(name=name, kind=_kind(kind), optional=optional, settable=settable)
        for name, kind, optional, settable in answer["properties"]
    )


def _kind(answer: list[Any]) -> Kind:
    name, *of = answer
    if name in ("list", "map"):
        return Kind(name=name, item=_kind(of[0]))
    if name in ("object", "resource"):
        return Kind(name=name, reference=of[0])
    return Kind(name=name, choices=tuple(of[0]) if of else ())


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
