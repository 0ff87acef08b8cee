"""What a service has written to CloudWatch Logs."""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pulumi_loopback.errors import CommandError
from pulumi_loopback.observe.deployment import Deployment

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef

_POLL_SECONDS = 2.0
# CloudWatch Logs takes events that are late; a following command looks that far back each time.
_LATE = timedelta(seconds=30)
_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which events.

    Attributes:
        since: How far back.
        text: What an event must hold, upper and lower case as given; empty for any.
        follow: Whether to go on with what is written from now on.
    """

    since: timedelta
    text: str = ""
    follow: bool = False


def show_logs(stack: Deployment, name: str, asked: Asked, *, as_json: bool) -> None:
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


def _events(stack: Deployment, group: str, asked: Asked) -> Iterator["FilteredLogEventTypeDef"]:
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
