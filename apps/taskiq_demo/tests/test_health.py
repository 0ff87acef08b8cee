"""The worker's endpoint as its health check sees it."""

import asyncio

import pytest

from taskiq_demo.health import serve_health


async def ask(request: bytes, silence: float) -> bytes:
    """What the endpoint answers."""
    server = await serve_health(0, lambda: silence)
    async with server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        if writer.can_write_eof():
            writer.write_eof()
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer


@pytest.mark.parametrize(
    ("request_line", "silence", "status"),
    [
        pytest.param("GET /health HTTP/1.1", 0, "200 OK", id="healthy"),
        pytest.param("GET /health HTTP/1.1", 60, "200 OK", id="silent-for-a-while"),
        pytest.param(
            "GET /health HTTP/1.1", 61, "503 Service Unavailable", id="silent-for-too-long"
        ),
        pytest.param("GET / HTTP/1.1", 0, "404 Not Found", id="another-page"),
        pytest.param("POST /health HTTP/1.1", 0, "404 Not Found", id="another-method"),
    ],
)
def test_it_tells_whether_the_queue_answers(request_line: str, silence: float, status: str) -> None:
    answer = asyncio.run(ask(f"{request_line}\r\nHost: localhost\r\n\r\n".encode(), silence))

    assert answer.decode().splitlines()[0] == f"HTTP/1.1 {status}"


def test_the_answer_says_for_how_long() -> None:
    answer = asyncio.run(ask(b"GET /health HTTP/1.1\r\n\r\n", 75))

    assert answer.decode().endswith("\r\n\r\nno answer from the queue for 75 s\n")


@pytest.mark.parametrize(
    "request_bytes",
    [pytest.param(b"", id="nothing"), pytest.param(b"x" * 100_000, id="no-end")],
)
def test_what_is_no_http_gets_no_answer(request_bytes: bytes) -> None:
    assert asyncio.run(ask(request_bytes, 0)) == b""
