"""The lines of files: as they were judged, and as they are being edited."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# As the protocol counts lines.
_BREAK = re.compile("\r\n|\n|\r")


def lines_of(text: str) -> list[str]:
    """The lines of a text."""
    return _BREAK.split(text)


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the lines of a judged text are in an edited one.

    Lines before the first edit and behind the last one are certain, and those between are nowhere.
    """

    judged: Sequence[str]
    now: Sequence[str]

    def _same(self) -> tuple[int, int]:
        """How many lines are the same at the beginning, and how many at the end."""
        most = min(len(self.judged), len(self.now))
        if self.judged == self.now:
            return most, 0
        first = next((i for i in range(most) if self.judged[i] != self.now[i]), most)
        last = 0
        while last < most - first and self.judged[-1 - last] == self.now[-1 - last]:
            last += 1
        return first, last

    def line_now(self, line: int) -> int | None:
        """Where a judged line is now; both from 1."""
        return self._moved(line, len(self.judged), len(self.now))

    def line_judged(self, line: int) -> int | None:
        """Which judged line a line is; both from 1."""
        return self._moved(line, len(self.now), len(self.judged))

    def _moved(self, line: int, of: int, to: int) -> int | None:
        first, last = self._same()
        if 1 <= line <= first:
            return line
        return line + to - of if of - last < line <= of else None


@dataclass(frozen=True, slots=True)
class Edit:
    """A text in place of another one.

    Attributes:
        line: The line on which the other one begins, from 0.
        start: The column, from 0, in characters.
        end_line: The line on which it ends.
        end: The column behind its last character.
        text: What stands there afterwards.
        title: What the edit does, in words.
    """

    line: int
    start: int
    end_line: int
    end: int
    text: str
    title: str = ""

    def applied(self, lines: Sequence[str]) -> str:
        """The whole text after the edit, with newlines between its lines."""
        head = "\n".join([*lines[: self.line], lines[self.line][: self.start]])
        tail = "\n".join([lines[self.end_line][self.end :], *lines[self.end_line + 1 :]])
        return f"{head}{self.text}{tail}"
