"""What runs where: Windows gets one error, and macOS what it has in place of Linux's calls."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops.paths import ROOT
from pulumi_preflight import guard
from pulumi_preflight.cli import PASSED, main
from pulumi_preflight.program.inside import bounds
from tests.preflight.builders import GOOD, write_project
from tests.waiting import wait_until

# The standard library is loaded first: it looks at the platform as well, and finds no Windows.
WINDOWS = """
import argparse, asyncio, json, runpy, shutil, signal, subprocess, sys, tempfile, traceback
sys.platform = "win32"
del signal.SIGHUP
sys.modules["fcntl"] = None
"""


def on_windows(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WINDOWS + code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_preflight_on_windows_is_one_error(tmp_path: Path) -> None:
    write_project(tmp_path, GOOD)
    ran = on_windows(
        "from pulumi_preflight.cli import main\n"
        f"sys.exit(main([{str(tmp_path)!r}, '--stack', 'dev']))\n"
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    error, hint = ran.stderr.splitlines()
    assert error == "error: preflight runs on Linux and macOS, and this is Windows"
    assert hint.startswith("hint: run it in WSL")


def test_a_run_from_python_on_windows_raises_that_error() -> None:
    ran = on_windows(
        "import pulumi_preflight\n"
        "try:\n"
        "    pulumi_preflight.run(print, stack='dev')\n"
        "except pulumi_preflight.PreflightError as error:\n"
        "    print(error)\n"
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "preflight runs on Linux and macOS, and this is Windows\n"


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_preflight_on_windows_tells_of_itself(argument: str) -> None:
    ran = on_windows(f"from pulumi_preflight.cli import main\nsys.exit(main([{argument!r}]))\n")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "preflight" in ran.stdout


@pytest.mark.parametrize(
    "module", ["ops.preview", "ops.endpoint", "ops.lifecycle", "ops.dev", "tools.dist"]
)
def test_a_session_on_windows_is_one_error(module: str) -> None:
    ran = on_windows(f"runpy.run_module({module!r}, run_name='__main__')\n")
    assert (ran.returncode, ran.stdout) == (2, "")
    error, hint = ran.stderr.splitlines()
    assert error == "error: the sessions run on Linux and macOS, and this is Windows"
    assert hint.startswith("hint: run them in WSL")


@pytest.fixture
def without_waitid(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Python on macOS before 3.13."""
    monkeypatch.delattr(os, "waitid")


@pytest.mark.usefixtures("without_waitid")
def test_the_end_of_a_process_is_seen_without_waitid() -> None:
    watched = guard.Guard()
    started = watched.start(
        ["/bin/cat"],
        cwd=Path("/"),
        environment={},
        output=(subprocess.DEVNULL, subprocess.DEVNULL),
        pass_fds=[held := os.pipe()[0]],
    )
    os.close(held)
    wait_until(watched.has_ended)
    assert started.returncode is None
    assert watched.end() == 0
    watched.close()


@pytest.mark.usefixtures("without_waitid")
def test_a_process_that_runs_is_seen_without_waitid() -> None:
    watched = guard.Guard()
    watched.start(
        ["/bin/sleep", "600"],
        cwd=Path("/"),
        environment={},
        output=(subprocess.DEVNULL, subprocess.DEVNULL),
    )
    assert not watched.has_ended()
    watched.close()


@pytest.mark.usefixtures("without_waitid")
def test_a_run_gives_its_verdict_without_waitid(tmp_path: Path) -> None:
    write_project(tmp_path, GOOD)
    assert main([str(tmp_path), "--stack", "dev"]) == PASSED


@pytest.mark.parametrize("has_proc", [True, False], ids=["linux", "macos"])
def test_a_write_below_an_open_folder_is_told_with_its_path(
    has_proc: bool,  # noqa: FBT001 - a case
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not has_proc:
        path = os.fsencode(tmp_path).ljust(bounds._LONGEST_PATH, b"\0")  # noqa: SLF001
        monkeypatch.setattr(fcntl, "F_GETPATH", 50, raising=False)
        monkeypatch.setattr(fcntl, "fcntl", lambda *_: path)
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        assert bounds._opened(descriptor) == str(tmp_path)  # noqa: SLF001
    finally:
        os.close(descriptor)
