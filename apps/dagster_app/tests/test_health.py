"""The worker's endpoint as its health check sees it."""

import asyncio
from threading import Event

import pytest
import sqlalchemy as sa

from dagster_app.health import Health, serve_health
from pulumi_loopback.credentials import free_port


async def ask(health: Health, request: bytes = b"GET /health HTTP/1.1\r\n\r\n") -> str:
    """What the endpoint answers."""
    async with await serve_health(0, health) as server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer.decode()


@pytest.mark.parametrize(
    ("silence", "password", "status", "told"),
    [
        pytest.param(0, "pass/word", "200 OK", "", id="healthy"),
        pytest.param(60, "pass/word", "200 OK", "", id="silent-for-a-while"),
        pytest.param(
            61,
            "pass/word",
            "503 Service Unavailable",
            "no answer from the queue for 61 s\n",
            id="silent-for-too-long",
        ),
        pytest.param(
            0,
            "of last week",
            "503 Service Unavailable",
            "the database refuses the password\n",
            id="another-password",
        ),
    ],
)
def test_it_tells_whether_queue_and_database_take_the_worker(
    url: sa.URL, silence: float, password: str, status: str, told: str
) -> None:
    answer = asyncio.run(ask(Health(lambda: silence, url.set(password=password))))

    head, _, body = answer.partition("\r\n\r\n")
    assert head.splitlines()[0] == f"HTTP/1.1 {status}"
    assert body.strip() == told.strip()


def test_it_has_no_other_page(url: sa.URL) -> None:
    answer = asyncio.run(ask(Health(lambda: 0, url), b"GET / HTTP/1.1\r\n\r\n"))

    assert answer.startswith("HTTP/1.1 404 Not Found")


def test_it_answers_while_all_steps_wait_for_the_database(url: sa.URL) -> None:
    answered = Event()

    async def run() -> str:
        waiting = [asyncio.ensure_future(asyncio.to_thread(answered.wait, 60)) for _ in range(100)]
        try:
            return await ask(Health(lambda: 0, url.set(port=free_port())))
        finally:
            answered.set()
            await asyncio.gather(*waiting)

    assert asyncio.run(run()).startswith("HTTP/1.1 200 OK")
