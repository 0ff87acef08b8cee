"""Claims in a real PostgreSQL."""

import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import TypeVar
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, NoResultFound

from dagster_app.claims import KEPT_DAYS, Claim, Claims, refuses
from pulumi_loopback.credentials import free_port
from pulumi_loopback.dev.machine import Postgres

CLAIMERS = 3

Answer = TypeVar("Answer")


def at_once(calls: list[Callable[[], Answer]]) -> list[Answer]:
    """Makes calls in threads that wait for each other."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Answer]) -> Answer:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def test_one_of_three_that_ask_at_once_gets_the_attempt(url: sa.URL, claims: Claims) -> None:
    workers = [Claims(url) for _ in range(CLAIMERS)]
    for _ in range(20):
        attempt = uuid4().hex
        claims.enqueue(attempt, "run:step:0")
        got = at_once(
            [partial(worker.claim, attempt, f"w{number}") for number, worker in enumerate(workers)]
        )
        assert got.count(True) == 1
        assert claims.read(attempt).worker == f"w{got.index(True)}"
    for worker in workers:
        worker.close()


def test_who_lost_the_answer_asks_again_and_gets_the_same_one(claims: Claims, key: str) -> None:
    assert [claims.claim(key, "w#1") for _ in range(2)] == [True, True]
    assert not claims.claim(key, "w#2"), "another delivery to the same worker"
    claims.cancel(key)
    assert not claims.claim(key, "w#1")


def test_three_that_create_the_table_at_once_all_find_it(postgres: Postgres, url: sa.URL) -> None:
    postgres.query("DROP TABLE IF EXISTS taskiq_step")
    workers = [Claims(url) for _ in range(CLAIMERS)]
    at_once([worker.create for worker in workers])
    assert postgres.query("SELECT count(*) FROM taskiq_step") == "0"
    for worker in workers:
        worker.close()


def test_an_attempt_is_announced_once(claims: Claims, key: str) -> None:
    with pytest.raises(IntegrityError):
        claims.enqueue(key, "run:step:0")


def test_an_attempt_that_nobody_has_claimed_only_waits(claims: Claims, key: str) -> None:
    claim = claims.read(key)
    assert claim == Claim(worker=None, waited=claim.waited, silence=0, exit_code=None)
    assert 0 <= claim.waited < 60


def test_the_silence_of_a_worker_counts_from_its_last_beat(
    postgres: Postgres, claims: Claims, key: str
) -> None:
    claims.claim(key, "w")
    postgres.query(
        f"UPDATE taskiq_step SET beat_at = now() - interval '61 seconds' WHERE key = '{key}'"  # noqa: S608 - a key of our own
    )
    assert 61 <= claims.read(key).silence < 120
    assert claims.beat(key)
    assert claims.read(key).silence < 60


def test_what_the_process_ended_with_is_kept(claims: Claims, key: str) -> None:
    claims.claim(key, "w")
    claims.finish(key, -9)
    assert claims.read(key).exit_code == -9


def test_nobody_gets_an_attempt_that_was_withdrawn(claims: Claims, key: str) -> None:
    assert claims.withdraw(key)
    assert not claims.claim(key, "w")


def test_an_attempt_that_was_claimed_cannot_be_withdrawn(claims: Claims, key: str) -> None:
    claims.claim(key, "w")
    assert not claims.withdraw(key)
    assert claims.beat(key), "its step goes on"


def test_either_a_worker_gets_an_attempt_or_it_is_withdrawn(claims: Claims) -> None:
    for _ in range(20):
        attempt = uuid4().hex
        claims.enqueue(attempt, "run:step:0")
        claimed, withdrawn = at_once(
            [partial(claims.claim, attempt, "w"), partial(claims.withdraw, attempt)]
        )
        assert claimed is not withdrawn


def test_a_worker_hears_of_a_cancellation_at_its_next_beat(claims: Claims, key: str) -> None:
    claims.claim(key, "w")
    claims.cancel(key)
    assert not claims.beat(key)


def test_a_step_whose_attempt_is_no_longer_known_shall_stop(claims: Claims) -> None:
    assert not claims.beat(uuid4().hex)


def test_old_attempts_are_forgotten(postgres: Postgres, claims: Claims, key: str) -> None:
    old = uuid4().hex
    claims.enqueue(old, "run:step:0")
    postgres.query(
        f"UPDATE taskiq_step SET queued_at = now() - interval '{KEPT_DAYS + 1} days'"  # noqa: S608 - a key of our own
        f" WHERE key = '{old}'"
    )
    claims.create()
    assert claims.beat(key), "this one is new"
    with pytest.raises(NoResultFound):
        claims.read(old)


@pytest.mark.parametrize(
    ("password", "refused"),
    [
        pytest.param("pass/word", False, id="right"),
        pytest.param("of last week", True, id="wrong"),
    ],
)
def test_a_wrong_password_is_a_refusal(url: sa.URL, password: str, *, refused: bool) -> None:
    assert refuses(url.set(password=password)) is refused


def test_a_database_whose_machine_is_gone_is_given_up_after_seconds(url: sa.URL) -> None:
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as made:
        descriptor = made.connection.driver_connection.fileno()  # type: ignore[union-attr] # psycopg2's
        with socket.socket(fileno=os.dup(descriptor)) as connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 15_000
            assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 15


def test_a_database_that_can_only_be_read_is_an_outage_for_the_worker(
    url: sa.URL, key: str
) -> None:
    from dagster_app.worker import OUTAGE  # noqa: PLC0415 - reads the environment

    standby = Claims(url.update_query_dict({"options": "-c default_transaction_read_only=on"}))
    with pytest.raises(OUTAGE):
        standby.claim(key, "w")
    standby.close()


def test_a_database_that_does_not_answer_is_no_refusal(url: sa.URL) -> None:
    assert not refuses(url.set(port=free_port()))
