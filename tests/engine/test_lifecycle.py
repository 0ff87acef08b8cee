"""The sessions on a stack, on the real engine."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.lifecycle import Project, queues, wait_until


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with queues(tmp_path) as made:
        yield made


def test_up_deploys_and_destroy_leaves_nothing(project: Project) -> None:
    up = project.run("up")
    assert up.returncode == 0, up.stdout + up.stderr
    assert project.resources() == ["dead", "orders"]
    shown = project.run("outputs", "orders")
    assert shown.stdout.startswith("https://")

    destroy = project.run("destroy", "--yes")
    assert destroy.returncode == 0, destroy.stdout + destroy.stderr
    assert project.resources() == []


def test_a_second_up_changes_nothing(project: Project) -> None:
    assert project.run("up").returncode == 0
    again = project.run("up")
    assert again.returncode == 0, again.stdout + again.stderr
    assert len(project.created()) == 2
    assert re.search(r"^3 same, \d+ s$", again.stdout.splitlines()[-1])


@pytest.mark.parametrize("judge", ["preflight", "engine"])
@pytest.mark.parametrize(
    ("kind", "rule", "told"),
    [
        pytest.param("resource", "no-orders", "orders is not wanted", id="resource-rule"),
        pytest.param("stack", "no-stack", "this stack is not wanted", id="stack-rule"),
    ],
)
def test_a_mandatory_finding_stops_up_before_anything_is_created(
    kind: str, rule: str, told: str, judge: str, project: Project
) -> None:
    up = project.run("up", TRIPPED=f"{kind}-{judge}")
    assert up.returncode == 1, up.stdout + up.stderr
    assert project.created() == []
    after = up.stdout.partition("Mandatory: 1 finding\n")[2]
    assert rule in after
    assert told in after
    assert ("Preview of queues" in up.stdout) == (judge == "engine")
    assert "Up of queues" not in up.stdout


def test_a_finding_of_the_engine_is_told_with_its_place_and_its_fix(project: Project) -> None:
    up = project.run("up", TRIPPED="resource-engine")
    lines = [line.strip() for line in up.stdout.partition("Mandatory: 1 finding\n")[2].splitlines()]
    assert lines[0] == "no-orders"
    assert re.fullmatch(r".*program/__main__\.py:\d+  orders", lines[1])
    assert lines[2:5] == [
        "orders is not wanted.",
        "Fix: Remove it.",
        "https://example.com/rule",
    ]


def test_validate_changes_nothing(project: Project) -> None:
    validate = project.run("validate")
    assert validate.returncode == 0, validate.stdout + validate.stderr
    assert project.created() == []
    assert project.resources() == []


@pytest.mark.parametrize("phase", ["preflight", "preview", "up"])
def test_ctrl_c_leaves_a_state_that_the_next_up_can_use_and_no_process(
    phase: str, project: Project
) -> None:
    status, output = project.interrupt("up", phase)
    assert status == 130, output
    assert "Traceback" not in output
    wait_until(lambda: not project.processes(), seconds=5)

    up = project.run("up")
    assert up.returncode == 0, up.stdout + up.stderr
    assert project.resources() == ["dead", "orders"]
    assert len(json.loads(project.store.read_text(encoding="utf-8"))) == 2
