"""Runs, launched as a user does in the web server, on two workers, all as the stack starts them."""

import logging
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pulumi_loopback.dev.environments import Container
from pulumi_loopback.dev.machine import HOME
from pulumi_loopback.dev.processes import Running, running
from tests.apps.aws import Aws
from tests.apps.dagster_runs import (
    SHORT,
    SHORT_LEASE,
    VISIBILITY_TIMEOUT,
    Dagster,
    dagster,
    executions,
    owner,
    process_of,
    step_process,
)
from tests.apps.permissions import asked, recorded, refused
from tests.apps.writes import watched, written_outside
from tests.waiting import wait_until
from tools.bench_apps import BUCKET, QUEUE, START_SECONDS

pytestmark = pytest.mark.xdist_group("dagster-runs")
PATIENCE = "110"
"""Seconds for which a stopping worker waits for its steps, by its command."""
DAGSTER = (
    "dagster-daemon/code-server",
    "dagster-daemon/daemon",
    "dagster-webserver/webserver",
    "taskiq-worker/worker",
)


@dataclass
class Fleet:
    """The system with its services and the workers that still run."""

    dagster: Dagster
    services: dict[str, Running]
    workers: list[Running]
    writes: Path
    requests: Path

    def add_worker(self) -> None:
        """Starts another worker."""
        worker = self.dagster.system.start("worker", SHORT)
        worker.wait_until_healthy(START_SECONDS)
        self.workers.append(worker)

    def wait_for_step(self, run_id: str) -> tuple[Running, str]:
        """Waits until a run's step is in the middle of its work; gives its worker and its name."""
        name = self.dagster.wait_for_claim(run_id, "wait:0")
        worker = owner(name, self.workers)
        said = re.compile(rf"{run_id} - \S+ - waiting [\d.]+ s")
        wait_until(lambda: said.search(worker.printed()), "the step in the middle of its work")
        return worker, name

    def launch_many_steps(self) -> str:
        """Launches a run, of which some steps have ended and many have not when this returns."""
        run_id = self.dagster.launch("primes", {"split_range": {"limit": 60_000, "parts": 40}})
        wait_until(lambda: len(self.dagster.claims(run_id)) > 3, "some steps")
        return run_id

    def wait_for_another_run(self, run_id: str) -> None:
        """Waits until a run has failed and another in its place has succeeded."""
        wait_until(lambda: self.dagster.runs_after(run_id), "another run", 240)
        (again,) = self.dagster.runs_after(run_id)
        self.dagster.wait_for(again, "SUCCESS")
        assert self.dagster.status(run_id) == "FAILURE"


@pytest.fixture(scope="module")
def fleet(
    dagster_containers: dict[str, Container], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fleet]:
    """Everything, healthy, with two workers."""
    notes = tmp_path_factory.mktemp("notes")
    writes, requests = notes / "writes", notes / "requests"
    watching = {name: watched(one, writes) for name, one in dagster_containers.items()}
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    aws = Aws()
    aws.start()
    with recorded(requests), dagster(watching, aws.url) as made:
        services = made.system.start_all(SHORT)
        started = Fleet(made, services, [services.pop("worker")], writes, requests)
        started.add_worker()
        yield started
    aws.stop()


def process_exists(pid: int) -> bool:
    """Whether there is such a process."""
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_every_command_of_the_stack_passes_its_health_check(fleet: Fleet) -> None:
    started = [*fleet.services.values(), *fleet.workers]
    assert {process.container.name for process in started} == {
        "code-server",
        "daemon",
        "webserver",
        "worker",
    }
    assert all(process.is_healthy() for process in started)


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


def test_containers_keep_to_the_folders_and_rights_of_their_tasks(
    fleet: Fleet,
    containers: dict[str, dict[str, Any]],
    dagster_containers: dict[str, Container],
    policies: dict[str, list[dict[str, Any]]],
) -> None:
    run_id = fleet.dagster.launch("waiting", {"wait": {"seconds": 0.5 * VISIBILITY_TIMEOUT}})
    fleet.dagster.wait_for(run_id, "SUCCESS")
    # Dagster's home lies in the system's folder here.
    here = str(fleet.dagster.system.folder)
    mounted = [
        here if mount["containerPath"] == HOME else mount["containerPath"]
        for container in map(containers.__getitem__, DAGSTER)
        for mount in container["mountPoints"]
    ]
    assert written_outside(fleet.writes, *mounted) == set()

    names = {
        QUEUE: dagster_containers["worker"].environment["TASKIQ_QUEUE_NAME"],
        BUCKET: dagster_containers["worker"].environment["S3_BUCKET"],
    }
    requests = asked(fleet.requests)
    assert {"code-server", "worker"} <= {one.who for one in requests}
    for task, name in (path.split("/") for path in DAGSTER):
        own = {one for one in requests if one.who == name}
        assert refused(own, policies[task], names) == set()


