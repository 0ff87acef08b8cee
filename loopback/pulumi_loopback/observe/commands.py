"""The commands that look at what a deployed stack does."""

import argparse
import re
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pulumi_loopback.errors import FAILED, INTERRUPTED, CommandError, tell
from pulumi_loopback.lifecycle.commands import add_place
from pulumi_loopback.observe.deployment import Deployment, Names, deployment
from pulumi_loopback.observe.services import queues, services, status, tasks
from pulumi_loopback.observe.show import AskedLogs, show, show_logs
from pulumi_loopback.project import Project
from pulumi_loopback.target import target

_LOGS = "logs:"
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def carry_out(options: argparse.Namespace, project: Project, names: Names) -> int:
    """Shows what is asked for.

    Args:
        options: What `add_options` has parsed, with the command's name as `command`.
        project: The stack that it is about.
        names: The outputs that hold the names of what it has made.

    Returns:
        0 if it did, 2 for a stack or an API that cannot be read, 130 if it was interrupted.
    """
    try:
        _carry_out(deployment(target(project), names), options)
    except CommandError as error:
        tell(error)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _carry_out(stack: Deployment, options: argparse.Namespace) -> None:
    as_json = options.format == "json"
    match options.command:
        case "aws:services":
            show(services(stack), as_json=as_json)
        case "aws:tasks":
            show(tasks(stack), as_json=as_json)
        case "ecs:status":
            show(status(stack, options.name), as_json=as_json)
        case "queue:depth":
            _show_queues(stack, options.watch, as_json=as_json)
        case logs:
            asked = AskedLogs(since=options.since, text=options.filter, follow=options.follow)
            show_logs(stack, logs.removeprefix(_LOGS), asked, as_json=as_json)


def _show_queues(stack: Deployment, watch: float | None, *, as_json: bool) -> None:
    while True:
        if watch is not None and not as_json:
            sys.stdout.write(f"{datetime.now(UTC):%H:%M:%S} UTC\n")
        show(queues(stack), as_json=as_json)
        if watch is None:
            return
        sys.stdout.write("" if as_json else "\n")
        sys.stdout.flush()
        time.sleep(watch)


def command_names(names: Names) -> list[str]:
    """The commands that there are for a program."""
    logs = [f"{_LOGS}{each}" for each in names.services]
    return ["aws:services", "aws:tasks", "ecs:status", "queue:depth", *logs]


def add_options(command: argparse.ArgumentParser, name: str, *, folder: Path, shown: str) -> None:
    """Gives a command's parser its options.

    Args:
        command: The parser.
        name: The command's name, one of `command_names`.
        folder: The project's folder where the user names none.
        shown: The same for people.
    """
    add_place(command, folder=folder, shown=shown)
    command.add_argument("--format", choices=["text", "json"], default="text")
    if name.startswith(_LOGS):
        _add_logs_options(command)
    if name == "ecs:status":
        command.add_argument(
            "name", nargs="?", default="", help="the service, as aws:services has it"
        )
    if name == "queue:depth":
        command.add_argument(
            "--watch", type=_seconds, metavar="SECONDS", help="again after so long, until Ctrl-C"
        )


def _add_logs_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--follow", action="store_true", help="go on until Ctrl-C")
    command.add_argument(
        "--since",
        type=_length,
        default=timedelta(minutes=10),
        metavar="LENGTH",
        help="how far back: 30s, 10m, 2h, 1d (default: 10m)",
    )
    command.add_argument(
        "--filter", default="", metavar="TEXT", help="only events that hold it, case as given"
    )


def _length(text: str) -> timedelta:
    found = re.fullmatch(r"([1-9][0-9]{0,4})([smhd])", text)
    if not found:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a length of time such as 30s, 10m, 2h, 1d"
        )
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) or not float(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return float(text)
