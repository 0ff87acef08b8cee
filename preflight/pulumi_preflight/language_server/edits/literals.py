"""Writes a rule's fix into the program where that is one literal, found with certainty."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import TypeAlias

from pulumi_preflight.changes.paths import parse_path
from pulumi_preflight.findings import ABSENT, Fix, Side
from pulumi_preflight.language_server.edits import python, yaml
from pulumi_preflight.language_server.edits.wanted import Literal, Wanted
from pulumi_preflight.language_server.texts import Edit
from pulumi_preflight.redaction import SHOWN_SECRET, SHOWN_UNKNOWN
from pulumi_preflight.waivers.search import PYTHON, YAML, kind_of

_PLAIN = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*")


_Find: TypeAlias = Callable[[Sequence[str], Wanted], Edit | None]
_FINDERS: Mapping[str, _Find] = {
    **dict.fromkeys(PYTHON, python.edit_of),
    **dict.fromkeys(YAML, yaml.edit_of),
}


def wanted_of(
    fix: Fix, *, type_: str, name: str, line: int, shown: Callable[[str], str]
) -> Wanted | None:
    """What a fix wants, `None` where that is not one literal.

    Args:
        fix: The fix.
        type_: The resource's type token.
        name: The resource's logical name.
        line: The line on which the program creates it, from 1.
        shown: Tells made-up values in a text, which no program may hold.
    """
    if len(fix.changes) != 1 or fix.exposed:
        return None
    [change] = fix.changes
    path, after = parse_path(change.path), _literal(change.after, shown)
    before = None if change.before is ABSENT else _literal(change.before, shown)
    if path is None or after is None or (before is None and change.before is not ABSENT):
        return None
    return Wanted(type=type_, name=name, line=line, path=path, before=before, after=after)


def _literal(value: Side, shown: Callable[[str], str]) -> Literal | None:
    match value:
        case bool() | int() | float():
            return value
        case str() if value not in (SHOWN_SECRET, SHOWN_UNKNOWN):
            hides = SHOWN_SECRET in value or SHOWN_UNKNOWN in value or shown(value) != value
            return None if hides or not _PLAIN.fullmatch(value) else value
        case _:
            return None


def literal_at(file: PurePath, lines: Sequence[str], wanted: Wanted) -> Edit | None:
    """What writes a literal into a program; `None` where its place is not certain.

    Args:
        file: The file.
        lines: Its lines.
        wanted: What is wanted.
    """
    find = _FINDERS.get(kind_of(file.name))
    return find(lines, wanted) if find else None
