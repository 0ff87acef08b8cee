"""What a run is doing, in one line of the terminal that is gone at the end.

Where nobody watches, in a pipe or in CI, nothing is written at all. Nothing here is slow to import.
"""

import os
import sys
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import TextIO

from pulumi_preflight.printing import escaped_line

_SECONDS_A_TURN = 0.2
_USUAL_COLUMNS = 80
_NARROWEST = 20


class Progress:
    """What one run is doing; its threads tell it, and another one asks for it in words."""

    def __init__(self) -> None:
        """Begins with a run of which nothing is known yet."""
        self._subject = ""
        self._doing = "reads the project"
        self._registered = 0
        self._numbers = count(1)
        self._judged: Callable[[], int] | None = None

    def begins(self, subject: str, packs: int) -> None:
        """The project has been read.

        Args:
            subject: What is judged, for the reader.
            packs: How many packs judge it.
        """
        self._subject = f"{subject}: "
        judges = f" and {packs} pack{'' if packs == 1 else 's'}" if packs else ""
        self._doing = f"starts the program{judges}"

    def counts(self, judged: Callable[[], int]) -> None:
        """Takes the function that says how much has been judged."""
        self._judged = judged

    def registers(self) -> None:
        """The program has registered a resource; called by any thread."""
        self._registered = next(self._numbers)
        self._doing = "runs the program"

    def judges_the_stack(self) -> None:
        """The program has ended."""
        self._doing = "judges the stack"

    def __str__(self) -> str:
        """The run in words, of one line."""
        counts = ""
        if self._registered:
            judged = f", {self._judged()} judged" if self._judged else ""
            counts = f", {self._registered} registered{judged}"
        return f"{self._subject}{self._doing}{counts}"


@contextmanager
def shown(text: Callable[[], str], stream: TextIO | None = None) -> Iterator[None]:
    """Shows a text in one line of a terminal while it is entered, and nothing elsewhere.

    Args:
        text: Gives the text, some times a second, in a thread of its own.
        stream: The terminal; stderr where not given.
    """
    terminal = sys.stderr if stream is None else stream
    if not is_live(terminal):
        yield
        return
    line = _Line(terminal, text)
    line.start()
    try:
        yield
    finally:
        line.end()


def is_live(stream: TextIO | None) -> bool:
    """Whether somebody watches a stream who can see a line change.

    CI, TERM=dumb and NO_COLOR say that nobody does, or that nobody wants that.
    """
    if stream is None or os.environ.get("TERM", "dumb") == "dumb":
        return False
    if os.environ.get("NO_COLOR") or os.environ.get("CI", "").lower() not in ("", "0", "false"):
        return False
    try:
        return stream.isatty()
    except ValueError:
        # The stream is closed.
        return False


class _Line:
    """A line that a thread writes over and over."""

    def __init__(self, stream: TextIO, text: Callable[[], str]) -> None:
        self._stream = stream
        self._text = text
        self._begun = time.monotonic()
        self._over = threading.Event()
        self._columns = 0
        self._thread = threading.Thread(target=self._paint, name="progress", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Takes the line away."""
        self._over.set()
        self._thread.join()
        # A terminal that has gone shows nothing any more.
        with suppress(OSError, ValueError):
            self._write("")

    def _paint(self) -> None:
        with suppress(OSError, ValueError):
            while not self._over.wait(_SECONDS_A_TURN):
                seconds = time.monotonic() - self._begun
                self._write(f"{self._text()} ({seconds:.0f} s)")

    def _write(self, text: str) -> None:
        """Puts a text in place of what stands there."""
        descriptor = self._stream.fileno()
        if os.tcgetpgrp(descriptor) != os.getpgrp():
            # In the background, a write could stop the process, or go into another one's output.
            return
        room = os.get_terminal_size(descriptor).columns or _USUAL_COLUMNS
        # In its last column, some terminals begin a new line.
        line, columns = _cut(escaped_line(text), max(room - 1, _NARROWEST))
        rest = " " * min(self._columns - columns, room - 1 - columns)
        if not columns and not self._columns:
            return
        self._stream.write(f"\r{line}{rest}\r")
        self._stream.flush()
        self._columns = columns


def _cut(text: str, most: int) -> tuple[str, int]:
    """As much of a text as there is room for, and its columns."""
    columns = 0
    for index, character in enumerate(text):
        width = _width(character)
        if columns + width > most:
            return text[:index], columns
        columns += width
    return text, columns


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
