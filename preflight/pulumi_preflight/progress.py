"""What a run is doing, in one line of the terminal that is gone at the end.

Where nobody watches, in a pipe or in CI, a run writes nothing at all; a command that takes minutes
says every few seconds what it waits for. Nothing here is slow to import.
"""

import os
import sys
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import count
from typing import TextIO, TypeAlias

from pulumi_preflight.printing import escaped_line, tell

_SECONDS_A_TURN = 0.2
# Never more than 5 seconds pass in silence.
_SECONDS_A_LINE = 4.0
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
    with _Line(terminal, text).painted():
        yield


Aside: TypeAlias = "Callable[[], AbstractContextManager[None]]"
"""Gives a block in which something else is written: the line is away while it is entered."""


@contextmanager
def waiting(
    text: Callable[[], str], *, has_own_line: bool = False, seconds: float = _SECONDS_A_LINE
) -> Iterator[Aside]:
    """Says on stderr what a command waits for: in a line that changes, or else in line after line.

    Args:
        text: Gives what the command waits for, in a thread of its own.
        has_own_line: Whether what is waited for has a line of its own on a terminal.
        seconds: After how many seconds without other output the next of the lines is due.
    """
    if not is_live(sys.stderr):
        lines = _Lines(text, seconds)
        with lines.told():
            yield lines.aside
    elif has_own_line:
        yield _nothing
    else:
        line = _Line(sys.stderr, text)
        with line.painted():
            yield line.aside


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _beside(write: Callable[[], None], over: threading.Event) -> Iterator[None]:
    """Lets a thread write while it is entered; `over` ends the thread."""
    thread = threading.Thread(target=write, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


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
        self._writing = threading.Lock()
        self._columns = 0

    @contextmanager
    def painted(self) -> Iterator[None]:
        """Paints the line while it is entered, and takes it away."""
        try:
            with _beside(self._paint, self._over):
                yield
        finally:
            self._clear()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """See `Aside`."""
        with self._writing:
            self._clear()
            yield

    def _clear(self) -> None:
        # A terminal that has gone shows nothing any more.
        with suppress(OSError, ValueError):
            self._write("")

    def _paint(self) -> None:
        with suppress(OSError, ValueError):
            while not self._over.wait(_SECONDS_A_TURN):
                seconds = time.monotonic() - self._begun
                with self._writing:
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


class _Lines:
    """Lines that a thread writes where nothing else is written."""

    def __init__(self, text: Callable[[], str], seconds: float) -> None:
        self._text = text
        self._seconds = seconds
        self._begun = self._last = time.monotonic()
        self._over = threading.Event()
        self._writing = threading.Lock()

    @contextmanager
    def told(self) -> Iterator[None]:
        """Writes the lines while it is entered."""
        with _beside(self._tell, self._over):
            yield

    @contextmanager
    def aside(self) -> Iterator[None]:
        """See `Aside`."""
        with self._writing:
            yield
            self._last = time.monotonic()

    def _tell(self) -> None:
        while not self._over.wait(max(self._last + self._seconds - time.monotonic(), 0)):
            with self._writing:
                now = time.monotonic()
                if now - self._last >= self._seconds:
                    self._last = now
                    tell(f"  {escaped_line(self._text())} ({now - self._begun:.0f} s)\n")


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
