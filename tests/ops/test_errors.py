"""The end of a command that cannot be carried out: exit code 2, one message, no traceback."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ops.errors import CommandError, carried_out
from ops.paths import ROOT

SESSIONS = sorted(set(re.findall(r'"-m", "(ops\.[\w.]+)"', (ROOT / "noxfile.py").read_text())))


def raising(error: Exception) -> int:
    raise error


def run(*arguments: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=ROOT, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False
    )


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


@pytest.mark.parametrize("module", SESSIONS)
def test_every_session_ends_in_the_same_way(module: str) -> None:
    path = ROOT / module.replace(".", "/")
    file = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
    assert "\n    exit_with(" in file.read_text()


def test_output_that_nobody_can_keep_is_one_message() -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        ran = run("-m", "ops.endpoint", "status", stdout=full)
    finally:
        os.close(full)
    assert (ran.returncode, ran.stderr) == (2, "error: No space left on device\n")


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / ".endpoint").write_text("")
    ran = run("-m", "ops.endpoint", "start", "--project", str(tmp_path))
    assert (ran.returncode, ran.stderr) == (2, f"error: {tmp_path / '.endpoint'}: File exists\n")
