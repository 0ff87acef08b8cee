"""`python -m ops.observe COMMAND`: what the sessions that look at a deployed stack run."""

import argparse
import re
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ops.errors import CommandError, exit_with, tell
from ops.observe.deployment import SERVICES, Deployment, deployment
from ops.observe.logs import Asked, show_logs
from ops.observe.queues import queues
from ops.observe.services import services, status, tasks
from ops.observe.show import show
from ops.paths import STACK
from ops.target import target

_INTERRUPTED = 130
_LOGS = "logs:"
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def main(given: Sequence[str]) -> int:
    """Shows what is asked for.

    Returns:
        0 if it did, 2 for wrong arguments and for a stack or an API that cannot be read, 130 if it
        was interrupted.
    """
    options = _parser(" ".join(["nox -s", *given[:1]])).parse_args(given)
    try:
        _carry_out(deployment(target(options.project.resolve(), options.stack)), options)
    except CommandError as error:
        tell(error)
        return 2
    except KeyboardInterrupt:
        return _INTERRUPTED
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
            asked = Asked(since=options.since, text=options.filter, follow=options.follow)
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


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description=__doc__)
    named = parser.add_subparsers(dest="command", required=True)
    for name in (
        *("aws:services", "aws:tasks", "ecs:status", "queue:depth"),
        *(f"{_LOGS}{each}" for each in SERVICES),
    ):
        command = named.add_parser(name, prog=f"nox -s {name} --")
        command.add_argument("--stack", default="local", help="the stack (default: local)")
        command.add_argument(
            "--project", type=Path, default=STACK, help="the Pulumi project (default: stack/)"
        )
        command.add_argument("--format", choices=["text", "json"], default="text")
        if name.startswith(_LOGS):
            _add_logs_options(command)
    named.choices["ecs:status"].add_argument(
        "name", nargs="?", default="", help="the service, as aws:services has it"
    )
    named.choices["queue:depth"].add_argument(
        "--watch", type=_seconds, metavar="SECONDS", help="again after so long, until Ctrl-C"
    )
    return parser


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
        raise argparse.ArgumentTypeError(f"{text!r} is no length of time such as 30s, 10m, 2h, 1d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) or not float(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return float(text)


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
