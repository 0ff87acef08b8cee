"""The claims of workers on steps: what makes a step that is delivered twice run once.

There is one row for each attempt at a step. It is written before the step is enqueued, claimed by
the first worker that gets the message, and kept alive by it. The processes of runs are kept in a
table of their own. All times are the database's.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

CONNECT_SECONDS = 2


def refuses(url: sa.URL) -> bool:
    """Connects anew, as a connection of a pool would still be open after the change."""
    engine = sa.create_engine(
        url, poolclass=sa.NullPool, connect_args={"connect_timeout": CONNECT_SECONDS}
    )
    try:
        with engine.connect():
            return False
    except DBAPIError as error:
        return is_refusal(error.orig)


def is_refusal(error: BaseException | None) -> bool:
    """Whether PostgreSQL refused the password.

    psycopg2 gives no SQLSTATE for an error while connecting (`pgcode` is `None`), only the
    server's sentence, which has this form in English, the language of RDS.
    """
    return "password authentication failed" in str(error)


METADATA = sa.MetaData()
STEPS = sa.Table(
    "taskiq_step",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column(
        "queued_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    ),
    sa.Column("worker", sa.Text),
    sa.Column("claimed_at", sa.DateTime(timezone=True)),
    sa.Column("beat_at", sa.DateTime(timezone=True)),
    sa.Column("exit_code", sa.Integer),
    sa.Column("cancelled", sa.Boolean, nullable=False, server_default=sa.false()),
)
RUNS = sa.Table(
    "taskiq_run",
    METADATA,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
)
"""The runs whose processes say that they live."""
KEPT_DAYS = 30
"""Longer than SQS keeps a message (14 days), after which no row is asked for again."""
CREATION_LOCK = 0x7461736B6971
"""Key of the advisory lock under which the table is created; any number would do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """How far an attempt is.

    Attributes:
        worker: Who claimed it, if anybody has.
        waited: Seconds since it was enqueued.
        silence: Seconds since its worker was last heard of; 0 before the claim.
        exit_code: What its process ended with, if it has.
    """

    worker: str | None
    waited: float
    silence: float
    exit_code: int | None


class Claims:
    """The tables. Its methods raise `sqlalchemy.exc.DBAPIError` in an outage."""

    def __init__(self, url: sa.URL) -> None:
        self._engine = sa.create_engine(url, pool_pre_ping=True)

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    def create(self) -> None:
        """Creates the tables where there are none, and forgets what is old."""
        oldest = sa.func.now() - sa.func.make_interval(0, 0, 0, KEPT_DAYS)
        with self._engine.begin() as connection:
            # IF NOT EXISTS alone fails where two processes create it at the same moment.
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(CREATION_LOCK)))
            METADATA.create_all(connection)
            connection.execute(STEPS.delete().where(STEPS.c.queued_at < oldest))
            connection.execute(RUNS.delete().where(RUNS.c.beat_at < oldest))

    def enqueue(self, key: str, label: str) -> None:
        """Announces an attempt, which no worker can claim before."""
        with self._engine.begin() as connection:
            connection.execute(STEPS.insert().values(key=key, label=label))

    def claim(self, key: str, worker: str) -> bool:
        """Whether the attempt is the caller's: one of all that ask gets it, none once cancelled.

        Who asks again by the same name, as the answer was lost with the connection, gets the same.
        """
        free = sa.or_(STEPS.c.worker.is_(None), STEPS.c.worker == worker) & ~STEPS.c.cancelled
        now = sa.func.now()
        return self._update(key, free, worker=worker, claimed_at=now, beat_at=now)

    def beat(self, key: str) -> bool:
        """Says that the worker lives; gives whether its step shall go on."""
        update = STEPS.update().where(STEPS.c.key == key).values(beat_at=sa.func.now())
        with self._engine.begin() as connection:
            cancelled = connection.execute(update.returning(STEPS.c.cancelled)).scalar_one_or_none()
        return cancelled is False

    def finish(self, key: str, exit_code: int) -> None:
        """Notes how the step's process ended."""
        self._update(key, sa.true(), exit_code=exit_code, beat_at=sa.func.now())

    def cancel(self, key: str) -> None:
        """Lets nobody claim the attempt, and its worker stop the step."""
        self._update(key, sa.true(), cancelled=True)

    def cancel_run(self, run_id: str) -> None:
        """Cancels all attempts of a run that have not ended."""
        under_way = STEPS.c.label.startswith(f"{run_id}:") & STEPS.c.exit_code.is_(None)
        with self._engine.begin() as connection:
            connection.execute(STEPS.update().where(under_way).values(cancelled=True))

    def withdraw(self, key: str) -> bool:
        """Cancels an attempt that nobody has claimed; whether that was so."""
        return self._update(key, STEPS.c.worker.is_(None), cancelled=True)

    def read(self, key: str) -> Claim:
        """How far an attempt is.

        Raises:
            sqlalchemy.exc.NoResultFound: It was never enqueued.
        """
        query = sa.select(
            STEPS.c.worker,
            _seconds_since(STEPS.c.queued_at).label("waited"),
            sa.func.coalesce(_seconds_since(STEPS.c.beat_at), 0.0).label("silence"),
            STEPS.c.exit_code,
        ).where(STEPS.c.key == key)
        with self._engine.connect() as connection:
            return Claim(**connection.execute(query).mappings().one())

    def beat_run(self, run_id: str) -> None:
        """Says that the process of a run lives."""
        now = {"beat_at": sa.func.now()}
        row = insert(RUNS).values(run_id=run_id, **now)
        with self._engine.begin() as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["run_id"], set_=now))

    def run_silence(self, run_id: str) -> float | None:
        """Seconds since the process of a run was last heard of; `None` where it never was."""
        query = sa.select(_seconds_since(RUNS.c.beat_at)).where(RUNS.c.run_id == run_id)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def _update(self, key: str, condition: sa.ColumnElement[bool], **values: Any) -> bool:  # noqa: ANN401 - columns of all types
        with self._engine.begin() as connection:
            update = STEPS.update().where(STEPS.c.key == key, condition).values(**values)
            return connection.execute(update).rowcount == 1


def _seconds_since(moment: sa.Column[Any]) -> sa.ColumnElement[float]:
    return sa.cast(sa.func.extract("epoch", sa.func.now() - moment), sa.Float)
