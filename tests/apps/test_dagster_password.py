"""What the containers of Dagster do when the database gets a new password."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from pulumi_loopback.dev.environments import Container
from pulumi_loopback.dev.processes import Running
from tests.apps.dagster_runs import SHORT, Dagster, dagster
from tests.pages import status_of
from tests.waiting import wait_until

COUNT_RUNS = "{ runsOrError { ... on Runs { count } } }"
pytestmark = pytest.mark.xdist_group("dagster-password")


@pytest.fixture
def system(dagster_containers: dict[str, Container]) -> Iterator[Dagster]:
    """A system of its own."""
    with dagster(dagster_containers) as made:
        yield made


@pytest.mark.nightly
def test_every_container_ends_or_becomes_unhealthy_once_the_password_is_another(
    system: Dagster,
) -> None:
    started = system.system.start_all(SHORT)
    assert all(process.is_healthy() for process in started.values())

    system.system.postgres.query("ALTER USER dagster PASSWORD 'of next week'")

    for name in ("code-server", "worker"):
        wait_for_bad_health(started[name])
        assert started[name].process.poll() is None
    # Web server and daemon notice when they next ask the database.
    status_of(f"{system.system.graphql}?query={quote(COUNT_RUNS)}")
    for name in ("webserver", "daemon"):
        assert started[name].process.wait(120) == 0


def wait_for_bad_health(process: Running) -> None:
    """Waits until the health check of the task definition fails."""
    wait_until(lambda: not process.is_healthy(), f"unhealthy: {process.container.name}")
