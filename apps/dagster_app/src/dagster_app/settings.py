"""What the processes are told, all of it by environment variables named as the fields."""

import sys
from typing import Annotated, Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL

Name = Annotated[str, Field(min_length=1)]
Port = Annotated[int, Field(ge=1, le=65535)]
Model = TypeVar("Model", bound=BaseSettings)
LOST_CONNECTION = {
    "connect_timeout": "3",
    "tcp_user_timeout": "15000",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}
"""Seconds, but for the milliseconds of the second: a database whose machine is gone without a word,
as after a failover, would otherwise be waited for by the kernel for a quarter of an hour."""


class DatabaseSettings(BaseSettings):
    """Of every process. There are no defaults: one would hide a mistake in the deployment."""

    model_config = SettingsConfigDict(frozen=True)

    postgres_host: Name
    postgres_port: Port
    postgres_user: Name
    postgres_password: SecretStr = Field(min_length=1)
    postgres_db: Name
    postgres_sslmode: Literal["disable", "prefer", "require", "verify-ca", "verify-full"]

    def url(self) -> URL:
        """Address of the database for SQLAlchemy, with the password in it."""
        return URL.create(
            "postgresql+psycopg2",
            username=self.postgres_user,
            password=self.postgres_password.get_secret_value(),
            host=self.postgres_host,
            port=self.postgres_port,
            database=self.postgres_db,
            query={"sslmode": self.postgres_sslmode, **LOST_CONNECTION},
        )


class InstanceSettings(DatabaseSettings):
    """Of every process that loads Dagster's instance; `dagster.yaml` names the bucket too."""

    s3_bucket: Name


class StepSettings(BaseSettings):
    """Of the code server, which enqueues steps, and of the workers, which execute them."""

    model_config = SettingsConfigDict(frozen=True)

    aws_default_region: Name
    s3_bucket: Name
    taskiq_queue_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+\.fifo$")]
    taskiq_visibility_timeout: int = Field(ge=2, le=43_200)
    """Seconds that a received message stays hidden; extended while its step runs."""


class WorkerSettings(BaseSettings):
    """Of the workers alone."""

    model_config = SettingsConfigDict(frozen=True)

    taskiq_worker_health_port: Port
    ecs_agent_uri: str | None = Field(default=None, pattern=r"^http://")
    """Address of the ECS agent, which sets it in each task; elsewhere there is none."""


def load(model: type[Model]) -> Model:
    """Reads settings; ends the process with 2 where the environment is wrong."""
    try:
        return model()
    except ValidationError as error:
        sys.stderr.write(explain(error))
        sys.exit(2)


def explain(error: ValidationError) -> str:
    """One line for each variable that is missing or wrong; a secret's value is not in it."""
    return "".join(
        f"error: {'.'.join(map(str, problem['loc'])).upper()} "
        + (
            "is not set; the stack's task definition sets it\n"
            if problem["type"] == "missing"
            else f"is {problem['input']!r}: {problem['msg']}\n"
        )
        for problem in error.errors()
    )
