"""What properties a class of the program's SDKs has, asked of the program's own process."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

Ask = Callable[[str, str], Any]
"""Asks the program's process: a question and what it is about. Gives the answer, JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The kind of a property's value.

    Attributes:
        name: `string`, `integer`, `number`, `boolean`, `list`, `map`, `object`, `asset`,
            `archive` or `any`.
        item: The kind of the items of a list or map.
        reference: The class of an object, for `Shapes.nested`.
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
    """The shapes of one program's classes; each is asked for once."""

    def __init__(self, ask: Ask) -> None:
        """Takes the way to the program's process."""
        self.resource = cache(lambda token: _shape(ask("resource", token)))
        self.function = cache(lambda token: _shape(ask("function", token)))
        self.nested = cache(lambda reference: _shape(ask("class", reference)))
        self.has_package = cache(lambda token: ask("package", token) is True)


def _shape(answer: Any) -> Shape | None:  # noqa: ANN401 - JSON from the program's process
    if answer is None or "failed" in answer:
        return None
    return tuple(
        PropertyShape(name=name, kind=_kind(kind), optional=optional, settable=settable)
        for name, kind, optional, settable in answer["properties"]
    )


def _kind(answer: list[Any]) -> Kind:
    name, *of = answer
    if name in ("list", "map"):
        return Kind(name=name, item=_kind(of[0]))
    if name == "object":
        return Kind(name=name, reference=of[0])
    return Kind(name=name, choices=tuple(of[0]) if of else ())
