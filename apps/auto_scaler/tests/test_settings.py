"""What the auto-scaler says of its environment."""

import pytest
from pydantic import ValidationError

from auto_scaler.__main__ import main
from auto_scaler.settings import Settings, explain

pytestmark = pytest.mark.usefixtures("environment")


def test_every_variable_of_the_stack_is_read(environment: dict[str, str]) -> None:
    settings = Settings()

    assert {name.upper() for name in type(settings).model_fields} == set(environment)
    assert settings.autoscaler_max_workers == 4


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        pytest.param(
            "AUTOSCALER_MAX_WORKERS",
            "many",
            "error: AUTOSCALER_MAX_WORKERS is 'many': Input should be a valid integer, unable to"
            " parse string as an integer\n",
            id="no-number",
        ),
        pytest.param(
            "AUTOSCALER_MESSAGES_PER_WORKER",
            "0",
            "error: AUTOSCALER_MESSAGES_PER_WORKER is '0': Input should be greater than or equal"
            " to 1\n",
            id="too-small",
        ),
        pytest.param(
            "AUTOSCALER_MIN_WORKERS",
            "5",
            "error: AUTOSCALER_MAX_WORKERS is '4': Input should be at least"
            " AUTOSCALER_MIN_WORKERS, which is 5\n",
            id="minimum-above-maximum",
        ),
        pytest.param(
            "QUEUE_URL",
            "steps.fifo",
            "error: QUEUE_URL is 'steps.fifo': String should match pattern '^https?://'\n",
            id="a-name-instead-of-a-url",
        ),
    ],
)
def test_a_wrong_value_is_told_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError) as caught:
        Settings()

    assert explain(caught.value) == told


def test_the_program_ends_with_2_and_names_all_that_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("QUEUE_URL")
    monkeypatch.delenv("ECS_CLUSTER_NAME")

    assert main() == 2

    assert capsys.readouterr().err == (
        "error: QUEUE_URL is not set; the stack's task definition sets it\n"
        "error: ECS_CLUSTER_NAME is not set; the stack's task definition sets it\n"
    )
