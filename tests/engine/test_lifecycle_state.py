"""The sessions on the state, and the resets, on the real engine."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pulumi_loopback.engine import Engine
from pulumi_loopback.lifecycle import deploy
from pulumi_loopback.state.copies import objection
from tests.engine.lifecycle import YES, Emulator, Project
from tests.engine.page import is_on_the_page

GARBAGE = [
    pytest.param('{"version": 3, "checkpoint": {"sta', id="truncated"),
    pytest.param("\x00\x01not a state", id="garbage"),
    pytest.param("{}", id="empty-object"),
    pytest.param("", id="empty-file"),
]


def saved(project: Project) -> list[Path]:
    return sorted((project.state_file.parents[2] / "saved" / "queues").glob("local.*.json"))


def test_list_names_every_resource(deployed: Project) -> None:
    listed = deployed.run("state:list").stdout.splitlines()
    names = [line.split()[0] for line in listed[:-1]]
    assert sorted(names) == ["dead", "default_7_51_1", "orders", "queues-local"]
    assert listed[-1] == "4 resources"


@pytest.mark.parametrize("content", GARBAGE)
@pytest.mark.parametrize("session", ["up", "refresh", "state:list", "state:repair"])
def test_a_state_that_cannot_be_read_is_one_error_that_names_the_way_back(
    session: str, content: str, project: Project
) -> None:
    project.state_file.parent.mkdir(parents=True)
    project.state_file.write_text(content)
    run = project.run(session)
    assert run.returncode == 2
    (error, hint) = (
        line for line in run.stderr.splitlines() if line.startswith(("error:", "hint:"))
    )
    assert error.startswith("error: the state of stack local cannot be read: ")
    assert str(project.state_file) in error
    assert "`nox -s state:restore`" in hint
    assert project.state_file.read_text() == content


def test_restore_brings_the_newest_good_copy_back(deployed: Project) -> None:
    whole = deployed.state_file.read_text()
    deployed.state_file.write_text(whole[:100])
    restored = deployed.run("state:restore", "--yes")
    assert restored.returncode == 0, restored.stderr
    assert json.loads(deployed.state_file.read_text()) == json.loads(whole)
    assert [copy.read_text() for copy in saved(deployed)] == [whole[:100]]
    deployed.passes("up")
    deployed.assert_whole()


def changed(project: Project, damage: Callable[[list[dict[str, Any]]], object]) -> None:
    """Changes the resources in the state: stack, provider, queue `dead`, queue `orders`."""
    state = json.loads(project.state_file.read_text())
    damage(state["checkpoint"]["latest"]["resources"])
    project.state_file.write_text(json.dumps(state))


DAMAGES = [
    pytest.param(lambda made: made.append(made[-1]), "duplicate resource", id="twice"),
    pytest.param(
        lambda made: made[-1].update(provider=made[-1]["provider"][:-1] + "x"),
        "refers to unknown provider",
        id="unknown provider",
    ),
    pytest.param(
        lambda made: made[-1].update(parent=made[-1]["urn"] + "-gone"),
        "refers to missing parent",
        id="missing parent",
    ),
    pytest.param(
        lambda made: made[-1].update(dependencies=[made[-1]["urn"] + "-gone"]),
        "-gone refers to missing resource",
        id="missing dependency",
    ),
    pytest.param(lambda made: made.reverse(), "refers to unknown provider", id="out of order"),
    pytest.param(
        lambda made: made[-1].update(urn=made[-1]["urn"].replace(":local:", ":dev:")),
        "is from a different stack",
        id="of another stack",
    ),
    pytest.param(lambda made: made[-1].pop("urn"), "missing required 'urn'", id="without a urn"),
    pytest.param(lambda made: made[-1].update(id=""), "has no ID", id="without an id"),
]


@pytest.mark.parametrize(("damage", "why"), DAMAGES)
def test_the_engine_is_asked_whether_it_takes_a_state(
    damage: Callable[[list[dict[str, Any]]], object], why: str, deployed: Project, engine: Engine
) -> None:
    target = deployed.target(engine)
    assert objection(deployed.state_file, target) is None
    changed(deployed, damage)
    assert why in str(objection(deployed.state_file, target))


def test_a_broken_state_is_told_and_the_good_copy_before_it_comes_back(deployed: Project) -> None:
    whole = json.loads(deployed.state_file.read_text())
    changed(deployed, lambda made: made.append(made[-1]))
    for session in ("state:list", "validate", "state:repair"):
        refused = deployed.run(session)
        output = refused.stdout + refused.stderr
        assert refused.returncode == 2, output
        assert "error: the state of stack local is broken" in refused.stderr
        assert "duplicate resource" in refused.stderr
        assert "`nox -s state:restore`" in refused.stderr
        assert "goroutine" not in output
        assert "state.json" not in output
        assert is_on_the_page(refused.stderr)
    for _ in range(2):
        # In the second round, the copies of the first are there too.
        deployed.passes("state:restore", "--yes")
        assert json.loads(deployed.state_file.read_text()) == whole
        changed(deployed, lambda made: made.append(made[-1]))
    listed = deployed.passes("state:list", "--copies")
    assert "5 resources     before repair" in listed
    assert "4 resources     after an operation" in listed


def test_a_state_that_repair_cannot_settle_is_told_with_the_way_back(deployed: Project) -> None:
    changed(deployed, lambda made: made[-2].update(id=""))
    refused = deployed.run("state:repair")
    assert refused.returncode == 2
    assert "and cannot be repaired: resource urn:" in refused.stderr
    assert "`nox -s state:restore`" in refused.stderr
    assert "nothing had to be changed" not in refused.stdout


def test_restore_refuses_what_is_no_state(deployed: Project, tmp_path: Path) -> None:
    (tmp_path / "copy.json").write_text("{")
    before = deployed.state_file.read_text()
    run = deployed.run("state:restore", str(tmp_path / "copy.json"), "--yes")
    assert run.returncode == 2
    assert "error: this is not a state to bring back" in run.stderr
    assert deployed.state_file.read_text() == before


def test_repair_clears_what_was_never_finished_and_says_so(deployed: Project) -> None:
    state = json.loads(deployed.state_file.read_text())
    orders = next(
        each
        for each in state["checkpoint"]["latest"]["resources"]
        if each["urn"].endswith("::orders")
    )
    state["checkpoint"]["latest"]["pending_operations"] = [
        {"resource": {**orders, "urn": orders["urn"] + "-2", "id": ""}, "type": "creating"},
        {"resource": orders, "type": "updating"},
    ]
    deployed.state_file.write_text(json.dumps(state))
    repaired = deployed.passes("state:repair")
    assert "dropped: the unfinished creation of orders-2 (aws:sqs/queue:Queue)" in repaired
    assert "settled: the unfinished updating of orders (aws:sqs/queue:Queue)" in repaired
    assert len(saved(deployed)) == 1
    assert "pending" not in deployed.passes("state:list")
    deployed.assert_whole()


def test_repair_puts_resources_in_order(deployed: Project) -> None:
    state = json.loads(deployed.state_file.read_text())
    state["checkpoint"]["latest"]["resources"].reverse()
    deployed.state_file.write_text(json.dumps(state))
    repaired = deployed.passes("state:repair")
    assert "reordered: every resource stands after those that it depends on" in repaired
    assert deployed.run("up").returncode == 0


def test_repair_of_a_good_state_changes_nothing(deployed: Project) -> None:
    repaired = deployed.passes("state:repair")
    assert repaired.splitlines()[-1] == "nothing had to be changed"


def test_repair_removes_the_lock_of_a_process_that_is_gone(deployed: Project) -> None:
    deployed.lock(pid=2**22 + 1)  # Linux gives no process a higher number than 2**22
    refused = deployed.run("refresh")
    assert refused.returncode == 2
    assert "is locked by process 4194305, which is gone" in refused.stderr
    assert "`nox -s state:repair`" in refused.stderr
    assert deployed.run("state:repair").returncode == 0
    assert deployed.run("refresh").returncode == 0


def test_the_lock_of_a_process_that_works_is_left(deployed: Project) -> None:
    deployed.lock(pid=os.getpid())
    for session in ("refresh", "state:repair", "state:delete"):
        run = deployed.run(session, "--yes")
        assert run.returncode == 2
        assert f"is locked: process {os.getpid()} on" in run.stderr


def test_delete_forgets_the_stack_keeps_a_copy_and_leaves_the_resources(deployed: Project) -> None:
    whole = deployed.state_file.read_text()
    assert deployed.run("state:delete", "--yes").returncode == 0
    assert not deployed.state_file.exists()
    assert [copy.read_text() for copy in saved(deployed)] == [whole]
    assert len(deployed.existing) == 2


def test_after_a_deleted_state_up_makes_nothing_twice_and_restore_brings_it_back(
    deployed: Project,
) -> None:
    deployed.passes("state:delete", "--yes")
    made = deployed.created()
    refused = deployed.run("up")
    assert refused.returncode == 2, refused.stdout
    assert "`nox -s state:restore` brings the state back" in refused.stderr
    assert is_on_the_page(refused.stderr)
    assert deployed.created() == made
    deployed.passes("state:restore", "--yes")
    deployed.assert_whole()


@pytest.mark.parametrize("session", ["destroy", "state:delete", "state:restore"])
def test_what_deletes_asks_first(session: str, deployed: Project) -> None:
    changed(deployed, lambda made: made.pop())  # so that there is a different state to bring back
    before = deployed.state_file.read_text()
    run = deployed.run(session, answer="n\n")
    assert run.returncode == 2
    assert "Go on? [y/N]" in run.stdout
    assert "error: nothing was done" in run.stderr
    assert deployed.state_file.read_text() == before


def test_a_soft_reset_destroys_empties_the_endpoint_and_goes_on(
    deployed: Project, engine: Engine
) -> None:
    emulator = Emulator(deployed)
    assert deploy.reset_softly(deployed.target(engine), emulator, YES) == 0
    assert emulator.done == ["clean", "start"]
    assert deployed.existing == []
    assert deployed.resources() == []


@pytest.mark.parametrize("content", [None, *GARBAGE])
def test_a_hard_reset_starts_anew_whatever_the_state(
    content: str | None, deployed: Project, engine: Engine
) -> None:
    if content is not None:
        deployed.state_file.write_text(content)
    before = deployed.state_file.read_text()
    emulator = Emulator(deployed)
    assert deploy.reset_hard(deployed.target(engine), emulator, YES) == 0
    assert emulator.done == ["clean", "start"]
    assert deployed.resources() == []
    assert before in [copy.read_text() for copy in saved(deployed)]
