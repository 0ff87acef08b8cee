"""What the demo says of its environment."""

import pytest

from taskiq_demo.settings import Settings, WorkerSettings, load


def test_the_environment_of_the_stack_is_read() -> None:
    settings = load(Settings)

    assert settings.taskiq_demo_queue_name == "taskiq-demo-dev.fifo"
    assert settings.taskiq_visibility_timeout == 900


def test_a_wrong_environment_ends_the_process_with_2_and_a_line_for_each_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("RESULTS_BUCKET")
    monkeypatch.setenv("TASKIQ_VISIBILITY_TIMEOUT", "0")

    with pytest.raises(SystemExit) as ended:
        load(Settings)

    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "error: TASKIQ_VISIBILITY_TIMEOUT is '0': Input should be greater than or equal to 2\n"
        "error: RESULTS_BUCKET is not set; the stack's task definition sets it\n"
    )


@pytest.mark.parametrize(
    "name", [pytest.param("demo", id="standard-queue"), pytest.param("", id="empty")]
)
def test_a_queue_that_is_not_fifo_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("TASKIQ_DEMO_QUEUE_NAME", name)

    with pytest.raises(SystemExit):
        load(Settings)


def test_only_the_worker_needs_a_health_port(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TASKIQ_WORKER_HEALTH_PORT", raising=False)

    with pytest.raises(SystemExit):
        load(WorkerSettings)

    assert "TASKIQ_WORKER_HEALTH_PORT is not set" in capsys.readouterr().err
