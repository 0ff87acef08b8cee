"""The environment that the stack gives the containers."""

import pytest

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
