"""What ends a command with exit code 2 and one message, and what is asked before it goes on."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from pulumi_loopback.project import LOCAL
from pulumi_preflight import printing
from pulumi_preflight.startup import Terminated, ending_on_signals

FAILED, INTERRUPTED = 2, 130
"""Exit codes: the command cannot be carried out, or Ctrl-C ended it."""


class CommandError(Exception):
    """The command cannot be carried out; the text says what is wrong and where.

    Attributes:
        hint: What to do, shown on a line of its own; `None` where the text says it all.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def exit_with(command: Callable[[], int]) -> NoReturn:
    """Ends the process as `carried_out` says; every session ends here.

    SIGTERM and SIGHUP unwind what the session has begun; its exit code is then 143 or 129.
    """
    try:
        with ending_on_signals():
            status = carried_out(command)
    except Terminated as terminated:
        _flush()
        printing.tell("terminated\n")
        status = terminated.status
    sys.exit(status)


def carried_out(command: Callable[[], int]) -> int:
    """Runs a command and gives its exit code: 2 and one message where it cannot be carried out.

    Refusals of the machine (a full disk, a folder that cannot be written, a missing file) are told
    in the same way. So is output that nobody reads any more.
    """
    try:
        status = command()
        sys.stdout.flush()
    except CommandError as error:
        tell(error)
    except OSError as error:
        tell(CommandError(_told(error)))
    else:
        return status
    return FAILED


def tell(error: CommandError) -> None:
    """Prints the error, and the hint on a line of its own, after all that was printed before."""
    _flush()
    hint = f"hint: {error.hint}\n" if error.hint else ""
    printing.tell(f"error: {error}\n{hint}")


def _flush() -> None:
    try:
        sys.stdout.flush()
    except OSError:
        printing.discard(sys.stdout)


def _told(error: OSError) -> str:
    if error.errno is None or error.strerror is None:
        return str(error)
    named = isinstance(error.filename, str | bytes | os.PathLike)
    where = f"{os.fsdecode(error.filename)}: " if named else ""
    return f"{where}{error.strerror}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What the user has said already.

    Attributes:
        stack: The stack that the command is about.
        local: Whether the stack is the user's alone.
        yes: `--yes` was given, so nothing is asked.
        confirmed: The stack's name once more (`--confirm`), empty where it was not given.
    """

    stack: str
    local: bool
    yes: bool
    confirmed: str

    def to_delete(self, consequences: Sequence[str]) -> None:
        """Asks before something is deleted; a shared stack must be named twice.

        Raises:
            CommandError: The user does not want it, or has not named the stack twice.
        """
        if not self.local and self.stack != self.confirmed:
            raise CommandError(
                f"this deletes from stack {self.stack}, which is not {LOCAL}",
                hint=f"name it twice if you mean it: --stack {self.stack} --confirm {self.stack}",
            )
        self._ask(consequences)

    def to_deploy(self) -> None:
        """Asks before a shared stack is changed.

        Raises:
            CommandError: The user does not want it.
        """
        if not self.local:
            self._ask(["The changes above will be made."])

    def _ask(self, consequences: Sequence[str]) -> None:
        if self.yes:
            return
        listed = "".join(f"  - {each}\n" for each in consequences)
        sys.stdout.write(f"Stack {self.stack}:\n{listed}Go on? [y/N] ")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line.endswith("\n"):
            sys.stdout.write("\n")
            sys.stdout.flush()
        answer = line.strip().lower()
        if answer not in ("y", "yes"):
            raise CommandError(
                "nothing was done", hint=None if answer else "--yes answers beforehand"
            )
