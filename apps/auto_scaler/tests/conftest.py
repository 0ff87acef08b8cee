"""The environment that the stack gives the auto-scaler."""

import pytest

ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/steps-dev.fifo",
    "ECS_CLUSTER_NAME": "dagster-taskiq-dev",
    "ECS_WORKER_SERVICE_NAME": "taskiq-worker-dev",
    "AUTOSCALER_MIN_WORKERS": "1",
    "AUTOSCALER_MAX_WORKERS": "4",
    "AUTOSCALER_MESSAGES_PER_WORKER": "4",
    "AUTOSCALER_INTERVAL_SECONDS": "15",
    "AUTOSCALER_SCALE_DOWN_AFTER_SECONDS": "120",
    "AUTOSCALER_HEALTH_PORT": "8081",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Sets it, with keys that belong to nobody; gives it for changes."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    return dict(ENVIRONMENT)
