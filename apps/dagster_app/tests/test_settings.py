"""Settings from the environment."""

import pytest

from dagster_app.settings import DatabaseSettings, StepSettings, WorkerSettings, load


def test_the_url_keeps_a_password_with_any_characters() -> None:
    url = load(DatabaseSettings).url()
    assert url.password == "pass/word"  # noqa: S105 - of nobody
    assert "dagster:pass%2Fword@database.local:5432/dagster?" in url.render_as_string(
        hide_password=False
    )
    assert url.query["sslmode"] == "require"


@pytest.mark.parametrize(
    ("model", "name"),
    [
        pytest.param(DatabaseSettings, "POSTGRES_PASSWORD", id="secret"),
        pytest.param(StepSettings, "TASKIQ_QUEUE_NAME", id="queue"),
        pytest.param(WorkerSettings, "TASKIQ_WORKER_HEALTH_PORT", id="port"),
    ],
)
def test_a_missing_variable_ends_the_process_with_2_and_its_name(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    model: type[DatabaseSettings | StepSettings | WorkerSettings],
    name: str,
) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(SystemExit) as ended:
        load(model)
    assert ended.value.code == 2
    assert (
        capsys.readouterr().err
        == f"error: {name} is not set; the stack's task definition sets it\n"
    )


def test_a_queue_that_is_not_fifo_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TASKIQ_QUEUE_NAME", "steps-dev")
    with pytest.raises(SystemExit):
        load(StepSettings)
    assert "error: TASKIQ_QUEUE_NAME is 'steps-dev': " in capsys.readouterr().err
