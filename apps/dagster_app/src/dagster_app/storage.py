"""Dagster's storage: its own PostgreSQL storage, told about the database by our settings."""

import logging
import os
import signal
from collections.abc import Mapping
from typing import Any, Self

import sqlalchemy as sa
from dagster._config.config_schema import UserConfigSchema
from dagster._serdes import ConfigurableClassData
from dagster_postgres import DagsterPostgresStorage
from sqlalchemy.engine.interfaces import ExceptionContext

from dagster_app.claims import is_refusal
from dagster_app.settings import InstanceSettings, load

log = logging.getLogger(__name__)


class PostgresStorage(DagsterPostgresStorage):
    """Storage that ends its process when the database refuses the password.

    RDS changes the password every week, and a container gets the new one only when ECS starts it
    anew. The health checks of web server and daemon do not find that out, so they end by
    themselves. Code server and workers have checks that do.
    """

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """Nothing is configured in `dagster.yaml`."""
        return {}

    @classmethod
    def from_config_value(
        cls,
        inst_data: ConfigurableClassData | None,
        config_value: Mapping[str, Any],  # noqa: ARG003 - Dagster's interface; it is empty
    ) -> Self:
        """Creates the storage that the environment describes, which is read here first."""
        url = load(InstanceSettings).url().render_as_string(hide_password=False)
        if not sa.event.contains(sa.Engine, "handle_error", end_process_on_refusal):
            sa.event.listen(sa.Engine, "handle_error", end_process_on_refusal)
        return cls(postgres_url=url, inst_data=inst_data)


def end_process_on_refusal(context: ExceptionContext) -> None:
    """Sends SIGTERM to this process where an error says that the password is no longer right."""
    if is_refusal(context.original_exception):
        log.error("the database refuses the password; this process ends to be started with the new")
        os.kill(os.getpid(), signal.SIGTERM)
