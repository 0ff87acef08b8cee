"""A file of the program as a waiver sees it: its comments, and the lines of each statement."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


class UnreadableError(Exception):
    """The comments of a file cannot be told from its code; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment.

    Attributes:
        line: The line that it begins on, from 1.
        text: Its text, with its mark.
        margin: What stands before it on its line where that is nothing but space; `None` where it
            stands behind code.
    """

    line: int
    text: str
    margin: str | None


def margin_of(line: str, column: int) -> str | None:
    """What stands before a column, `None` where it is more than space."""
    before = line[:column]
    return None if before.strip() else before


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file.

    Attributes:
        comments: Its comments, in order.
        statement: Gives the lines, first and last, of the statement that a line belongs to.
        lines: The text of each line.
    """

    comments: tuple[Comment, ...]
    statement: Callable[[int], tuple[int, int]]
    lines: Sequence[str]

    def lines_of(self, line: int) -> range:
        """The lines at which a waiver counts for what is created on a line.

        These are the lines of the statement, and those directly above that hold a comment alone, as
        far to the right: a comment further in belongs to the block above.
        """
        first, last = self.statement(line)
        text = self.lines[first - 1] if first <= len(self.lines) else ""
        margin = text[: len(text) - len(text.lstrip())]
        above = {each.line for each in self.comments if each.margin == margin}
        while first - 1 in above:
            first -= 1
        return range(first, last + 1)