def test_a_step_whose_worker_is_killed_is_retried_by_another(fleet: Fleet) -> None:
    run_id = fleet.dagster.launch("waiting", {"wait": {"seconds": 6}}, lease=SHORT_LEASE)
    lost, first = fleet.wait_for_step(run_id)
    lost.kill()
    fleet.workers.remove(lost)
    fleet.add_worker()
    fleet.dagster.wait_for(run_id, "SUCCESS")
    claims = fleet.dagster.claims(run_id)
    assert set(claims) == {"wait:0", "wait:1"}
    assert claims["wait:1"] != first


def test_a_step_dies_with_its_worker_and_the_container_ends(fleet: Fleet) -> None:
    run_id = fleet.dagster.launch("waiting", {"wait": {"seconds": 600}}, lease=SHORT_LEASE)
    lost, first = fleet.wait_for_step(run_id)
    step = step_process(lost)
    assert process_exists(step)
    os.kill(process_of(first), signal.SIGKILL)  # as the kernel does when the memory is used up
    fleet.workers.remove(lost)
    wait_until(lambda: not process_exists(step), "the end of the step's process")
    assert lost.process.wait(60) == 255
    fleet.add_worker()
    wait_until(lambda: "wait:1" in fleet.dagster.claims(run_id), "another attempt")
    assert fleet.dagster.claims(run_id)["wait:1"] != first
    fleet.dagster.terminate(run_id)
    fleet.dagster.wait_for(run_id, "CANCELED")


@pytest.mark.nightly
def test_a_run_that_loses_the_database_is_started_once_more(fleet: Fleet) -> None:
    run_id = fleet.launch_many_steps()
    fleet.dagster.system.postgres.stop()
    time.sleep(20)
    fleet.dagster.system.postgres.start()
    fleet.dagster.find_database_again(run_id)
    fleet.wait_for_another_run(run_id)


@pytest.mark.nightly
def test_a_run_that_is_lost_with_the_code_server_is_started_once_more(fleet: Fleet) -> None:
    run_id = fleet.launch_many_steps()
    fleet.services["code-server"].kill()
    fleet.services["code-server"] = fleet.dagster.system.start("code-server", SHORT)
    fleet.services["code-server"].wait_until_healthy(START_SECONDS)
    fleet.wait_for_another_run(run_id)


@pytest.mark.nightly
def test_a_step_longer_than_the_visibility_timeout_runs_once(fleet: Fleet) -> None:
    before = executions(fleet.workers)
    run_id = fleet.dagster.launch("waiting", {"wait": {"seconds": VISIBILITY_TIMEOUT * 2.5}})
    fleet.dagster.wait_for(run_id, "SUCCESS")
    (key,) = [key for key in executions(fleet.workers) if key not in before]
    assert not any(f"step {key} is dropped" in worker.printed() for worker in fleet.workers)
    wait_until(lambda: fleet.dagster.messages() == (0, 0), "an empty queue")


def test_a_worker_that_is_told_to_stop_ends_its_step_first(fleet: Fleet) -> None:
    run_id = fleet.dagster.launch("waiting", {"wait": {"seconds": 8}})
    stopping, _ = fleet.wait_for_step(run_id)
    assert stopping.stop() == 0
    fleet.workers.remove(stopping)
    fleet.add_worker()
    fleet.dagster.wait_for(run_id, "SUCCESS")
    assert set(fleet.dagster.claims(run_id)) == {"wait:0"}
    wait_until(lambda: fleet.dagster.messages() == (0, 0), "an empty queue")


@pytest.mark.nightly
def test_a_step_that_outlasts_its_stopping_worker_is_retried_by_another(fleet: Fleet) -> None:
    system = fleet.dagster.system
    hurried = system.container("worker", SHORT).with_texts({PATIENCE: "1"})
    while fleet.workers:
        assert fleet.workers.pop().stop() == 0
    with running(hurried, system.programs, system.folder / "hurried.log") as worker:
        worker.wait_until_healthy(START_SECONDS)
        fleet.workers.append(worker)
        run_id = fleet.dagster.launch("waiting", {"wait": {"seconds": 12}})
        fleet.wait_for_step(run_id)
        assert worker.stop() == 0
        fleet.workers.remove(worker)
    fleet.add_worker()
    fleet.dagster.wait_for(run_id, "SUCCESS")
    assert set(fleet.dagster.claims(run_id)) == {"wait:0", "wait:1"}
    wait_until(lambda: fleet.dagster.messages() == (0, 0), "an empty queue")
    fleet.add_worker()


def test_cancelling_a_run_stops_its_step_within_ten_seconds(fleet: Fleet) -> None:
    run_id = fleet.dagster.launch("waiting", {"wait": {"seconds": 600}})
    worker, _ = fleet.wait_for_step(run_id)
    step = step_process(worker)
    assert process_exists(step)
    cancelled = time.monotonic()
    fleet.dagster.terminate(run_id)
    wait_until(lambda: not process_exists(step), "the end of the step's process")
    assert time.monotonic() - cancelled < 10
    fleet.dagster.wait_for(run_id, "CANCELED")
