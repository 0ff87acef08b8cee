"""What a fix wants of one property."""

from dataclasses import dataclass
from typing import TypeAlias

from pulumi_preflight.changes.paths import Path

Literal: TypeAlias = str | bool | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a property is to be.

    Attributes:
        type: The resource's type token.
        name: The resource's logical name.
        line: The line on which the program creates it, from 1.
        path: The property.
        before: The literal that stands there, `None` where there is none.
        after: The literal that is to stand there.
    """

    type: str
    name: str
    line: int
    path: Path
    before: Literal | None
    after: Literal


def is_same(literal: object, other: Literal | None) -> bool:
    """Whether two literals are the same value; true is not 1."""
    return isinstance(literal, bool) == isinstance(other, bool) and literal == other


def title_of(wanted: Wanted, text: str) -> str:
    """What an edit does, in words."""
    path = ".".join(map(str, wanted.path))
    return f"Set {path} to {text}"
