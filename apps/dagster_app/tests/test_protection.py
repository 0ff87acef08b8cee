"""Scale-in protection, against an agent on the loopback."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from dagster_app.protection import ScaleInProtection

PROTECT = {"ProtectionEnabled": True, "ExpiresInMinutes": 60}
RELEASE = {"ProtectionEnabled": False}
PROTECTION = {"protection": {"ProtectionEnabled": True}}
REFUSAL = {"failure": {"Reason": "DEPLOYMENT_BLOCKED", "Detail": "for too long"}}


@dataclass
class Agent:
    """An ECS agent: its address, what it was told, and what it answers."""

    url: str = ""
    told: list[object] = field(default_factory=list)
    answer: object = field(default_factory=lambda: PROTECTION)


class Clock:
    """Seconds since the machine was started, as the test says."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def agent() -> Iterator[Agent]:
    """One that does as it is told."""
    made = Agent()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            assert self.path == "/task-protection/v1/state"
            made.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(made.answer).encode())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        made.url = f"http://127.0.0.1:{server.server_port}"
        yield made
        server.shutdown()
        thread.join()


async def two_steps_at_once(protection: ScaleInProtection) -> None:
    async with protection.held(), protection.held():
        await protection.renew()


@pytest.mark.parametrize(
    "uptime", [pytest.param(1, id="just-started"), pytest.param(10_000_000, id="long-since")]
)
def test_the_task_is_protected_from_its_first_step_to_the_end_of_its_last(
    agent: Agent, uptime: float
) -> None:
    clock = Clock()
    clock.now = uptime
    asyncio.run(two_steps_at_once(ScaleInProtection(agent.url, clock)))
    assert agent.told == [PROTECT, RELEASE]


def test_the_protection_of_a_long_step_is_renewed_before_it_expires(agent: Agent) -> None:
    clock = Clock()

    async def hour() -> None:
        protection = ScaleInProtection(agent.url, clock)
        async with protection.held():
            for _ in range(30):
                clock.now += 120
                await protection.renew()

    asyncio.run(hour())
    assert agent.told == [PROTECT] * 3 + [RELEASE]


def test_what_ecs_refuses_is_logged_and_asked_for_again_a_minute_later(
    agent: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    agent.answer = REFUSAL

    async def step() -> None:
        protection = ScaleInProtection(agent.url, clock)
        async with protection.held():
            for _ in range(3):
                clock.now += 19
                await protection.renew()
            agent.answer = PROTECTION
            clock.now += 19
            await protection.renew()

    asyncio.run(step())
    assert agent.told == [PROTECT, PROTECT, RELEASE]
    (message,) = caplog.messages
    assert "DEPLOYMENT_BLOCKED" in message


@pytest.mark.parametrize(
    "agent_url",
    [pytest.param(None, id="outside-ecs"), pytest.param("http://127.0.0.1:9", id="no-answer")],
)
def test_a_step_runs_also_without_protection(agent_url: str | None) -> None:
    asyncio.run(two_steps_at_once(ScaleInProtection(agent_url)))
