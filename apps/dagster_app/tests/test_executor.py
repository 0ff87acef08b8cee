"""What an attempt's claim tells the executor."""

import pytest

from dagster_app.claims import Claim, Claims
from dagster_app.executor import Attempt, Patience, give_up, what_is_wrong

LEASE = 60


@pytest.mark.parametrize(
    ("worker", "silence", "exit_code", "problem"),
    [
        pytest.param(None, 0, None, None, id="queued"),
        pytest.param("w", 60, None, None, id="at-the-end-of-the-lease"),
        pytest.param("w", 61, None, "worker w has been silent for 61 s", id="silent"),
        pytest.param("w", 6, -9, "its process on worker w ended with -9", id="process-killed"),
        pytest.param("w", 4, 1, None, id="its-events-may-still-arrive"),
        pytest.param("w", 6, 0, None, id="ended-well"),
        pytest.param("w", 61, 0, "worker w has been silent for 61 s", id="ended-without-an-event"),
    ],
)
def test_a_step_is_given_up_when_it_will_not_end_by_itself(
    worker: str | None, silence: float, exit_code: int | None, problem: str | None
) -> None:
    claim = Claim(worker=worker, waited=100, silence=silence, exit_code=exit_code)
    assert what_is_wrong(claim, LEASE) == problem


def test_each_attempt_at_a_step_has_a_key_of_its_own_that_stays_the_same() -> None:
    attempts = [
        Attempt(run, step, number) for run in ("r", "s") for step in ("a", "b") for number in (0, 1)
    ]
    assert len({attempt.key for attempt in attempts}) == len(attempts)
    assert Attempt("r", "a", 0).key == attempts[0].key


def test_an_attempt_that_no_worker_takes_is_given_up_and_can_no_longer_be_taken(
    claims: Claims, key: str
) -> None:
    assert give_up(claims, key, Patience(queue_timeout=60, lease=LEASE)) is None
    assert give_up(claims, key, Patience(queue_timeout=0, lease=LEASE)) == (
        "no worker took it within 0 s; see the dead-letter queue and the number of workers"
    )
    assert not claims.claim(key, "late")


def test_an_attempt_that_was_taken_outlasts_the_queue_timeout(claims: Claims, key: str) -> None:
    claims.claim(key, "w")
    assert give_up(claims, key, Patience(queue_timeout=0, lease=LEASE)) is None
    assert claims.beat(key), "its step goes on"


def test_the_worker_of_an_attempt_that_is_given_up_is_told_to_stop(
    claims: Claims, key: str
) -> None:
    claims.claim(key, "w")
    assert give_up(claims, key, Patience(queue_timeout=60, lease=-1)) == (
        "worker w has been silent for 0 s"
    )
    assert not claims.beat(key)
