"""What all processes print, as one stream of named lines, and in CloudWatch Logs."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rich.console import Console
from rich.text import Text

from pulumi_loopback.errors import CommandError
from pulumi_loopback.observe.deployment import told_plainly

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient


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


# PutLogEvents takes 1 MiB a call. Source: Amazon CloudWatch Logs API reference.
_EVENTS_A_CALL = 100
_CHARACTERS_OF_AN_EVENT = 2_500


@dataclass(slots=True, kw_only=True)
class LogStream:
    """A stream of its own in the container's log group.

    Attributes:
        client: A client of the endpoint; threads may share it.
        endpoint: URL of the endpoint.
        group: The log group.
        name: The stream: prefix, container and task, as ECS names it.
        complain: Told once why nothing more is kept.
    """

    client: "CloudWatchLogsClient"
    endpoint: str
    group: str
    name: str
    complain: Callable[[str], None]
    _is_made: bool = field(default=False, init=False)
    _is_broken: bool = field(default=False, init=False)

    def put(self, lines: Sequence[str]) -> None:
        """Writes lines as events of this moment."""
        if self._is_broken:
            return
        try:
            with told_plainly(self.endpoint):
                self._put(lines)
        except CommandError as error:
            self._is_broken = True
            self.complain(f"its logs are no longer kept in {self.group}: {error}")

    def _put(self, lines: Sequence[str]) -> None:
        if not self._is_made:
            self.client.create_log_stream(logGroupName=self.group, logStreamName=self.name)
            self._is_made = True
        now = int(time.time() * 1000)
        messages = [piece for line in lines for piece in _pieces(line)]
        for start in range(0, len(messages), _EVENTS_A_CALL):
            self.client.put_log_events(
                logGroupName=self.group,
                logStreamName=self.name,
                logEvents=[
                    {"timestamp": now, "message": message}
                    for message in messages[start : start + _EVENTS_A_CALL]
                ],
            )


def _pieces(line: str) -> list[str]:
    """A line in parts that are short enough; CloudWatch takes no empty event."""
    size = _CHARACTERS_OF_AN_EVENT
    return [line[start : start + size] for start in range(0, len(line), size)]
