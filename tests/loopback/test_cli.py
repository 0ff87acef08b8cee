"""The command before it has begun: one error where it cannot run."""

import subprocess
import sys

import pytest

RUN = "\nfrom pulumi_loopback.cli import main\nsys.argv = ['pulumi-loopback', 'up']\nmain()\n"


@pytest.mark.parametrize(
    ("machine", "error", "hint"),
    [
        pytest.param(
            "import io, importlib.util, sys, typing; sys.platform = 'win32'; "
            "sys.modules['fcntl'] = None",
            "error: pulumi-loopback runs on Linux and macOS, and this is Windows",
            "hint: run it in WSL",
            id="Windows",
        ),
        pytest.param(
            "import sys; sys.modules['moto'] = None",
            "error: what pulumi-loopback needs is not installed",
            "hint: pip install pulumi-loopback",
            id="the project without its extra",
        ),
    ],
)
def test_a_machine_on_which_it_cannot_run_is_one_error(machine: str, error: str, hint: str) -> None:
    command = [sys.executable, "-c", machine + RUN]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    first, second = ran.stderr.splitlines()
    assert first == error
    assert second.startswith(hint)
