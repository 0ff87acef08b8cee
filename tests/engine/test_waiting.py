"""A session that waits for something says for what, on the real engine."""

import re
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ops.paths import ROOT
from pulumi_loopback.engine import Engine
from tests.engine.embedded import PROGRAM, Deployment, shop
from tests.terminals import Terminal, screen

SLOW = f"import time; time.sleep(6)\n{PROGRAM}"
PREFLIGHT = "waits for preflight: the program and the packs run"
ENGINE = "waits for the engine: the program and the packs run"


@pytest.mark.parametrize("watched", [False, True], ids=["in-a-pipe", "on-a-terminal"])
def test_while_a_program_takes_its_time_the_session_is_not_silent(
    tmp_path: Path, engine: Engine, *, watched: bool
) -> None:
    with shop(tmp_path / "shop", engine, SLOW) as made:
        told = on_a_terminal(made) if watched else in_a_pipe(made)
    assert [waited in told for waited in (PREFLIGHT, ENGINE)] == [not watched, True]
    assert ("runs the program" in told or "starts the program" in told) is watched


def in_a_pipe(made: Deployment) -> str:
    ran = made.run("ops.lifecycle", "validate")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "\r" not in ran.stdout + ran.stderr
    assert re.search(rf"^  {ENGINE} \([4-9] s\)$", ran.stderr, re.MULTILINE)
    return ran.stderr


def on_a_terminal(made: Deployment) -> str:
    variables = {**made.variables, "NO_COLOR": "", "CI": "", "TERM": "xterm"}
    command = (sys.executable, "-m", "ops.lifecycle", "validate", "--project", str(made.folder))
    with closing(Terminal()) as terminal:
        status, out = terminal.run(*command, environment=variables, cwd=ROOT)
        assert (status, "\r" in out) == (0, False)
        assert not any("waits for" in line for line in screen(terminal.written))
        return terminal.written
