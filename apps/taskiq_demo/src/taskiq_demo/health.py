"""The HTTP endpoint that the worker's health check asks."""

import asyncio
from collections.abc import Callable

PATH = "/health"
REQUEST_SECONDS = 4
STALE_AFTER_SECONDS = 60


async def serve_health(port: int, silence: Callable[[], float]) -> asyncio.Server:
    """Serves `/health` on the event loop of the tasks, so that a loop that hangs fails the check.

    It listens on the loopback alone, since the check runs inside the container.

    Args:
        port: TCP port.
        silence: Seconds for which the queue has not answered.

    Raises:
        OSError: The port is taken.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                request = await reader.readuntil(b"\r\n\r\n")
                writer.write(response(request, silence()))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            pass  # Whoever asked has gone, or does not speak HTTP. (TimeoutError is an OSError.)
        finally:
            writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", port)


def response(request: bytes, silence: float) -> bytes:
    """The answer to a request: 200, or 503 where the queue has been silent for long."""
    if not request.startswith(f"GET {PATH} ".encode()):
        status = "404 Not Found"
    elif silence > STALE_AFTER_SECONDS:
        status = "503 Service Unavailable"
    else:
        status = "200 OK"
    body = f"no answer from the queue for {silence:.0f} s\n" if status.startswith("503") else ""
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    ).encode()
