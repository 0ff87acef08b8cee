"""What the auto-scaler is told, all of it by environment variables named as the fields."""

from typing import Annotated

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

Name = Annotated[str, Field(min_length=1)]


class Settings(BaseSettings):
    """Every variable is needed: a default here would hide a mistake in the deployment."""

    model_config = SettingsConfigDict(frozen=True)

    aws_default_region: Name
    queue_url: Annotated[str, Field(pattern=r"^https?://")]
    ecs_cluster_name: Name
    ecs_worker_service_name: Name
    autoscaler_min_workers: int = Field(ge=0)
    autoscaler_max_workers: int = Field(ge=1)
    """The cap of the stack's policy profile."""
    autoscaler_messages_per_worker: int = Field(ge=1)
    """How many messages, waiting or in flight, justify one worker."""
    autoscaler_interval_seconds: float = Field(gt=0)
    """Between two readings."""
    autoscaler_scale_down_after_seconds: float = Field(ge=0)
    """How long fewer workers must have been enough before some are stopped."""
    autoscaler_health_port: int = Field(ge=1, le=65535)

    @field_validator("autoscaler_max_workers")
    @classmethod
    def _not_below_minimum(cls, maximum: int, info: ValidationInfo) -> int:
        minimum = info.data.get("autoscaler_min_workers", 0)
        if maximum < minimum:
            raise PydanticCustomError(
                "below_minimum",
                "Input should be at least AUTOSCALER_MIN_WORKERS, which is {minimum}",
                {"minimum": minimum},
            )
        return maximum


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
