"""A file of the program as a waiver sees it: its comments, and the lines of each statement."""

from collections.abc import Callable
from dataclasses import dataclass


class UnreadableError(Exception):
    """The comments of a file cannot be told from its code; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment.

    Attributes:
        line: The line that it begins on, from 1.
        text: Its text, with its mark.
        alone: Whether nothing else stands on its line.
    """

    line: int
    text: str
    alone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file.

    Attributes:
        comments: Its comments, in order.
        statement: Gives the lines, first and last, of the statement that a line belongs to.
    """

    comments: tuple[Comment, ...]
    statement: Callable[[int], tuple[int, int]]

    def lines_of(self, line: int) -> range:
        """The lines at which a waiver counts for what is created on a line.

        These are the lines of the statement, and those directly above that hold a comment alone.
        """
        first, last = self.statement(line)
        alone = {comment.line for comment in self.comments if comment.alone}
        while first - 1 in alone:
            first -= 1
        return range(first, last + 1)
