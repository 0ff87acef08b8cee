"""The HTTP endpoint that the worker's health check asks."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import sqlalchemy as sa

from dagster_app.claims import refuses

PATH = "/health"
REQUEST_SECONDS = 4
STALE_AFTER_SECONDS = 60

# In an outage the other threads wait for the database, one for each step.
_thread = ThreadPoolExecutor(1, thread_name_prefix="health")


@dataclass(frozen=True, slots=True)
class Health:
    """What can be wrong with a worker that a new one would not have.

    Attributes:
        silence: Seconds for which the queue has not answered.
        database: Asked whether it still takes the password.
    """

    silence: Callable[[], float]
    database: sa.URL

    async def problem(self) -> str | None:
        """What is wrong, if anything is."""
        if (silence := self.silence()) > STALE_AFTER_SECONDS:
            return f"no answer from the queue for {silence:.0f} s"
        loop = asyncio.get_running_loop()
        if await loop.run_in_executor(_thread, refuses, self.database):
            return "the database refuses the password"
        return None


async def serve_health(port: int, health: Health) -> asyncio.Server:
    """Serves `/health` on the event loop of the tasks, so that a loop that hangs fails the check.

    It listens on the loopback alone, since the check runs inside the container.

    Raises:
        OSError: The port is taken.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                request = await reader.readuntil(b"\r\n\r\n")
                if request.startswith(f"GET {PATH} ".encode()):
                    problem = await health.problem()
                    status = "200 OK" if problem is None else "503 Service Unavailable"
                else:
                    problem, status = None, "404 Not Found"
                writer.write(response(status, problem or ""))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            pass  # Whoever asked has gone, or does not speak HTTP. (TimeoutError is an OSError.)
        finally:
            writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", port)


def response(status: str, body: str) -> bytes:
    """An answer in HTTP."""
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    ).encode()
