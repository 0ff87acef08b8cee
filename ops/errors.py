"""What ends a command with exit code 2 and one message."""

import sys


class CommandError(Exception):
    """The command cannot be carried out; the text says what is wrong and where.

    Attributes:
        hint: What to do, shown on a line of its own; `None` where the text says it all.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def tell(error: CommandError) -> None:
    """Prints the error, and the hint on a line of its own, after all that was printed before."""
    sys.stdout.flush()
    hint = f"hint: {error.hint}\n" if error.hint else ""
    sys.stderr.write(f"error: {error}\n{hint}")
