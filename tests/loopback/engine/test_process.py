"""How the engine is run: its output, its exit code, and Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ops.paths import ROOT
from pulumi_loopback.engine.operation import run
from tests.waiting import LONG, wait_until

# Runs the command that it gets as the sessions run the engine.
SESSION = """
import os, pathlib, sys
from pulumi_loopback.engine.operation import run

def heard(line):
    print(line)

try:
    run(sys.argv[1:], cwd=pathlib.Path.cwd(), environment=os.environ, on_line=heard)
except KeyboardInterrupt:
    print("interrupted")
"""
# Another thread gets the signals, so none wakes the main thread, which carries them out: just as
# with one that arrives in the moment before the main thread begins to wait.
UNWOKEN = SESSION.replace(
    "def heard(line):",
    """
import signal, threading
threading.Thread(target=signal.pause, daemon=True).start()

def heard(line):
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
""",
)
# Ends a moment after it has been interrupted so many times.
PATIENT = """
import signal, sys, time
arrived = []

def arrive(*_):
    arrived.append(1)
    print("SIGINT", flush=True)

signal.signal(signal.SIGINT, arrive)
print("ready", flush=True)
while len(arrived) < int(sys.argv[1]):
    time.sleep(0.05)
time.sleep(0.5)
print("done", flush=True)
"""


def lines_of(program: str, *, with_errors: bool) -> tuple[int, list[str]]:
    lines: list[str] = []
    status = run(
        [sys.executable, "-c", program],
        cwd=Path.cwd(),
        environment=os.environ,
        on_line=lines.append,
        with_errors=with_errors,
    )
    return status, [line.strip() for line in lines]


def test_lines_and_exit_code_are_the_commands() -> None:
    program = "import sys; print('one'); print('two'); sys.exit(7)"
    assert lines_of(program, with_errors=False) == (7, ["one", "two"])


@pytest.mark.parametrize(("with_errors", "lines"), [(True, ["told"]), (False, [])])
def test_errors_are_among_the_lines_where_they_are_wanted(
    *, with_errors: bool, lines: list[str]
) -> None:
    program = "import sys; sys.stderr.write('told')"
    assert lines_of(program, with_errors=with_errors) == (0, lines)


def test_a_killed_command_gives_minus_the_signal() -> None:
    program = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert lines_of(program, with_errors=False) == (-signal.SIGKILL, [])


def test_what_is_no_text_is_a_line_all_the_same() -> None:
    program = "import sys; sys.stdout.buffer.write(b'caf\\xe9\\n')"
    assert lines_of(program, with_errors=False) == (0, ["caf\N{REPLACEMENT CHARACTER}"])


def test_what_the_caller_raises_reaches_it_once_the_command_has_ended_well(tmp_path: Path) -> None:
    done = tmp_path / "done"

    def refuse(line: str) -> None:
        raise ValueError(line)

    program = f"{PATIENT}import pathlib; pathlib.Path({str(done)!r}).touch()"
    with pytest.raises(ValueError, match="ready"):
        run(
            [sys.executable, "-c", program, "1"],
            cwd=tmp_path,
            environment=os.environ,
            on_line=refuse,
        )
    assert done.exists()


def interrupted(
    times: int,
    *,
    ends_after: int,
    session: str = SESSION,
    number: signal.Signals = signal.SIGINT,
) -> tuple[str, float]:
    """Sends a session the signal so many times; gives its output and duration."""
    patient = [sys.executable, "-c", PATIENT, str(ends_after)]
    command = [sys.executable, "-u", "-c", session, *patient]
    begun = time.monotonic()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        output = process.stdout.readline()
        for _ in range(times):
            process.send_signal(number)
            while not output.endswith("SIGINT\n"):
                line = process.stdout.readline()
                assert line, output
                output += line
            output += process.stdout.readline()  # `print` ends the line once more
        output += process.stdout.read()
    return output, time.monotonic() - begun


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_reaches_the_command_once_and_its_end_is_awaited(
    number: signal.Signals,
) -> None:
    output, _ = interrupted(1, ends_after=1, number=number)
    assert output.split() == ["ready", "SIGINT", "done", "interrupted"]


@pytest.mark.parametrize("session", [SESSION, UNWOKEN], ids=["woken", "unwoken"])
def test_a_command_that_does_not_end_after_two_interrupts_is_killed(session: str) -> None:
    output, seconds = interrupted(2, ends_after=3, session=session)
    assert output.split() == ["ready", "SIGINT", "SIGINT", "interrupted"]
    assert seconds < LONG / 2


# Its terminal closes: the signal comes, and what is printed fails.
CLOSING = SESSION.replace(
    "    print(line)",
    """
    import signal
    print(line, flush=True)
    os.kill(os.getpid(), signal.SIGHUP)
    raise OSError(5, "Input/output error")
""",
).replace("except KeyboardInterrupt", "except OSError")


def test_a_terminal_that_closes_interrupts_the_command_once() -> None:
    patient = [sys.executable, "-c", PATIENT + "\nopen(sys.argv[2], 'w').write(str(arrived))", "1"]
    ran = subprocess.run(
        [sys.executable, "-u", "-c", CLOSING, *patient, "/dev/stderr"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == ["ready", "interrupted"]
    assert ran.stderr.endswith("[1]")


# Prints more than a pipe holds once it has been interrupted, and says in a file that it ended well.
LASTING = """
import pathlib, signal, sys, time

def arrive(*_):
    for _ in range(20_000):
        print("much", flush=True)
    pathlib.Path(sys.argv[1], "saved").touch()
    sys.exit()

signal.signal(signal.SIGINT, arrive)
print("ready", flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize(
    "heard",
    [
        pytest.param(", on_line=heard", id="read-by-the-session"),
        pytest.param("", id="to-where-the-session-prints"),
    ],
)
def test_an_engine_whose_session_is_killed_is_interrupted_and_may_print_on(
    heard: str, tmp_path: Path
) -> None:
    with (tmp_path / "printed").open("wb") as printed:
        session = subprocess.Popen(
            [
                *(sys.executable, "-c", SESSION.replace(", on_line=heard", heard)),
                *(sys.executable, "-c", LASTING, tmp_path),
            ],
            cwd=ROOT,
            stdout=printed,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        wait_until((tmp_path / "printed").read_bytes)
        session.kill()
        session.wait()
        wait_until((tmp_path / "saved").exists)
