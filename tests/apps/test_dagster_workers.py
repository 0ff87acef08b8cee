"""Workers alone, with a queue that delivers twice, a database that goes away, and poison."""

import json
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from pulumi_loopback.dev.environments import Container
from pulumi_loopback.dev.processes import Running
from tests.apps.dagster_runs import SHORT, SLOTS, Dagster, dagster, executions
from tests.waiting import wait_until
from tools.bench_apps import DEAD_LETTER_QUEUE, START_SECONDS

pytestmark = pytest.mark.xdist_group("dagster-workers")
ENDS_AT_ONCE = ["--help"]
"""Arguments of `dagster api execute_step` with which it has nothing to do."""


@pytest.fixture(scope="module")
def system(dagster_containers: dict[str, Container]) -> Iterator[Dagster]:
    """Queue and database."""
    with dagster(dagster_containers) as made:
        yield made


@pytest.fixture(scope="module")
def workers(system: Dagster) -> list[Running]:
    """Two workers."""
    started = [system.system.start("worker", SHORT) for _ in range(2)]
    for worker in started:
        worker.wait_until_healthy(START_SECONDS)
    return started


def announce(system: Dagster, count: int) -> list[str]:
    """Writes what the executor writes before it enqueues a step; gives the keys."""
    keys = [uuid4().hex for _ in range(count)]
    rows = ", ".join(f"('{key}', '{key}')" for key in keys)
    system.system.postgres.query(f"INSERT INTO taskiq_step (key, label) VALUES {rows}")  # noqa: S608 - keys of our own
    return keys


def task(key: str, name: str = "dagster.execute_step") -> str:
    """A message as TaskIQ writes it."""
    arguments = [key, ENDS_AT_ONCE]
    return json.dumps(
        {"task_id": key, "task_name": name, "labels": {}, "args": arguments, "kwargs": {}}
    )


def ended(system: Dagster, keys: list[str]) -> int:
    """How many of the steps have ended well."""
    listed = ", ".join(f"'{key}'" for key in keys)
    return int(
        system.system.postgres.query(
            f"SELECT count(*) FROM taskiq_step WHERE exit_code = 0 AND key IN ({listed})"  # noqa: S608 - keys of our own
        )
    )


def test_steps_delivered_three_times_run_once_and_no_worker_takes_more_than_it_can_execute(
    system: Dagster, workers: list[Running]
) -> None:
    keys = announce(system, 100)
    in_flight = []
    for key in keys:
        system.send({f"{key}-{delivery}": task(key) for delivery in range(3)})
        in_flight.append(system.messages()[1])

    def is_empty() -> bool:
        visible, taken = system.messages()
        in_flight.append(taken)
        return visible + taken == 0

    wait_until(is_empty, "an empty queue", 240)
    ran = [key for key in executions(workers) if key in keys]
    assert sorted(ran) == sorted(keys)
    assert ended(system, keys) == len(keys)
    assert 0 < max(in_flight) <= SLOTS * len(workers)


def test_messages_that_arrive_while_the_database_is_down_are_executed_once_it_is_back(
    system: Dagster, workers: list[Running]
) -> None:
    keys = announce(system, 6)
    system.system.postgres.stop()
    system.send({key: task(key) for key in keys})
    stopped = time.monotonic()
    wait_until(lambda: any("does not answer" in w.printed() for w in workers), "a try in vain")
    assert all(worker.is_healthy() for worker in workers), "an outage is no reason for a restart"
    time.sleep(max(0, 20 - (time.monotonic() - stopped)))
    system.system.postgres.start()
    wait_until(lambda: ended(system, keys) == len(keys), "all steps")
    assert sorted(key for key in executions(workers) if key in keys) == sorted(keys)


def test_what_no_worker_can_execute_ends_in_the_dead_letter_queue_and_is_named_in_the_log(
    system: Dagster, workers: list[Running]
) -> None:
    bodies = {"garbage": "no task", "of-a-newer-release": task("x", "a.task")}
    system.send(bodies)
    wait_until(lambda: system.messages(DEAD_LETTER_QUEUE)[0] == len(bodies), "dead letters")
    told = "".join(worker.printed() for worker in workers)
    assert "is left for the dead-letter queue: it is no task" in told
    assert "is left for the dead-letter queue: there is no task a.task" in told


def test_a_worker_whose_password_the_database_refuses_is_unhealthy(system: Dagster) -> None:
    wrong = SHORT | {"POSTGRES_PASSWORD": "of last week"}
    worker = system.system.start("worker", wrong)
    wait_until(lambda: "password authentication failed" in worker.printed(), "a refusal")
    assert not worker.is_healthy()
    assert worker.process.poll() is None
    worker.kill()
