"""What all processes print, as one stream of named lines."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.text import Text

_POLL_SECONDS = 0.2
_COLOURS = ("cyan", "green", "magenta", "blue", "yellow", "bright_cyan", "bright_magenta")
_NAMES_WIDTH = 20

Keep = Callable[[Sequence[str]], None]
"""Takes lines, to keep them somewhere else as well."""


@dataclass(slots=True, kw_only=True)
class _Followed:
    """A file that a process prints to, read up to here."""

    name: str
    file: BinaryIO
    keep: Keep
    rest: bytes = b""

    def lines(self, *, to_the_end: bool) -> list[str]:
        """The lines that were added; with the last one before it has ended, where that is asked."""
        text = self.rest + self.file.read()
        whole, self.rest = (text, b"") if to_the_end else _parted(text)
        return whole.decode(errors="replace").splitlines()


class Output:
    """Prints lines under the names of those that they come from.

    Args:
        console: Where to.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._colours = cycle(_COLOURS)
        self._styles: dict[str, str] = {}

    def say(self, name: str, *lines: str) -> None:
        """Prints lines, none of anybody else between them."""
        with self._lock:
            style = self._styles.setdefault(name, next(self._colours))
            for line in lines:
                prefix = Text(f"{name:{_NAMES_WIDTH}} | ", style=style, end="")
                self._console.print(prefix, Text.from_ansi(line), sep="", soft_wrap=True)

    @contextmanager
    def following(self, name: str, path: Path, keep: Keep) -> Iterator[None]:
        """Prints and keeps what is added to a file while the block runs.

        Args:
            name: Whose file it is.
            path: The file.
            keep: Gets the same lines.
        """
        ended = threading.Event()
        with path.open("rb") as file:
            followed = _Followed(name=name, file=file, keep=keep)
            thread = threading.Thread(target=self._follow, args=(followed, ended), name=name)
            thread.start()
            try:
                yield
            finally:
                ended.set()
                thread.join()

    def _follow(self, followed: _Followed, ended: threading.Event) -> None:
        while True:
            last = ended.wait(_POLL_SECONDS)
            if lines := followed.lines(to_the_end=last):
                self.say(followed.name, *lines)
                followed.keep(lines)
            if last:
                return


def _parted(text: bytes) -> tuple[bytes, bytes]:
    """The lines that have ended, and the one that has not."""
    end = text.rfind(b"\n") + 1
    return text[:end], text[end:]
