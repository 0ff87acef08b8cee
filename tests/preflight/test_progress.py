"""The line that shows what a run is doing: on a real terminal, and nowhere else."""

import inspect
import io
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TextIO

import pytest

from pulumi_preflight.progress import Progress, is_live, shown, waiting
from tests.preflight.builders import GOOD, PACKS, PROGRAM, write_pack, write_project
from tests.terminals import WATCHED, Terminal, screen

COMMAND = str(Path(sys.executable).with_name("preflight"))
DEMO = ("--policy-pack", str(PACKS / "demo"))


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """A terminal of 80 columns."""
    with closing(Terminal()) as made:
        yield made


# The SDK registers while the program waits for nothing; a callback runs after that.
SLOW = f"""{PROGRAM}
import time
jobs = Queue("jobs", fifoQueue=True, redrivePolicy="", tags={{}})
slept = jobs.id.apply(lambda _: time.sleep(1))
Queue("late", fifoQueue=True, redrivePolicy="", tags={{}}, delaySeconds=slept)
print("said by the program")
"""


def test_on_a_terminal_a_line_shows_what_a_run_does_and_is_gone_at_the_end(
    tmp_path: Path, terminal: Terminal
) -> None:
    project = write_project(tmp_path, SLOW)
    status, out = terminal.run(COMMAND, project, "--stack", "dev", *DEMO)
    assert status == 0
    assert out.startswith("shop stack dev: 2 resources, ")
    shown_lines = terminal.written.split("\r")
    assert any(
        line.startswith("shop stack dev: starts the program and 1 pack") for line in shown_lines
    )
    assert any(
        re.match(r"shop stack dev: runs the program, \d registered, \d judged \(\d s\)", line)
        for line in shown_lines
    )
    assert screen(terminal.written) == ["said by the program", ""]


SLOW_PACK = """
import time
from pulumi_policy import PolicyPack, ResourceValidationPolicy
time.sleep(1)
PolicyPack("slow", [ResourceValidationPolicy("looks", "Looks.", lambda args, report: None)])
"""


def test_a_line_shows_that_a_state_is_judged(tmp_path: Path, terminal: Terminal) -> None:
    project, state = write_project(tmp_path, GOOD), str(tmp_path / "state.json")
    saved = subprocess.run(
        [COMMAND, project, "--stack", "dev", "--save-state", state], check=True, capture_output=True
    )
    assert saved.stderr == b""
    pack = str(write_pack(tmp_path / "pack", SLOW_PACK))
    asked = ("--stack", "dev", "--state", state, "--policy-pack", pack)
    status, _ = terminal.run(COMMAND, project, *asked)
    assert (status, "judges what is deployed (0 s)" in terminal.written) == (0, True)
    assert screen(terminal.written) == [""]


def test_what_several_runs_do_is_one_line(tmp_path: Path, terminal: Terminal) -> None:
    for name in ("a", "b"):
        write_project(tmp_path / name, SLOW)
    status, _ = terminal.run(COMMAND, "--recursive", str(tmp_path), "--jobs", "1", *DEMO)
    assert status == 0
    assert "0 of 2 stacks are judged" in terminal.written
    assert "1 of 2 stacks are judged" in terminal.written
    assert [line for line in screen(terminal.written) if "judged" in line] == []


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({"CI": "true"}, id="ci"),
        pytest.param({"CI": "1"}, id="another-ci"),
        pytest.param({"TERM": "dumb"}, id="dumb"),
        pytest.param({"TERM": ""}, id="no-terminal-named"),
        pytest.param({"NO_COLOR": "1"}, id="no-colour"),
    ],
)
def test_where_nobody_watches_a_terminal_gets_nothing(
    tmp_path: Path, terminal: Terminal, variables: dict[str, str]
) -> None:
    project = write_project(tmp_path, GOOD)
    environment = {**WATCHED, **variables}
    if not environment["TERM"]:
        del environment["TERM"]
    status, _ = terminal.run(COMMAND, project, "--stack", "dev", environment=environment)
    assert (status, terminal.written) == (0, "")


def test_a_pipe_gets_nothing(tmp_path: Path) -> None:
    project = write_project(tmp_path, GOOD)
    command = [COMMAND, project, "--stack", "dev"]
    done = subprocess.run(command, check=True, capture_output=True, env=WATCHED)
    assert done.stderr == b""
    assert b"\r" not in done.stdout


def test_an_error_stands_where_the_line_was(tmp_path: Path, terminal: Terminal) -> None:
    project = write_project(tmp_path, "import time; time.sleep(0.5)\nraise ValueError('no')\n")
    status, out = terminal.run(COMMAND, project, "--stack", "dev")
    assert (status, out) == (2, "")
    assert "starts the program" in terminal.written
    [first, *_] = screen(terminal.written)
    assert first.startswith("error: the program raised ValueError: no")


