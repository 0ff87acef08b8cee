"""Rows for people and for programs: a table, or JSON."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

NOTHING_KNOWN = "-"
# So that a table of queues, whose names are long, fits 80 columns.
_HEADS = {"dead_letters": "dead"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A table: rows of one dataclass, whose fields are the columns.

    Attributes:
        key: Its name in JSON.
        rows: Instances of one dataclass.
        empty: What to say to people where there are no rows.
        note: A remark for people, below the table.
    """

    key: str
    rows: Sequence[Any]
    empty: str
    note: str | None = None


def show(listings: Sequence[Listing], *, as_json: bool) -> None:
    """Prints listings; as JSON, one object with a list for each."""
    if as_json:
        content = {each.key: [asdict(row) for row in each.rows] for each in listings}
        sys.stdout.write(json.dumps(content, indent=2, default=_plain) + "\n")
        return
    console = Console(highlight=False, markup=False, emoji=False)
    for position, each in enumerate(listings):
        if position:
            console.print()
        console.print(_table(each.rows) if each.rows else each.empty)
        if each.note:
            console.print(each.note)


def age(moment: datetime, now: datetime | None = None) -> str:
    """How long ago that was, in its largest unit: `45 s`, `12 min`, `3 h`, `2 d`."""
    return duration(max((now or datetime.now(UTC)) - moment, timedelta()))


def duration(length: timedelta) -> str:
    """A length of time in its largest unit; see `age`."""
    seconds = int(length.total_seconds())
    units = (("d", 86400), ("h", 3600), ("min", 60))
    for unit, size in units:
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _table(rows: Sequence[Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for field in fields(rows[0]):
        number = all(isinstance(getattr(row, field.name), int | None) for row in rows)
        head = _HEADS.get(field.name, field.name.replace("_", " "))
        table.add_column(head, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(getattr(row, field.name)) for field in fields(row)))
    return table


def _cell(value: object) -> str:
    match value:
        case None:
            return NOTHING_KNOWN
        case datetime():
            return age(value)
        case timedelta():
            return duration(value)
        case _:
            return str(value)


def _plain(value: object) -> Any:  # noqa: ANN401 - what json.dumps takes
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="seconds")
        case timedelta():
            return int(value.total_seconds())
        case _:
            raise TypeError(f"{type(value).__name__} has no form in JSON")
