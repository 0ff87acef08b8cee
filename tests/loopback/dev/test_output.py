"""Many processes' lines in one stream, each whole and under its name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from pulumi_loopback.dev.output import Output
from tests.waiting import wait_until


@dataclass
class Stream:
    """What is printed, and what is kept."""

    folder: Path
    text: StringIO = field(default_factory=StringIO)
    kept: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        console = Console(file=self.text, highlight=False, markup=False, emoji=False, width=40)
        self.output = Output(console)

    @property
    def lines(self) -> list[str]:
        """All lines so far."""
        return self.text.getvalue().splitlines()

    @contextmanager
    def following(self, name: str) -> Iterator[Path]:
        """Follows a file of a process while the block runs."""
        file = self.folder / name
        file.touch()
        with self.output.following(name, file, self.kept.extend):
            yield file


@pytest.fixture
def stream(tmp_path: Path) -> Stream:
    return Stream(tmp_path)


def append(file: Path, content: bytes) -> None:
    with file.open("ab") as sink:
        sink.write(content)


def test_a_line_stands_under_its_name_as_soon_as_it_has_ended(stream: Stream) -> None:
    with stream.following("worker-1") as file:
        append(file, b"first\nsec")
        wait_until(lambda: stream.lines, "the first line")
        assert stream.lines == ["worker-1             | first"]
        append(file, b"ond\n")
        wait_until(lambda: len(stream.lines) == 2, "the second line")
    assert stream.lines[1] == "worker-1             | second"


def test_the_last_line_is_printed_though_it_has_not_ended(stream: Stream) -> None:
    with stream.following("worker-1") as file:
        append(file, b"killed here")
    assert stream.lines == ["worker-1             | killed here"]


def test_what_is_printed_is_kept_as_well(stream: Stream) -> None:
    with stream.following("worker-1") as file:
        append(file, b"one\ntwo\n")
    assert stream.kept == ["one", "two"]


def test_lines_that_are_longer_than_the_terminal_stay_whole(stream: Stream) -> None:
    stream.output.say("dev", "x" * 100)
    assert stream.lines == ["dev                  | " + "x" * 100]


def test_colours_of_a_program_leave_no_codes_where_there_are_no_colours(stream: Stream) -> None:
    with stream.following("web") as file:
        append(file, b"\x1b[32mgreen\x1b[0m\n")
    assert stream.lines == ["web                  | green"]
    assert stream.kept == ["\x1b[32mgreen\x1b[0m"]


def test_what_is_no_text_is_shown_and_ends_nothing(stream: Stream) -> None:
    with stream.following("web") as file:
        append(file, b"\xff\xfe [bold]not markup[/bold] :smile:\n")
        append(file, b"next\n")
    assert stream.lines == [
        "web                  | \ufffd\ufffd [bold]not markup[/bold] :smile:",
        "web                  | next",
    ]
