"""Runs that are watched: their beats in a real PostgreSQL, and what Dagster is told."""

import time
from collections.abc import Callable
from threading import Event
from uuid import uuid4

import pytest
from dagster import DagsterRun
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from sqlalchemy.exc import OperationalError

from dagster_app import launcher as launcher_module
from dagster_app.claims import Claims
from dagster_app.launcher import LEASE_SECONDS, WatchedRunLauncher, beating
from pulumi_loopback.dev.machine import Postgres

pytestmark = pytest.mark.usefixtures("claims")


@pytest.fixture
def run() -> DagsterRun:
    """A run that is under way."""
    return DagsterRun(job_name="waiting", run_id=str(uuid4()))


@pytest.fixture
def silent(postgres: Postgres, claims: Claims, run: DagsterRun) -> DagsterRun:
    """A run whose process has not been heard of for too long."""
    claims.beat_run(run.run_id)
    postgres.query(
        f"UPDATE taskiq_run SET beat_at = now() - interval '{LEASE_SECONDS + 1} seconds'"  # noqa: S608 - an id of our own
        f" WHERE run_id = '{run.run_id}'"
    )
    return run


Check = Callable[[DagsterRun, Callable[[], None]], CheckRunHealthResult]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> Check:
    """What Dagster is told, and what happens while the launcher waits before it looks again."""

    def check(run: DagsterRun, meanwhile: Callable[[], None]) -> CheckRunHealthResult:
        monkeypatch.setattr(time, "sleep", lambda _: meanwhile())
        launcher = WatchedRunLauncher()
        assert launcher.supports_check_run_worker_health
        return launcher.check_run_worker_health(run)

    return check


def nothing() -> None:
    """Nothing happens."""


def test_a_run_that_never_beat_is_left_alone(check: Check, run: DagsterRun) -> None:
    assert check(run, nothing).status is WorkerStatus.RUNNING


def test_a_run_that_beats_goes_on(check: Check, run: DagsterRun, claims: Claims) -> None:
    claims.beat_run(run.run_id)

    assert check(run, nothing).status is WorkerStatus.RUNNING


def test_a_run_that_is_silent_for_too_long_is_lost_and_its_steps_with_it(
    check: Check, silent: DagsterRun, claims: Claims
) -> None:
    queued, running, of_another = (uuid4().hex for _ in range(3))
    for key in (queued, running):
        claims.enqueue(key, f"{silent.run_id}:step:0")
    claims.enqueue(of_another, f"{uuid4()}:step:0")
    claims.claim(running, "w")

    assert check(silent, nothing) == CheckRunHealthResult(
        WorkerStatus.FAILED, "its process is lost"
    )

    assert not claims.claim(queued, "w"), "no worker starts it"
    assert not claims.beat(running), "its worker stops it"
    assert claims.claim(of_another, "w")


def test_a_run_that_beats_again_after_an_outage_goes_on(
    check: Check, silent: DagsterRun, claims: Claims
) -> None:
    told = check(silent, lambda: claims.beat_run(silent.run_id))

    assert told.status is WorkerStatus.RUNNING


def test_a_process_beats_for_as_long_as_its_run_lasts_and_in_spite_of_outages(
    monkeypatch: pytest.MonkeyPatch, claims: Claims, run: DagsterRun
) -> None:
    monkeypatch.setattr(launcher_module, "BEAT_SECONDS", 0.01)
    beats = 0
    third = Event()
    beat_run = claims.beat_run

    def beat(run_id: str) -> None:
        nonlocal beats
        beats += 1
        if beats == 1:
            raise OperationalError("INSERT", {}, Exception("no connection"))
        beat_run(run_id)
        if beats == 3:
            third.set()

    monkeypatch.setattr(claims, "beat_run", beat)
    with beating(claims, run.run_id):
        assert third.wait(10)
    at_the_end = beats
    time.sleep(0.1)

    assert beats == at_the_end
    assert claims.run_silence(run.run_id) is not None
