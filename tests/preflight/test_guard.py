"""A run leaves no process and no folder, and never waits for the holder of a pipe."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from pulumi_preflight.cli import NO_VERDICT, PASSED, main
from pulumi_preflight.guard import Guard, Together, how_it_ended
from tests.preflight.builders import GOOD, write_pack, write_project
from tests.waiting import LONG, wait_until

COMMAND = Path(sys.executable).with_name("preflight")
# This is longer than any test here, and far longer than a verdict takes.
TIMEOUT = "600"
HALF = 300
RULE = """
from pulumi_policy import PolicyPack, ResourceValidationPolicy
def look(args, report):
    pass
PolicyPack("looks", [ResourceValidationPolicy("look", "Looks.", look)])
"""
# A process in a session of its own that holds its parent's open files, with or without its mark.
FORKED = """
import os, time
if not os.fork():
    os.setsid()
    time.sleep(3600)
"""
STARTED = """
import os, subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)", {folder!r}],
                 start_new_session=True, close_fds=False)
"""
# Nothing leads to this process any more, so it may stay; the verdict comes all the same.
UNMARKED = """
import pathlib, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"],
                         start_new_session=True, close_fds=False, env={{}}, cwd="/")
pathlib.Path({folder!r}, "unmarked").write_text(str(child.pid))
"""


def held(folder: Path) -> dict[str, str]:
    return {
        "forked": FORKED,
        "started": STARTED.format(folder=str(folder)),
        "unmarked": UNMARKED.format(folder=str(folder)),
    }


@pytest.fixture(autouse=True)
def unmarked(tmp_path: Path) -> Iterator[None]:
    """Ends the process that a test has hidden from the guard."""
    yield
    pid = tmp_path / "unmarked"
    if pid.exists():
        os.kill(int(pid.read_text()), signal.SIGKILL)


def processes_in(folder: Path) -> list[str]:
    """The processes that work in a folder or were started with it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_text(), str((process / "cwd").readlink())
        except OSError:
            continue
        if any(str(folder) in word for word in words):
            found.append(f"{process.name}: {words[0]}")
    return found


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, empty at first."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize("how", ["forked", "started", "unmarked"])
@pytest.mark.parametrize(
    ("ending", "code"),
    [
        pytest.param("", PASSED, id="ends-well"),
        pytest.param("os._exit(3)\n", NO_VERDICT, id="dies"),
    ],
)
def test_a_child_of_the_program_that_holds_its_socket_is_not_waited_for(
    tmp_path: Path, temporary: Path, how: str, ending: str, code: int
) -> None:
    source = f"{held(tmp_path)[how]}\nimport os\n{GOOD}\n{ending}"
    project = write_project(tmp_path / "project", source)
    began = time.monotonic()
    assert main([project, "--stack", "dev", "--timeout", TIMEOUT]) == code
    assert time.monotonic() - began < HALF
    assert list(temporary.iterdir()) == []
    assert processes_in(tmp_path) == []


def test_a_program_that_hangs_where_it_can_answer_nothing_is_given_up(tmp_path: Path) -> None:
    stop = f"{GOOD}\nimport os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n"
    project = write_project(tmp_path, stop)
    began = time.monotonic()
    assert main([project, "--stack", "dev", "--timeout", "4"]) == NO_VERDICT
    assert time.monotonic() - began < HALF
    assert processes_in(tmp_path) == []


@pytest.mark.parametrize("how", ["forked", "started", "unmarked"])
@pytest.mark.parametrize(
    ("pack", "code"),
    [
        pytest.param(RULE, PASSED, id="judges"),
        pytest.param("raise ValueError\n", NO_VERDICT, id="does-not-boot"),
    ],
)
def test_a_child_of_a_pack_that_holds_its_pipes_is_not_waited_for(
    tmp_path: Path, how: str, pack: str, code: int
) -> None:
    project = write_project(tmp_path / "project", GOOD)
    folder = write_pack(tmp_path / "pack", f"{held(tmp_path)[how]}\n{pack}")
    arguments = [project, "--stack", "dev", "--policy-pack", str(folder), "--timeout", TIMEOUT]
    began = time.monotonic()
    assert main(arguments) == code
    assert time.monotonic() - began < HALF
    assert processes_in(tmp_path) == []


ENDLESS = """
import pathlib, time
pathlib.Path("started").touch()
while True:
    time.sleep(9)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_at_any_moment_leaves_no_process_and_no_folder(
    tmp_path: Path, temporary: Path, number: signal.Signals
) -> None:
    project = write_project(
        tmp_path / "project", f"{STARTED.format(folder=str(tmp_path))}{ENDLESS}"
    )
    pack = write_pack(tmp_path / "pack", f"{STARTED.format(folder=str(tmp_path))}{ENDLESS}")
    command = [str(COMMAND), project, "--stack", "dev", "--policy-pack", str(pack)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        wait_until((tmp_path / "project" / "started").exists)
        wait_until((tmp_path / "pack" / "started").exists)
        assert list(temporary.iterdir()) != []
        process.send_signal(number)
        out, error = process.communicate(timeout=LONG)
    assert (out, b"Traceback" in error) == (b"", False)
    assert process.returncode in (-signal.SIGKILL, 128 + number)
    wait_until(lambda: not processes_in(tmp_path), "the processes are gone")
    wait_until(lambda: not list(temporary.iterdir()), "the folder is gone")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param(0, "exit code 0", id="well"),
        pytest.param(139, "exit code 139", id="as-a-shell-says-it"),
        pytest.param(-11, "signal 11, SIGSEGV", id="signal"),
        pytest.param(-64, "signal 64, SIGRTMAX", id="signal-of-real-time"),
        pytest.param(-63, "signal 63", id="signal-without-a-name"),
    ],
)
def test_the_end_of_a_process_is_told_in_words(code: int, words: str) -> None:
    assert how_it_ended(code) == words


def sleeper(guard: Guard) -> "subprocess.Popen[bytes]":
    return guard.start(
        ["/bin/sleep", TIMEOUT],
        cwd=Path("/"),
        environment={},
        output=(subprocess.DEVNULL, subprocess.DEVNULL),
    )


def test_the_processes_of_several_guards_are_killed_together() -> None:
    together = Together()
    with together.entered(), closing(Guard()) as one, closing(Guard()) as other:
        sleeper(one)
        sleeper(other)
        together.kill()
        assert (one.has_ended(LONG), other.has_ended(LONG)) == (True, True)


def test_what_starts_after_the_others_were_killed_is_killed_too() -> None:
    together = Together()
    together.kill()
    with together.entered(), closing(Guard()) as guard:
        sleeper(guard)
        assert guard.has_ended(LONG)


def test_a_guard_of_another_thread_goes_on() -> None:
    together = Together()
    with together.entered(), ThreadPoolExecutor(1) as thread:
        made = thread.submit(Guard).result()
    with closing(made) as guard:
        sleeper(guard)
        together.kill()
        assert not guard.has_ended()


def test_a_guard_that_is_closed_is_killed_no_more() -> None:
    together = Together()
    with together.entered(), closing(Guard()) as guard:
        sleeper(guard)
    together.kill()
    assert guard.end() == -signal.SIGKILL
