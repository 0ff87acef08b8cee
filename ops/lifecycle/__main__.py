"""`python -m ops.lifecycle COMMAND`: what the sessions on a stack run."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path

from ops.consent import Consent
from ops.endpoint import endpoint
from ops.engine import find, install
from ops.errors import CommandError, exit_with, tell
from ops.lifecycle import deploy, reset
from ops.lifecycle.surroundings import surrounded
from ops.paths import STACK
from ops.state import commands
from ops.state.repair import repair
from ops.state.store import Store
from ops.target import Target, target

_INTERRUPTED = 130


def main(given: Sequence[str]) -> int:
    """Carries a command out.

    Returns:
        0 if it did what it says, 1 if a finding or the engine stopped it, 2 for wrong arguments and
        for a state or machine that it cannot work on, 130 if it was interrupted.
    """
    options = _parser(" ".join(["nox -s", *given[:1]])).parse_args(given)
    try:
        return _carry_out(options)
    except CommandError as error:
        tell(error)
        return 2
    except KeyboardInterrupt:
        sys.stdout.flush()
        sys.stderr.write(
            "interrupted; what was done is in the state: the next command goes on from there, or "
            "says what comes first\n"
        )
        return _INTERRUPTED


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A command with all that it needs."""

    stack: Target
    store: Store
    consent: Consent
    options: argparse.Namespace


def _outputs(asked: _Asked) -> int:
    options = asked.options
    return deploy.outputs(
        asked.stack, options.name, as_json=options.json, secrets=options.show_secrets
    )


def _soft_reset(asked: _Asked) -> int:
    return reset.soft(asked.stack, endpoint(asked.stack.project), asked.consent)


_COMMANDS: Mapping[str, Callable[[_Asked], int]] = {
    "validate": lambda asked: deploy.validate(asked.stack),
    "up": lambda asked: deploy.up(asked.stack, asked.consent),
    "destroy": lambda asked: deploy.destroy(asked.stack, asked.consent),
    "refresh": lambda asked: deploy.refresh(asked.stack),
    "outputs": _outputs,
    "reset": _soft_reset,
    "reset:soft": _soft_reset,
    "reset:hard": lambda asked: reset.hard(
        asked.stack, endpoint(asked.stack.project), asked.consent
    ),
    "state:init": lambda asked: commands.make(asked.store),
    "state:list": lambda asked: (
        commands.show_copies(asked.store) if asked.options.copies else commands.show(asked.store)
    ),
    "state:repair": lambda asked: repair(asked.store, unlock=asked.options.unlock),
    "state:restore": lambda asked: commands.restore(asked.store, asked.options.file, asked.consent),
    "state:delete": lambda asked: commands.delete(asked.store, asked.consent),
}


# These ask a provider, and with it the endpoint.
_OPERATING = {"validate", "up", "destroy", "refresh", "reset", "reset:soft", "state:repair"}
# With these a new machine begins: where there is no engine yet, they get one first.
_FIRST = {"validate", "up"}


def _carry_out(options: argparse.Namespace) -> int:
    if options.command in _FIRST and find() is None and (status := install.main()):
        return status
    stack = target(options.project.resolve(), options.stack)
    with surrounded(stack) if options.command in _OPERATING else nullcontext(stack) as found:
        asked = _Asked(
            stack=found,
            store=Store(target=found),
            consent=Consent(stack=options.stack, yes=options.yes, confirmed=options.confirm),
            options=options,
        )
        return _COMMANDS[options.command](asked)


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description=__doc__)
    named = parser.add_subparsers(dest="command", required=True)
    for name in _COMMANDS:
        command = named.add_parser(name, prog=f"nox -s {name} --")
        command.add_argument("--stack", default="local", help="the stack (default: local)")
        command.add_argument(
            "--project", type=Path, default=STACK, help="the Pulumi project (default: stack/)"
        )
        command.add_argument("--yes", action="store_true", help="go on without asking")
        command.add_argument(
            "--confirm",
            default="",
            metavar="STACK",
            help="the stack once more, to delete from another than local",
        )
    shown = named.choices["outputs"]
    shown.add_argument("name", nargs="?", help="one output")
    shown.add_argument("--json", action="store_true", help="as JSON")
    shown.add_argument("--show-secrets", action="store_true", help="secrets in plain text")
    listed = named.choices["state:list"]
    listed.add_argument("--copies", action="store_true", help="the copies of the state instead")
    restored = named.choices["state:restore"]
    restored.add_argument(
        "file", nargs="?", type=Path, help="the copy (default: the newest good one)"
    )
    repaired = named.choices["state:repair"]
    repaired.add_argument(
        "--unlock", action="store_true", help="unlock the stack: no process works on it any more"
    )
    return parser


if __name__ == "__main__":
    if isinstance(sys.stdout, TextIOWrapper):
        # What is done is told as it is done, in a pipe as well.
        sys.stdout.reconfigure(line_buffering=True)
    exit_with(lambda: main(sys.argv[1:]))
