"""Runs that are watched, so that none of them is under way for ever."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import Event, Thread

from dagster import DagsterRun, DefaultRunLauncher
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from sqlalchemy.exc import DBAPIError

from dagster_app.claims import Claims
from dagster_app.settings import DatabaseSettings, load

BEAT_SECONDS = 5
LEASE_SECONDS = 30
"""Silence after which the process of a run is lost."""

log = logging.getLogger(__name__)


class WatchedRunLauncher(DefaultRunLauncher):
    """Dagster's own launcher, which starts runs as processes of the code server.

    The code server fails a run whose process ends, as long as it lives itself and the database
    answers it. Dagster's monitoring asks us about all others. A run with another executor than
    ours never beats, and is left alone.
    """

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Dagster asks before it calls the next."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Whether the process of a run has been heard of; no step outlives a run that is lost."""
        if self._is_silent(run):
            # It may be the database that was away, and with it all beats.
            time.sleep(2 * BEAT_SECONDS)
            if self._is_silent(run):
                # The run that takes its place executes these steps itself.
                self._claims.cancel_run(run.run_id)
                return CheckRunHealthResult(WorkerStatus.FAILED, "its process is lost")
        return CheckRunHealthResult(WorkerStatus.RUNNING)

    def _is_silent(self, run: DagsterRun) -> bool:
        silence = self._claims.run_silence(run.run_id)
        return silence is not None and silence > LEASE_SECONDS

    @cached_property
    def _claims(self) -> Claims:
        claims = Claims(load(DatabaseSettings).url())
        claims.create()
        return claims


@contextmanager
def beating(claims: Claims, run_id: str) -> Iterator[None]:
    """Says that this process of a run lives, while the block runs."""
    ended = Event()

    def beat() -> None:
        while not ended.is_set():
            try:
                claims.beat_run(run_id)
            except DBAPIError as error:
                log.warning("no beat of run %s: %s", run_id, error.orig)
            ended.wait(BEAT_SECONDS)

    thread = Thread(target=beat, name="beats", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
