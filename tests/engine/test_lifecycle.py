"""The sessions on a stack, on the real engine."""

import re

import pytest

from tests.engine.lifecycle import Project


def test_up_deploys_what_outputs_then_prints(project: Project) -> None:
    project.passes("up")
    project.assert_whole()
    assert project.passes("outputs", "orders").startswith("https://")
    refused = project.run("outputs", "nope")
    assert refused.returncode == 2
    assert refused.stderr.splitlines() == [
        "error: stack local has no output nope",
        "hint: its outputs: orders",
    ]


def test_destroy_leaves_nothing(deployed: Project) -> None:
    deployed.passes("destroy", "--yes")
    assert deployed.resources() == []
    assert deployed.existing == []


def test_a_second_up_changes_nothing(deployed: Project) -> None:
    again = deployed.passes("up")
    assert re.search(r"^3 same, \d+ s$", again.splitlines()[-1])
    deployed.assert_whole()


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
    project.passes("validate")
    assert project.created() == []
    assert project.resources() == []
