"""The endpoint as the container's health check sees it."""

import socket
from http.client import HTTPConnection

import pytest

from auto_scaler.__main__ import create_scaler, main
from auto_scaler.scaler import Scaler, health_endpoint
from auto_scaler.settings import Settings


def ask(port: int, path: str) -> tuple[int, str]:
    """Status and text of one answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found: int = server.getsockname()[1]
        return found


@pytest.fixture
def scaler(environment: dict[str, str]) -> Scaler:
    assert environment
    return create_scaler(Settings())


def test_it_is_healthy_from_the_start(port: int, scaler: Scaler) -> None:
    with health_endpoint(port, scaler):
        assert ask(port, "/healthz") == (200, "last successful reading 0 s ago\n")


def test_it_says_503_after_repeated_failure(
    port: int, scaler: Scaler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scaler, "_clock", lambda: scaler._last_success + 61)  # noqa: SLF001 - time passes

    with health_endpoint(port, scaler):
        assert ask(port, "/healthz") == (503, "last successful reading 61 s ago\n")


def test_it_has_no_other_page(port: int, scaler: Scaler) -> None:
    with health_endpoint(port, scaler):
        assert ask(port, "/")[0] == 404


def test_the_port_is_free_again_afterwards(port: int, scaler: Scaler) -> None:
    for _ in range(2):
        with health_endpoint(port, scaler):
            assert ask(port, "/healthz")[0] == 200


def test_a_port_that_is_taken_ends_the_program_with_2(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert environment
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        monkeypatch.setenv("AUTOSCALER_HEALTH_PORT", str(taken))

        assert main() == 2

    told = capsys.readouterr().err
    assert told == f"error: AUTOSCALER_HEALTH_PORT is {taken}: Address already in use\n"
