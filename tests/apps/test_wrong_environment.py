"""A container whose environment is wrong says so once and ends, so that ECS sees it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ops.dev import environments
from ops.dev.processes import running
from ops.dev.programs import programs_of


@pytest.mark.parametrize(
    ("name", "app", "missing"),
    [
        pytest.param("taskiq-worker/worker", "dagster_app", "POSTGRES_PASSWORD", id="step-worker"),
        pytest.param(
            "taskiq-demo-worker/worker", "taskiq_demo", "RESULTS_BUCKET", id="demo-worker"
        ),
        pytest.param("taskiq-demo-api/api", "taskiq_demo", "RESULTS_BUCKET", id="demo-api"),
        pytest.param("auto-scaler/auto-scaler", "auto_scaler", "QUEUE_URL", id="auto-scaler"),
    ],
)
def test_a_container_without_a_variable_names_it_and_ends(
    containers: dict[str, dict[str, Any]], tmp_path: Path, name: str, app: str, missing: str
) -> None:
    told = environments.container(containers[name]).on_a_free_port()
    rest = {variable: value for variable, value in told.environment.items() if variable != missing}

    with running(replace(told, environment=rest), programs_of(app), tmp_path / "log") as started:
        status = started.process.wait(60)

    assert status != 0
    errors = [line for line in started.printed().splitlines() if line.startswith("error: ")]
    assert errors == [f"error: {missing} is not set; the stack's task definition sets it"]
    assert "Traceback" not in started.printed()
