"""The sessions that look at a stack are there, under the names that the README has."""

import subprocess
import sys

import pytest

from ops.paths import ROOT


@pytest.fixture(scope="module")
def listed() -> set[str]:
    told = subprocess.run(
        [sys.executable, "-m", "nox", "--list", "--script-mode", "none"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {line.split()[1] for line in told.stdout.splitlines() if " -> " in line}


@pytest.mark.parametrize(
    "name",
    [
        "logs:dagster-daemon",
        "logs:dagster-webserver",
        "logs:taskiq-worker",
        "logs:auto-scaler",
        "aws:services",
        "aws:tasks",
        "ecs:status",
        "queue:depth",
    ],
)
def test_a_session_of_that_name_is_there(listed: set[str], name: str) -> None:
    assert name in listed
