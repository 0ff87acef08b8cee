"""The containers of the stack, and an AWS for them."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from tests.apps.running import CREDENTIALS, Aws
from tests.stack.conftest import Deploy, deployment

__all__ = ["deployment"]


@pytest.fixture(scope="session")
def containers(deployment: Deploy) -> dict[str, dict[str, Any]]:
    """All containers of the local stack with the demo, by `<task>/<container>`."""
    return deployment("local", ("taskiqDemo.enabled", True)).containers()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """An AWS on the loopback, to which the test's own clients speak as well."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = Aws()
    server.start()
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": server.url}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    yield server
    server.stop()
