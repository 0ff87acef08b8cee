"""Recovery drills: what goes wrong with a stack, what is said, and the way back to a good one."""

import os
import shutil
import signal
import socket

import pytest

from pulumi_loopback.engine import Engine
from pulumi_loopback.engine.operation import operate
from pulumi_loopback.lifecycle import deploy
from pulumi_preflight.project.stack_config import PASSPHRASE
from tests.engine.lifecycle import YES, Emulator, Project
from tests.engine.page import is_on_the_page
from tests.waiting import LONG, wait_until


def test_what_vanished_is_found_by_refresh_and_made_again_by_up(deployed: Project) -> None:
    deployed.forget("orders")
    refreshed = deployed.passes("refresh")
    assert "-  orders  aws:sqs/queue:Queue  (is gone)" in refreshed
    assert deployed.resources() == ["dead"]
    deployed.passes("up")
    deployed.assert_whole()


def test_a_provider_that_died_before_it_created_leaves_nothing_behind(project: Project) -> None:
    with project.held("create dead", "up") as session:
        project.kill_provider()
        output, _ = session.communicate(timeout=LONG)
    assert session.returncode == 1, output
    assert "Traceback" not in output
    project.hold.release()
    project.start_provider()
    project.passes("state:repair")
    project.passes("up")
    project.assert_whole()


def test_what_was_made_and_not_noted_is_named_for_the_user_to_delete(project: Project) -> None:
    with project.held("created dead", "up") as session:
        os.kill(project.engine_pid(), signal.SIGKILL)
        session.communicate(timeout=LONG)
    # As it is once its owner has unlocked the stack by hand.
    shutil.rmtree(project.state_file.parents[2] / "locks")
    project.kill_provider()
    project.hold.release()
    project.start_provider()
    assert project.pending() == [("creating", "dead")]
    made = project.created()
    for command in ("validate", "up"):
        refused = project.run(command)
        assert refused.returncode == 2, refused.stdout + refused.stderr
        assert is_on_the_page(refused.stderr)
    assert project.created() == made
    assert "dropped: the unfinished creation of dead" in project.passes("state:repair")
    assert [each.urn.split("::")[-1] for each in project.existing] == ["dead"]
    project.forget("dead")
    project.passes("up")
    project.assert_whole()


def test_a_killed_engine_leaves_a_lock_that_repair_removes(project: Project) -> None:
    with project.held("create dead", "up") as session:
        pid = project.engine_pid()
        os.kill(pid, signal.SIGKILL)
        output, _ = session.communicate(timeout=LONG)
        wait_until(lambda: not project.processes())
    assert session.returncode == 2, output
    assert output.endswith(
        "error: the engine was killed (SIGKILL)\n"
        "hint: `nox -s state:repair` settles what was under way\n"
    )
    assert is_on_the_page(output)
    project.kill_provider()
    project.hold.release()
    project.start_provider()
    refused = project.run("refresh")
    assert refused.returncode == 2
    assert refused.stderr == (
        f"error: stack local is locked by process {pid}, which is gone\n"
        "hint: `nox -s state:repair` unlocks and repairs it\n"
    )
    assert is_on_the_page(refused.stderr)
    repaired = project.passes("state:repair")
    assert "unlocked: the command that held the stack is gone" in repaired
    assert "dropped: the unfinished creation of dead (aws:sqs/queue:Queue)" in repaired
    project.passes("up")
    project.assert_whole()


def test_a_second_command_waits_for_its_turn(deployed: Project) -> None:
    with deployed.held("read dead", "refresh") as session:
        pid = deployed.engine_pid()
        for command in ("refresh", "state:repair"):
            refused = deployed.run(command)
            assert refused.returncode == 2
            assert refused.stderr.startswith(
                f"error: stack local is locked: process {pid} on {socket.gethostname()} works on it"
            )
        deployed.hold.release()
        output, _ = session.communicate(timeout=LONG)
    assert session.returncode == 0, output
    deployed.passes("up")
    deployed.assert_whole()


def test_a_lock_of_another_machine_goes_when_the_user_says_so(deployed: Project) -> None:
    deployed.lock(pid=1, host="another-machine")
    refused = deployed.run("refresh")
    assert refused.returncode == 2
    assert "process 1 on another-machine works on it" in refused.stderr
    assert "`nox -s state:repair -- --unlock`" in refused.stderr
    assert is_on_the_page(refused.stderr)
    assert "unlocked" in deployed.passes("state:repair", "--unlock")
    deployed.passes("up")
    deployed.assert_whole()


@pytest.mark.parametrize("command", ["up", "refresh", "state:repair"])
def test_a_wrong_passphrase_is_one_error_that_names_the_variable(
    command: str, deployed: Project
) -> None:
    before = deployed.state_file.read_text()
    refused = deployed.run(command, **{PASSPHRASE: "wrong"})
    assert refused.returncode == 2, refused.stdout + refused.stderr
    assert refused.stderr.startswith(
        "error: PULUMI_CONFIG_PASSPHRASE is not the passphrase that stack local was made with\n"
        "hint: set it to that one"
    )
    assert is_on_the_page(refused.stderr)
    assert "incorrect passphrase" not in refused.stdout
    assert deployed.state_file.read_text() == before


def test_after_a_hard_reset_up_deploys_everything_anew(deployed: Project, engine: Engine) -> None:
    deployed.state_file.write_text("\x00not a state")
    assert is_on_the_page(deployed.run("refresh").stderr)
    assert deploy.reset_hard(deployed.target(engine), Emulator(deployed), YES) == 0
    deployed.passes("up")
    deployed.assert_whole()


def test_a_duplicate_urn_is_told_with_both_lines_and_once_by_the_engine(
    project: Project, engine: Engine, capfd: pytest.CaptureFixture[str]
) -> None:
    program = project.folder / "__main__.py"
    good = program.read_text()
    program.write_text(f'{good}\naws.sqs.Queue("dead")\n')
    (first,) = (
        number
        for number, line in enumerate(good.splitlines(), start=1)
        if line.startswith("dead = ")
    )
    refused = project.run("up")
    assert refused.returncode == 1
    second = len(good.splitlines()) + 2
    assert f"__main__.py:{first} and" in " ".join(refused.stdout.split())
    assert f"__main__.py:{second};" in " ".join(refused.stdout.split())
    assert is_on_the_page(refused.stdout)
    assert project.created() == []

    project.passes("state:init")
    assert not operate("preview", project.target(engine)).succeeded
    told = capfd.readouterr()
    assert told.out.count("Duplicate resource URN") == 1
    assert is_on_the_page(told.out)
    assert "Traceback" not in told.out + told.err

    program.write_text(good)
    project.passes("up")
    project.assert_whole()
