"""The containers of the stack, and an AWS for them."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from ops.dev import environments
from ops.paths import STACK
from pulumi_preflight.cli import main as preflight
from tests.apps.aws import Aws
from tests.stack.conftest import Deploy, deployment

__all__ = ["deployment"]


@pytest.fixture(scope="session")
def containers(deployment: Deploy) -> dict[str, dict[str, Any]]:
    """All containers of the local stack with the demo, by `<task>/<container>`."""
    return deployment("local", ("taskiqDemo.enabled", True)).containers()


@pytest.fixture(scope="session")
def dagster_containers(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, environments.Container]:
    """The containers of the local stack, by name."""
    state = tmp_path_factory.mktemp("stack") / "state.json"
    status = preflight([str(STACK), "--stack", "local", "--save-state", str(state)])
    assert status == 0
    return environments.containers(state)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """An AWS on the loopback, to which the test's own clients speak as well."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = Aws()
    server.start()
    for name, value in {**environments.CREDENTIALS, "AWS_ENDPOINT_URL": server.url}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    yield server
    server.stop()
