"""Runs, launched as a user does in the web server, on two workers, all as the stack starts them."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest

from ops.dev.environments import Container
from ops.dev.processes import Running
from ops.dev.system import START_SECONDS
from tests.apps.dagster_runs import SHORT, VISIBILITY_TIMEOUT, Dagster, dagster, executions, owner
from tests.apps.waiting import wait_until

pytestmark = pytest.mark.xdist_group("dagster-runs")


@dataclass
class Fleet:
    """The system with its services and the workers that still run."""

    dagster: Dagster
    services: dict[str, Running]
    workers: list[Running]

    def add_worker(self) -> None:
        """Starts another worker."""
        worker = self.dagster.system.start("worker", SHORT)
        worker.wait_until_healthy(START_SECONDS)
        self.workers.append(worker)


@pytest.fixture(scope="module")
def fleet(dagster_containers: dict[str, Container]) -> Iterator[Fleet]:
    """Everything, healthy, with two workers."""
    with dagster(dagster_containers) as made:
        services = made.system.start_all(SHORT)
        started = Fleet(made, services, [services.pop("worker")])
        started.add_worker()
        yield started


def process_exists(pid: int) -> bool:
    """Whether there is such a process."""
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_every_command_of_the_stack_passes_its_health_check(fleet: Fleet) -> None:
    running = [*fleet.services.values(), *fleet.workers]
    assert {process.container.name for process in running} == {
        "code-server",
        "daemon",
        "webserver",
        "worker",
    }
    assert all(process.is_healthy() for process in running)


def test_a_fan_out_runs_on_several_workers_with_data_and_logs_in_the_bucket(fleet: Fleet) -> None:
    run_id = fleet.dagster.launch("primes", {"split_range": {"limit": 60_000, "parts": 10}})
    fleet.dagster.wait_for(run_id, "SUCCESS")
    claims = fleet.dagster.claims(run_id)
    assert set(claims) == {
        "split_range:0",
        *(f"count_primes[part_{part}]:0" for part in range(10)),
        "add_up:0",
    }
    assert len(set(claims.values())) > 1
    assert len(fleet.dagster.keys(f"dagster/storage/{run_id}")) == 21
    assert len(fleet.dagster.keys(f"compute-logs/storage/{run_id}")) >= 2 * len(claims)


def test_a_step_whose_worker_is_killed_is_retried_by_another(fleet: Fleet) -> None:
    run_id = fleet.dagster.launch("waiting", {"wait": {"seconds": 6}})
    first = fleet.dagster.wait_for_claim(run_id, "wait:0")
    lost = owner(first, fleet.workers)
    wait_until(lambda: "waiting 6 s" in lost.printed(), "the step in the middle of its work")
    lost.kill()
    fleet.workers.remove(lost)
    fleet.dagster.wait_for(run_id, "SUCCESS")
    claims = fleet.dagster.claims(run_id)
    assert set(claims) == {"wait:0", "wait:1"}
    assert claims["wait:1"] != first
    fleet.add_worker()


def test_a_step_longer_than_the_visibility_timeout_runs_once(fleet: Fleet) -> None:
    before = executions(fleet.workers)
    run_id = fleet.dagster.launch("waiting", {"wait": {"seconds": VISIBILITY_TIMEOUT * 2.5}})
    fleet.dagster.wait_for(run_id, "SUCCESS")
    (key,) = [key for key in executions(fleet.workers) if key not in before]
    assert not any(f"step {key} is dropped" in worker.printed() for worker in fleet.workers)
    wait_until(lambda: fleet.dagster.messages() == (0, 0), "an empty queue")


def test_a_worker_that_is_told_to_stop_ends_its_step_first(fleet: Fleet) -> None:
    run_id = fleet.dagster.launch("waiting", {"wait": {"seconds": 8}})
    stopping = owner(fleet.dagster.wait_for_claim(run_id, "wait:0"), fleet.workers)
    wait_until(lambda: "waiting 8 s" in stopping.printed(), "the step in the middle of its work")
    assert stopping.stop() == 0
    fleet.workers.remove(stopping)
    fleet.dagster.wait_for(run_id, "SUCCESS")
    assert set(fleet.dagster.claims(run_id)) == {"wait:0"}
    wait_until(lambda: fleet.dagster.messages() == (0, 0), "an empty queue")
    fleet.add_worker()


def test_cancelling_a_run_stops_its_step_within_ten_seconds(fleet: Fleet) -> None:
    run_id = fleet.dagster.launch("waiting", {"wait": {"seconds": 600}})
    worker = owner(fleet.dagster.wait_for_claim(run_id, "wait:0"), fleet.workers)
    wait_until(lambda: "waiting 600 s" in worker.printed(), "the step in the middle of its work")
    pid = int(re.findall(r"runs in process (\d+)", worker.printed())[-1])
    assert process_exists(pid)
    cancelled = time.monotonic()
    answer = fleet.dagster.ask(
        "mutation ($id: String!) { terminateRun(runId: $id) { __typename } }", id=run_id
    )
    assert answer["__typename"] == "TerminateRunSuccess"
    wait_until(lambda: not process_exists(pid), "the end of the step's process", 10)
    assert time.monotonic() - cancelled < 10
    fleet.dagster.wait_for(run_id, "CANCELED")
