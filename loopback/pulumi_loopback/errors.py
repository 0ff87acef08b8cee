"""What ends a command with exit code 2 and one message."""

import os
import sys
from collections.abc import Callable
from typing import NoReturn

from pulumi_preflight import streams
from pulumi_preflight.signals import Terminated, ending_on_signals

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
        streams.tell("terminated\n")
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
    streams.tell(f"error: {error}\n{hint}")


def _flush() -> None:
    try:
        sys.stdout.flush()
    except OSError:
        streams.discard(sys.stdout)


def _told(error: OSError) -> str:
    if error.errno is None or error.strerror is None:
        return str(error)
    named = isinstance(error.filename, str | bytes | os.PathLike)
    where = f"{os.fsdecode(error.filename)}: " if named else ""
    return f"{where}{error.strerror}"
