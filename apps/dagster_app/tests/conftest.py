"""The environment that the stack gives the containers, and a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
import sqlalchemy as sa

from dagster_app.claims import Claims
from dagster_app.settings import DatabaseSettings
from pulumi_loopback.dev.machine import Postgres, running_postgres

ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "POSTGRES_HOST": "database.local",
    "POSTGRES_PORT": "5432",
    "POSTGRES_USER": "dagster",
    "POSTGRES_PASSWORD": "pass/word",
    "POSTGRES_DB": "dagster",
    "POSTGRES_SSLMODE": "require",
    "S3_BUCKET": "data-dev",
    "TASKIQ_QUEUE_NAME": "steps-dev.fifo",
    "TASKIQ_VISIBILITY_TIMEOUT": "900",
    "TASKIQ_WORKER_HEALTH_PORT": "8080",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Sets it; gives it for changes."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return dict(ENVIRONMENT)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for all tests of a process."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL does not run as root, and must get through.
        data = folder / "data"
        password = ENVIRONMENT["POSTGRES_PASSWORD"]
        with running_postgres(data, user="dagster", password=password) as server:
            yield server


@pytest.fixture
def url(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> sa.URL:
    """The server's address, as the settings have it."""
    for name, value in {"HOST": "127.0.0.1", "PORT": postgres.port, "SSLMODE": "prefer"}.items():
        monkeypatch.setenv(f"POSTGRES_{name}", str(value))
    return DatabaseSettings().url()


@pytest.fixture
def claims(url: sa.URL) -> Iterator[Claims]:
    """The table."""
    made = Claims(url)
    made.create()
    yield made
    made.close()


@pytest.fixture
def key(claims: Claims) -> str:
    """An attempt that was announced."""
    name = uuid4().hex
    claims.enqueue(name, "run:step:0")
    return name
