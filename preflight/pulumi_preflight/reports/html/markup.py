"""HTML whose texts are escaped wherever they come from."""

import json
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import TypeAlias, TypeVar

from pulumi_preflight.printing import escaped, escaped_json, escaped_line

_EMPTY = frozenset({"br", "input", "link", "meta"})
# What would end a script.
_SCRIPT = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&"})


class Markup(str):
    """A text that is HTML."""

    __slots__ = ()


Item = TypeVar("Item")
Child: TypeAlias = "str | int | Iterable[Child] | None"
"""What an element holds: markup as it is, a text that is escaped, nothing, or several of these."""


def element(name: str, *children: Child, **attributes: str | int | bool | None) -> Markup:
    """Writes an element.

    Args:
        name: Its name.
        children: What it holds.
        attributes: Their values; `True` has no value, `None` and `False` are left out. An underline
            stands for a hyphen, and one at the end keeps a name from being a word of Python.
    """
    told = "".join(
        f" {key.rstrip('_').replace('_', '-')}{_value(value)}"
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    inner = "" if name in _EMPTY else f"{joined(children)}</{name}>"
    return Markup(f"<{name}{told}>{inner}")


def joined(children: Child) -> Markup:
    """Writes several things one after the other."""
    match children:
        case None:
            return Markup()
        case Markup():
            return children
        case str():
            return Markup(escape(escaped(children), quote=False))
        case int():
            return Markup(children)
        case _:
            return Markup("".join(map(joined, children)))


def with_rest(
    items: Sequence[Item], most: int, write: Callable[[Sequence[Item], str], Markup]
) -> Markup:
    """Writes the first items, and folded below them the rest, where there is one.

    Args:
        items: All of them.
        most: How many are not folded.
        write: Writes some; what its second argument says is added to their title.
    """
    shown, rest = write(items[:most], ""), items[most:]
    if not rest:
        return shown
    return joined(
        (
            shown,
            element("details", element("summary", f"{len(rest)} more"), write(rest, ", the rest")),
        )
    )


def prose(text: str) -> Markup:
    """Writes a text in which what stands between two accents is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        # One accent has no other.
        return joined(text)
    return joined(
        element("code", part) if number % 2 else part for number, part in enumerate(parts)
    )


def line(text: str) -> str:
    """A text of one line, such as a name."""
    return escaped_line(text)


def data(value: object) -> Markup:
    """Writes a value as JSON for the inside of a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(escaped_json(text).translate(_SCRIPT))


def _value(value: str | int) -> str:
    if value is True:
        return ""
    return f'="{escape(escaped(str(value)))}"'
