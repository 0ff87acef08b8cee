"""Ctrl-C, at any point: the next command can use the state, and no process is left behind."""

import os
import signal
import subprocess

import pytest

from tests.engine.lifecycle import Project
from tests.waiting import LONG, wait_until

IN_THE_PROGRAM = ["preflight", "preview", "up"]


def press(session: subprocess.Popen[str]) -> None:
    """Ctrl-C as a terminal sends it: to every process of the foreground group."""
    os.killpg(session.pid, signal.SIGINT)


def ended(session: subprocess.Popen[str], project: Project) -> str:
    """What an interrupted session printed; neither it nor what it has started is there still."""
    output, _ = session.communicate(timeout=LONG)
    assert session.returncode == 130, output
    assert "Traceback" not in output
    wait_until(lambda: not project.processes())
    return output


@pytest.mark.parametrize("phase", IN_THE_PROGRAM)
def test_once_in_the_program(phase: str, project: Project) -> None:
    with project.held(phase, "up") as session:
        press(session)
        ended(session, project)
    project.hold.release()
    project.passes("up")
    project.assert_whole()


@pytest.mark.parametrize(
    ("command", "moment", "left"),
    [
        pytest.param("up", "create dead", ["dead"], id="up"),
        pytest.param("destroy", "delete orders", ["dead"], id="destroy", marks=pytest.mark.nightly),
        pytest.param(
            "refresh", "read dead", ["dead", "orders"], id="refresh", marks=pytest.mark.nightly
        ),
    ],
)
def test_once_in_the_provider_what_is_under_way_is_done_and_nothing_more(
    command: str,
    moment: str,
    left: list[str],
    request: pytest.FixtureRequest,
) -> None:
    project: Project = request.getfixturevalue("project" if command == "up" else "deployed")
    with project.held(moment, command, "--yes") as session:
        press(session)
        wait_until(project.hold.is_cancelled)
        project.hold.release()
        ended(session, project)
    assert project.resources() == left
    assert len(project.existing) == len(left)
    project.passes("up")
    project.assert_whole()


@pytest.mark.parametrize(
    ("command", "moment"),
    [
        pytest.param("up", "create dead", id="up"),
        pytest.param("destroy", "delete orders", id="destroy", marks=pytest.mark.nightly),
    ],
)
def test_twice_ends_at_once_and_repair_settles_what_was_under_way(
    command: str, moment: str, request: pytest.FixtureRequest
) -> None:
    project: Project = request.getfixturevalue("project" if command == "up" else "deployed")
    with project.held(moment, command, "--yes") as session:
        press(session)
        wait_until(project.hold.is_cancelled)
        press(session)
        ended(session, project)
    project.kill_provider()
    project.hold.release()
    project.start_provider()
    assert [name for _, name in project.pending()] == [moment.split()[1]]
    project.passes("state:repair")
    project.passes("up")
    project.assert_whole()
