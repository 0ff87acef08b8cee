"""The commands on a stack: parsed, surrounded by what they need, carried out."""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from pulumi_loopback.embedded.endpoint import EmbeddedEndpoint
from pulumi_loopback.embedded.provider import provided
from pulumi_loopback.endpoint import endpoint, url_in
from pulumi_loopback.errors import FAILED, INTERRUPTED, CommandError, Consent, tell
from pulumi_loopback.guard import make_private
from pulumi_loopback.lifecycle import deploy
from pulumi_loopback.project import LOCAL, Project
from pulumi_loopback.state import commands
from pulumi_loopback.state.commands import repair
from pulumi_loopback.state.store import Store
from pulumi_loopback.target import Target, target
from pulumi_preflight.progress import waiting


@contextmanager
def surrounded(stack: Target) -> Iterator[Target]:
    """The stack with its endpoint, if it has one, and a provider while the block runs.

    Raises:
        CommandError: The endpoint cannot be started, or has ended in the middle.
    """
    project = stack.project
    if stack.variables.get("PULUMI_BACKEND_URL") == project.home.as_uri():
        make_private(project.home / ".pulumi")
    behind = endpoint(project) if project.local and url_in(project) else None
    if behind is not None:
        if isinstance(behind, EmbeddedEndpoint) and not behind.runs():
            sys.stdout.write(f"Starts the endpoint at {behind.url}\n")
        with waiting(lambda: "waits for the endpoint, which starts"):
            behind.start()
        sys.stdout.write(f"{behind.status()}\n")
    with ExitStack() as around:
        with waiting(lambda: "waits for the provider, which starts"):
            found = around.enter_context(provided(stack))
        yield found
    if isinstance(behind, EmbeddedEndpoint) and not behind.runs():
        raise CommandError(
            "the endpoint has ended in the middle, and what it held is lost",
            hint=f"`{stack.session('state:repair')}` takes out of the state what is gone, and "
            f"`{stack.session('up')}` makes it again",
        )


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
    return deploy.reset_softly(asked.stack, endpoint(asked.stack.project), asked.consent)


COMMANDS: Mapping[str, Callable[[_Asked], int]] = {
    "validate": lambda asked: deploy.validate(asked.stack),
    "up": lambda asked: deploy.up(asked.stack, asked.consent),
    "destroy": lambda asked: deploy.destroy(asked.stack, asked.consent),
    "refresh": lambda asked: deploy.refresh(asked.stack),
    "outputs": _outputs,
    "reset": _soft_reset,
    "reset:soft": _soft_reset,
    "reset:hard": lambda asked: deploy.reset_hard(
        asked.stack, endpoint(asked.stack.project), asked.consent
    ),
    "state:init": lambda asked: commands.make(asked.store),
    "state:list": lambda asked: (
        commands.show_copies(asked.store) if asked.options.copies else commands.show(asked.store)
    ),
    "state:repair": lambda asked: repair(asked.store, anyway=asked.options.unlock),
    "state:restore": lambda asked: commands.restore(asked.store, asked.options.file, asked.consent),
    "state:delete": lambda asked: commands.delete(asked.store, asked.consent),
}
"""The commands by name; each gives the exit code."""


# These ask a provider, and with it the endpoint.
_OPERATING = {"validate", "up", "destroy", "refresh", "reset", "reset:soft", "state:repair"}


def carry_out(options: argparse.Namespace, project: Project) -> int:
    """Carries a command out.

    Args:
        options: What `add_options` has parsed, with the command's name as `command`.
        project: The stack that it is about.

    Returns:
        0 if it did what it says, 1 if a finding or the engine stopped it, 2 for a state or machine
        that it cannot work on, 130 if it was interrupted.
    """
    try:
        return _carry_out(options, project)
    except CommandError as error:
        tell(error)
        return FAILED
    except KeyboardInterrupt:
        sys.stdout.flush()
        sys.stderr.write(
            "interrupted; what was done is in the state: the next command goes on from there, or "
            "says what comes first\n"
        )
        return INTERRUPTED


def _carry_out(options: argparse.Namespace, project: Project) -> int:
    stack = target(project)
    with surrounded(stack) if options.command in _OPERATING else nullcontext(stack) as found:
        consent = Consent(
            stack=project.stack,
            local=project.local,
            yes=options.yes,
            confirmed=options.confirm,
        )
        asked = _Asked(stack=found, store=Store(target=found), consent=consent, options=options)
        return COMMANDS[options.command](asked)


def add_place(command: argparse.ArgumentParser, *, folder: Path, shown: str) -> None:
    """Gives a command's parser the options that name a stack; arguments as for `add_options`."""
    command.add_argument("--stack", default=LOCAL, help=f"the stack (default: {LOCAL})")
    command.add_argument(
        "--project", type=Path, default=folder, help=f"the Pulumi project (default: {shown})"
    )


def add_options(command: argparse.ArgumentParser, name: str, *, folder: Path, shown: str) -> None:
    """Gives a command's parser its options.

    Args:
        command: The parser.
        name: The command's name, one of `COMMANDS`.
        folder: The project's folder where the user names none.
        shown: The same for people.
    """
    add_place(command, folder=folder, shown=shown)
    command.add_argument("--yes", action="store_true", help="go on without asking")
    command.add_argument(
        "--confirm",
        default="",
        metavar="STACK",
        help="the stack once more, to delete from another than local",
    )
    match name:
        case "outputs":
            command.add_argument("name", nargs="?", help="one output")
            command.add_argument("--json", action="store_true", help="as JSON")
            command.add_argument(
                "--show-secrets", action="store_true", help="secrets in plain text"
            )
        case "state:list":
            command.add_argument(
                "--copies", action="store_true", help="the copies of the state instead"
            )
        case "state:restore":
            command.add_argument(
                "file", nargs="?", type=Path, help="the copy (default: the newest good one)"
            )
        case "state:repair":
            command.add_argument(
                "--unlock",
                action="store_true",
                help="unlock the stack: no process works on it any more",
            )
        case _:
            pass
