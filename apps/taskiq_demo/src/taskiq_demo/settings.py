"""What API and worker are told, all of it by environment variables named as the fields."""

import sys
from typing import Annotated, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Name = Annotated[str, Field(min_length=1)]
Model = TypeVar("Model", bound=BaseSettings)


class Settings(BaseSettings):
    """Of both. Every variable is needed: a default here would hide a mistake in the deployment."""

    model_config = SettingsConfigDict(frozen=True)

    aws_default_region: Name
    taskiq_demo_queue_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+\.fifo$")]
    taskiq_visibility_timeout: int = Field(ge=2, le=43_200)
    """Seconds that a received message stays hidden; extended while its task runs."""
    results_bucket: Name


class WorkerSettings(BaseSettings):
    """Of the worker alone."""

    model_config = SettingsConfigDict(frozen=True)

    taskiq_worker_health_port: int = Field(ge=1, le=65535)


def load(model: type[Model]) -> Model:
    """Reads settings; ends the process with 2 where the environment is wrong."""
    try:
        return model()
    except ValidationError as error:
        sys.stderr.write(explain(error))
        sys.exit(2)


def explain(error: ValidationError) -> str:
    """One line for each variable that is missing or wrong."""
    return "".join(
        f"error: {'.'.join(map(str, problem['loc'])).upper()} "
        + (
            "is not set; the stack's task definition sets it\n"
            if problem["type"] == "missing"
            else f"is {problem['input']!r}: {problem['msg']}\n"
        )
        for problem in error.errors()
    )
