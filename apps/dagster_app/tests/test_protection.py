"""Scale-in protection, against an agent on the loopback."""

import asyncio
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from dagster_app.protection import ScaleInProtection


@pytest.fixture
def agent() -> Iterator[tuple[str, list[tuple[str, object]]]]:
    """An ECS agent: its address, and what it was told."""
    told: list[tuple[str, object]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.append((self.path, json.loads(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", told
        server.shutdown()
        thread.join()


async def two_steps_at_once(protection: ScaleInProtection) -> None:
    async with protection.held(), protection.held():
        pass


def test_the_task_is_protected_from_its_first_step_to_the_end_of_its_last(
    agent: tuple[str, list[tuple[str, object]]],
) -> None:
    url, told = agent
    asyncio.run(two_steps_at_once(ScaleInProtection(url)))
    assert told == [
        ("/task-protection/v1/state", {"ProtectionEnabled": True, "ExpiresInMinutes": 60}),
        ("/task-protection/v1/state", {"ProtectionEnabled": False}),
    ]


@pytest.mark.parametrize(
    "agent_url",
    [pytest.param(None, id="outside-ecs"), pytest.param("http://127.0.0.1:9", id="no-answer")],
)
def test_a_step_runs_also_without_protection(agent_url: str | None) -> None:
    asyncio.run(two_steps_at_once(ScaleInProtection(agent_url)))
