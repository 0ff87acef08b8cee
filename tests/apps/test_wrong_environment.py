"""A container whose environment is wrong says so once and ends, so that ECS sees it."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ops.dev import APPS, programs_of
from pulumi_loopback.dev import environments
from pulumi_loopback.dev.machine import HOME
from pulumi_loopback.dev.processes import running
from tests.apps.readers import READERS


@pytest.mark.parametrize(
    ("name", "missing", "status"),
    [
        pytest.param("dagster-daemon/code-server", "POSTGRES_PASSWORD", 2, id="code-server"),
        pytest.param("dagster-daemon/daemon", "S3_BUCKET", 2, id="daemon"),
        pytest.param("dagster-webserver/webserver", "POSTGRES_HOST", 2, id="webserver"),
        pytest.param("taskiq-worker/worker", "POSTGRES_PASSWORD", 255, id="step-worker"),
        pytest.param("taskiq-demo-worker/worker", "RESULTS_BUCKET", 255, id="demo-worker"),
        pytest.param("taskiq-demo-api/api", "RESULTS_BUCKET", 2, id="demo-api"),
        pytest.param("auto-scaler/auto-scaler", "QUEUE_URL", 2, id="auto-scaler"),
    ],
)
def test_a_container_without_a_variable_names_it_and_ends(
    containers: dict[str, dict[str, Any]], tmp_path: Path, name: str, missing: str, status: int
) -> None:
    app = READERS[name].app
    for file in READERS[name].files:
        shutil.copy(APPS / app / file, tmp_path)
    told = environments.container(containers[name]).with_texts({HOME: str(tmp_path)})
    rest = {variable: value for variable, value in told.environment.items() if variable != missing}

    with running(replace(told, environment=rest), programs_of(app), tmp_path / "log") as started:
        assert started.process.wait(120) == status

    errors = [line for line in started.printed().splitlines() if line.startswith("error: ")]
    assert errors == [f"error: {missing} is not set; the stack's task definition sets it"]
    assert "Traceback" not in started.printed()
