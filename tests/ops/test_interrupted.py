"""What a session prints when it ends before it has begun."""

import signal
import subprocess
import sys

import pytest

from ops.paths import ROOT


@pytest.mark.parametrize(
    ("raised", "status", "told"),
    [
        pytest.param("KeyboardInterrupt", -signal.SIGINT, "interrupted\n", id="ctrl-c"),
        pytest.param("ValueError(7)", 1, "ValueError: 7\n", id="a-mistake"),
    ],
)
def test_ctrl_c_while_modules_load_is_no_mistake(raised: str, status: int, told: str) -> None:
    program = f"import ops; raise {raised}"
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (status, "")
    assert ran.stderr.endswith(told)
    assert ("Traceback" in ran.stderr) == (status == 1)
