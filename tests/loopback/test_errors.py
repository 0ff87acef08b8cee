"""The end of a command that cannot be carried out: exit code 2, one message, no traceback."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ops.paths import ROOT
from pulumi_loopback.errors import CommandError, carried_out
from tests.waiting import LONG


def raising(error: Exception) -> int:
    raise error


# A session that is busy with a temporary folder, as the judge of a copy is.
BUSY = """
import signal, sys, time
from tempfile import TemporaryDirectory
from pulumi_loopback.errors import exit_with
from pulumi_preflight.startup import ending_on_signals

def work():
    with ending_on_signals():
        pass
    with TemporaryDirectory(dir=sys.argv[1]):
        print("busy", flush=True)
        sys.stdin.read()
    return 0

if len(sys.argv) > 2:
    signal.signal(signal.Signals(int(sys.argv[2])), signal.SIG_IGN)
exit_with(work)
"""


def busy(*arguments: str | Path) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", BUSY, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        pytest.param(CommandError("no", hint="yes"), "error: no\nhint: yes\n", id="our own"),
        pytest.param(
            OSError(28, "No space left on device", "/a/file"),
            "error: /a/file: No space left on device\n",
            id="full disk",
        ),
        pytest.param(
            PermissionError(13, "Permission denied", b"/a/file"),
            "error: /a/file: Permission denied\n",
            id="not allowed",
        ),
        pytest.param(
            FileNotFoundError(2, "No such file", Path("/a/file")),
            "error: /a/file: No such file\n",
            id="a path",
        ),
        pytest.param(
            OSError(28, "No space left on device"), "error: No space left on device\n", id="no file"
        ),
        pytest.param(TimeoutError("timed out"), "error: timed out\n", id="without a number"),
    ],
)
def test_what_the_machine_refuses_is_one_message(
    error: Exception, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert carried_out(lambda: raising(error)) == 2
    assert capsys.readouterr().err == told


def test_a_mistake_of_ours_is_no_refusal() -> None:
    with pytest.raises(ValueError, match="seven"):
        carried_out(lambda: raising(ValueError("seven")))


@pytest.mark.parametrize(
    ("number", "status"),
    [
        pytest.param(signal.SIGTERM, 143, id="sigterm"),
        pytest.param(signal.SIGHUP, 129, id="sighup"),
    ],
)
def test_a_signal_unwinds_what_a_session_has_begun(
    number: signal.Signals, status: int, tmp_path: Path
) -> None:
    with busy(tmp_path) as session:
        assert session.stdout is not None
        assert session.stdout.readline() == "busy\n"
        session.send_signal(number)
        _, told = session.communicate(timeout=LONG)
    assert (session.returncode, told) == (status, "terminated\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_is_ignored_ends_no_session(number: signal.Signals, tmp_path: Path) -> None:
    with busy(tmp_path, str(int(number))) as session:
        assert session.stdout is not None
        assert session.stdout.readline() == "busy\n"
        session.send_signal(number)
        _, told = session.communicate("", timeout=LONG)
    assert (session.returncode, told) == (0, "")
