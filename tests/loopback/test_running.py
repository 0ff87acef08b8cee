"""The note of the tasks of `nox -s dev`, which runs only once."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ops.paths import ROOT
from pulumi_loopback.errors import CommandError
from pulumi_loopback.observe.deployment import RunningTask, alone, running_in

HOLD = """\
import sys
from pathlib import Path
from pulumi_loopback.observe.deployment import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
TASK = RunningTask(
    service="taskiq-worker",
    task="0123",
    revision="arn:aws:ecs:us-east-1:1:task-definition/worker:2",
    status="RUNNING",
    health="HEALTHY",
    started=datetime(2026, 11, 28, tzinfo=UTC),
)


@contextmanager
def held_by_another(project: Path) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-c", HOLD, str(project)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_what_runs_is_told_while_it_runs(tmp_path: Path) -> None:
    assert running_in(tmp_path) is None
    with alone(tmp_path) as notes:
        assert running_in(tmp_path) == []
        notes.write([TASK])
        assert running_in(tmp_path) == [TASK]
        notes.write([])
        assert running_in(tmp_path) == []
    assert running_in(tmp_path) is None


def test_a_second_one_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with held_by_another(tmp_path):
        with (
            pytest.raises(CommandError, match="runs already on the stack in") as refused,
            alone(tmp_path),
        ):
            pass
        assert "Ctrl-C" in str(refused.value.hint)
        assert running_in(tmp_path) == []


def test_one_that_was_killed_hinders_nobody_and_its_note_says_nothing(tmp_path: Path) -> None:
    with held_by_another(tmp_path) as process:
        process.kill()
        process.wait()
    assert running_in(tmp_path) is None
    with alone(tmp_path):
        assert running_in(tmp_path) == []


def test_its_files_are_the_users_alone(tmp_path: Path) -> None:
    folder = tmp_path / ".dev"
    folder.mkdir(mode=0o755)
    with alone(tmp_path) as notes:
        notes.write([TASK])
    modes = {each.name: each.stat().st_mode & 0o777 for each in folder.iterdir()}
    assert modes == {"lock": 0o600, "tasks.json": 0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"service": "a"}]', '[{"started": 1}]', "1"])
def test_a_damaged_note_is_named(text: str, tmp_path: Path) -> None:
    with alone(tmp_path):
        (tmp_path / ".dev" / "tasks.json").write_text(text)
        with pytest.raises(CommandError, match=r"tasks\.json does not say what"):
            running_in(tmp_path)
