"""What the sessions that look at a stack print, on an endpoint that holds known things."""

import re

import pytest

from tests.loopback.observe.deployed import Deployed


def cells(text: str) -> list[list[str]]:
    """The rows of a table, head first."""
    return [re.split(r" {2,}", line.strip()) for line in text.splitlines() if " " in line.strip()]


def test_services_are_listed_by_the_names_that_people_use(stack: Deployed) -> None:
    told = stack.run("aws:services")

    assert cells(told.stdout) == [
        ["service", "status", "desired", "running", "pending", "rollout", "revision"],
        ["by-hand", "ACTIVE", "0", "0", "0", "COMPLETED", "1"],
        ["dagster-daemon", "ACTIVE", "1", "0", "1", "IN_PROGRESS", "1"],
        ["taskiq-worker", "ACTIVE", "3", "0", "3", "IN_PROGRESS", "1"],
    ]


def test_tasks_name_their_service(stack: Deployed) -> None:
    (task,) = stack.rows("aws:tasks")["tasks"]

    assert task["service"] == "dagster-daemon"
    assert re.fullmatch(r"[0-9a-f-]{32,36}", task["task"])


def test_status_of_a_service_has_its_tasks_and_no_others(stack: Deployed) -> None:
    of_daemon = stack.rows("ecs:status", "dagster-daemon")
    of_worker = stack.rows("ecs:status", "taskiq-worker")

    assert [row["desired"] for row in of_daemon["services"]] == [1]
    assert [row["service"] for row in of_daemon["tasks"]] == ["dagster-daemon"]
    assert of_worker["tasks"] == []


def test_a_service_is_known_by_its_name_in_ecs_as_well(stack: Deployed) -> None:
    told = stack.rows("ecs:status", "orders-worker-local")

    assert [row["service"] for row in told["services"]] == ["taskiq-worker"]


def test_a_service_without_tasks_says_so(stack: Deployed) -> None:
    assert "No task runs." in stack.run("ecs:status", "taskiq-worker").stdout


def test_depth_counts_what_waits_what_is_in_flight_and_dead_letters(stack: Deployed) -> None:
    told = stack.run("queue:depth")

    assert cells(told.stdout)[:2] == [
        ["queue", "visible", "in flight", "delayed", "dead", "oldest"],
        ["steps", "3", "2", "1", "4", "-"],
    ]


def test_an_age_that_cloudwatch_does_not_have_is_null_in_json(stack: Deployed) -> None:
    assert stack.rows("queue:depth")["queues"][0]["oldest"] is None


@pytest.mark.parametrize("command", ["aws:services", "aws:tasks", "queue:depth"])
def test_a_table_fits_eighty_columns(stack: Deployed, command: str) -> None:
    lines = stack.run(command).stdout.splitlines()

    assert max(map(len, lines)) <= 80