SHOWS = """
import time
from pulumi_preflight.progress import shown
with shown(lambda: "text"):
    time.sleep(0.5)
"""


def painted(terminal: Terminal, text: str) -> str:
    """All that a terminal got of a line with a text."""
    assert terminal.run(sys.executable, "-c", SHOWS.replace('"text"', repr(text)))[0] == 0
    return terminal.written


def test_a_line_is_never_wider_than_the_terminal() -> None:
    with closing(Terminal(columns=30)) as narrow:
        written = painted(narrow, "x" * 200)
    assert {len(line) for line in written.split("\r") if line} == {29}
    assert screen(written) == [""]


def test_wide_characters_take_the_room_that_they_need() -> None:
    with closing(Terminal(columns=31)) as narrow:
        written = painted(narrow, "名" * 40)
    [longest] = {line.rstrip() for line in written.split("\r") if line.strip()}
    assert longest == "名" * 15


def test_nothing_in_a_name_steers_the_terminal(terminal: Terminal) -> None:
    written = painted(terminal, "a\x1b[2J\nb")
    assert "\x1b" not in written
    assert "\n" not in written
    assert "a\\x1b[2J\\nb" in written


# As a shell does with `&`: the process group is not the terminal's.
IN_THE_BACKGROUND = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {SHOWS!r}], process_group=0, check=True)
"""


@pytest.mark.parametrize(
    ("script", "is_shown"),
    [
        pytest.param(SHOWS, True, id="in-the-foreground"),
        pytest.param(IN_THE_BACKGROUND, False, id="in-the-background"),
    ],
)
def test_a_shell_s_terminal_gets_a_line_of_what_is_in_its_foreground(
    terminal: Terminal, script: str, *, is_shown: bool
) -> None:
    assert terminal.run(sys.executable, "-c", script)[0] == 0
    assert ("text" in terminal.written) is is_shown


def test_a_run_is_told_in_words_as_it_goes() -> None:
    progress = Progress()
    told = [str(progress)]
    progress.begins("shop stack dev", 0)
    told.append(str(progress))
    progress.begins("shop stack dev", 2)
    told.append(str(progress))
    progress.counts(lambda: 1)
    progress.registers()
    progress.registers()
    told.append(str(progress))
    progress.judges_the_stack()
    told.append(str(progress))
    assert told == [
        "reads the project",
        "shop stack dev: starts the program",
        "shop stack dev: starts the program and 2 packs",
        "shop stack dev: runs the program, 2 registered, 1 judged",
        "shop stack dev: judges the stack, 2 registered, 1 judged",
    ]


def test_a_closed_stream_is_not_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream: TextIO = io.StringIO()
    stream.close()
    assert [is_live(stream), is_live(None)] == [False, False]


def test_a_terminal_that_has_gone_disturbs_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as stream, shown(lambda: "x", stream):
        os.close(ours)


WAITS = """
import sys, time
from pulumi_preflight.progress import waiting
with waiting(lambda: "waits for it", seconds=0.2, has_own_line={own}) as aside:
    time.sleep(0.5)
    with aside():
        print("in between", file=sys.stderr, flush=True)
    time.sleep(0.5)
"""


def test_in_a_pipe_a_command_says_in_lines_what_it_waits_for() -> None:
    command = [sys.executable, "-c", WAITS.format(own=False)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=WATCHED)
    lines = done.stderr.splitlines()
    between = lines.index("in between")
    told = {re.sub(r"\d", "0", line) for line in (*lines[:between], *lines[between + 1 :])}
    assert told == {"  waits for it (0 s)"}
    assert 0 < between < len(lines) - 1
    assert "\r" not in done.stderr


def test_a_line_is_due_once_nothing_has_been_written_for_so_long() -> None:
    script = """
import sys, time
from pulumi_preflight.progress import waiting
with waiting(lambda: "waits", seconds=60) as aside:
    with aside():
        print("busy", file=sys.stderr, flush=True)
    time.sleep(0.5)
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=WATCHED)
    assert done.stderr == "busy\n"


def test_never_more_than_five_seconds_pass_in_silence() -> None:
    [default] = [
        each.default
        for each in inspect.signature(waiting).parameters.values()
        if each.name == "seconds"
    ]
    assert default < 5


def test_on_a_terminal_other_output_stands_where_the_line_was(terminal: Terminal) -> None:
    assert terminal.run(sys.executable, "-c", WAITS.format(own=False))[0] == 0
    assert "waits for it" in terminal.written
    assert screen(terminal.written) == ["in between", ""]


def test_what_has_a_line_of_its_own_on_a_terminal_gets_no_second_one(terminal: Terminal) -> None:
    assert terminal.run(sys.executable, "-c", WAITS.format(own=True))[0] == 0
    assert screen(terminal.written) == ["in between", ""]
    assert "waits for it" not in terminal.written
