"""Rows for people and for programs: a table, or JSON."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table

from pulumi_loopback.errors import CommandError
from pulumi_loopback.observe.deployment import Deployment

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef


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


_POLL_SECONDS = 2.0
# CloudWatch Logs takes events that are late; a following command looks that far back each time.
_LATE = timedelta(seconds=30)
_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLogs:
    """Which events.

    Attributes:
        since: How far back.
        text: What an event must hold, upper and lower case as given; empty for any.
        follow: Whether to go on with what is written from now on.
    """

    since: timedelta
    text: str = ""
    follow: bool = False


def show_logs(stack: Deployment, name: str, asked: AskedLogs, *, as_json: bool) -> None:
    """Prints a service's events, one a line; as JSON, one object a line.

    Raises:
        CommandError: The stack has no log group for that service; it names those that it has.
    """
    groups = stack.outputs["logGroupNames"]
    if name not in groups:
        raise CommandError(
            f"stack {stack.stack} has no logs of {name!r}; it has those of: "
            f"{', '.join(sorted(groups))}"
        )
    printed = False
    for event in _events(stack, groups[name], asked):
        sys.stdout.write(f"{_as_json(event) if as_json else _as_text(event)}\n")
        sys.stdout.flush()
        printed = True
    if not printed and not as_json:
        wanted = f" that hold {asked.text!r}" if asked.text else ""
        minutes = int(asked.since.total_seconds() / 60)
        sys.stderr.write(
            f"no events{wanted} in {groups[name]} in the last {minutes} min; "
            f"`{' '.join((*stack.spelling.between, '--since 1d'))}` looks further back\n"
        )


def _events(stack: Deployment, group: str, asked: AskedLogs) -> Iterator["FilteredLogEventTypeDef"]:
    """The events, oldest first; goes on for ever where that is asked."""
    begin = _milliseconds(datetime.now(UTC) - asked.since)
    seen: dict[str, int] = {}
    while True:
        with stack.told_plainly():
            found = [each for each in _read(stack, group, begin) if each["eventId"] not in seen]
        for event in sorted(found, key=lambda each: each["timestamp"]):
            seen[event["eventId"]] = event["timestamp"]
            if asked.text in event["message"]:
                yield event
        if not asked.follow:
            return
        time.sleep(_POLL_SECONDS)
        newest = max(seen.values(), default=begin)
        begin = max(begin, newest - _milliseconds_in(_LATE))
        seen = {event: moment for event, moment in seen.items() if moment >= begin}


def _read(stack: Deployment, group: str, begin: int) -> Iterator["FilteredLogEventTypeDef"]:
    client = stack.session.client("logs", **stack.client_options)
    pages = client.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=begin)
    for page in pages:
        yield from page["events"]


def _as_text(event: "FilteredLogEventTypeDef") -> str:
    moment = _moment(event).strftime("%Y-%m-%d %H:%M:%S")
    return f"{moment}  {_task(event)[:8]}  {event['message'].rstrip()}"


def _as_json(event: "FilteredLogEventTypeDef") -> str:
    return json.dumps(
        {
            "time": _moment(event).isoformat(timespec="milliseconds"),
            "task": _task(event),
            "message": event["message"],
        }
    )


def _moment(event: "FilteredLogEventTypeDef") -> datetime:
    return datetime.fromtimestamp(event["timestamp"] / _MILLISECONDS, UTC)


def _task(event: "FilteredLogEventTypeDef") -> str:
    """ECS names a stream PREFIX/CONTAINER/TASK."""
    return event["logStreamName"].rpartition("/")[2]


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * _MILLISECONDS)


def _milliseconds_in(length: timedelta) -> int:
    return int(length.total_seconds() * _MILLISECONDS)
