"""What ends a command with exit code 2 and one message."""


class CommandError(Exception):
    """The command cannot be carried out; the text says what is wrong and where.

    Attributes:
        hint: What to do, shown on a line of its own; `None` where the text says it all.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint
