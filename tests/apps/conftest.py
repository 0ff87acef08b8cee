"""The containers of the stack, and an AWS for them."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ops.paths import STACK
from pulumi_loopback.credentials import DUMMY
from pulumi_loopback.dev import environments
from pulumi_preflight.cli import main as preflight
from tests.apps.aws import Aws
from tests.apps.permissions import recorded
from tests.stack.conftest import Deploy, deployment

__all__ = ["deployment"]


@pytest.fixture(scope="session")
def containers(deployment: Deploy) -> dict[str, dict[str, Any]]:
    """All containers of the local stack with the demo, by `<task>/<container>`."""
    return deployment("local", ("taskiqDemo.enabled", True)).containers()


@pytest.fixture(scope="session")
def policies(deployment: Deploy) -> dict[str, list[dict[str, Any]]]:
    """The statements of what the tasks of the local stack with the demo may do, by their names."""
    found = deployment("local", ("taskiqDemo.enabled", True)).policies()
    suffix = "-task-role-policy"
    return {
        name.removesuffix(suffix): statements
        for name, statements in found.items()
        if name.endswith(suffix)
    }


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
def writes(tmp_path: Path) -> Path:
    """Where watched containers note what they write to."""
    return tmp_path / "writes"


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    """Where the AWS of a test notes what it is asked for."""
    return tmp_path / "requests"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, requests: Path) -> Iterator[Aws]:
    """An AWS on the loopback, to which the test's own clients speak as well."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = Aws()
    server.start()
    for name, value in {**DUMMY.variables, "AWS_ENDPOINT_URL": server.url}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with recorded(requests):
        yield server
    server.stop()
