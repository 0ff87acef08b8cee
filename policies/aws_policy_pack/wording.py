"""How values are written in findings."""

from collections.abc import Iterable, Sequence
from typing import Final

MOST_NAMED: Final = 5
"""So many of a long list are named; the rest is counted."""


def shown(value: object) -> str:
    """A value as a finding quotes it: `not set`, `true`, `'text'` or the number."""
    match value:
        case None:
            return "not set"
        case bool():
            return str(value).lower()
        case _:
            return repr(value)


def listed(values: Iterable[object]) -> str:
    """Values as a finding lists them: `'a', 'b'`; `nothing` if there are none."""
    return ", ".join(shown(value) for value in values) or "nothing"


def first_few(texts: Sequence[str]) -> str:
    """Texts as a finding lists them where there may be many: `a, b, c, d, e and 9 more`."""
    rest = len(texts) - MOST_NAMED
    return ", ".join(texts[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def counted(count: int, thing: str) -> str:
    """How many there are of a thing: `1 resource`, `2 resources`."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
