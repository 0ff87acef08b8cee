"""The HTTP endpoint that the worker's health check asks."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from dagster_app.storage import is_refusal

PATH = "/health"
REQUEST_SECONDS = 4
CONNECT_SECONDS = 2
STALE_AFTER_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Health:
    """What can be wrong with a worker that a new one would not have.

    Attributes:
        silence: Seconds for which the queue has not answered.
        database: Asked whether it still takes the password, which RDS changes every week: ECS
            gives the new one to a new container. An outage is no reason for a restart.
    """

    silence: Callable[[], float]
    database: sa.URL

    async def problem(self) -> str | None:
        """What is wrong, if anything is."""
        if (silence := self.silence()) > STALE_AFTER_SECONDS:
            return f"no answer from the queue for {silence:.0f} s"
        return await asyncio.to_thread(self._refusal)

    def _refusal(self) -> str | None:
        # A connection of a pool would still be open after the change.
        engine = sa.create_engine(
            self.database,
            poolclass=sa.NullPool,
            connect_args={"connect_timeout": CONNECT_SECONDS},
        )
        try:
            with engine.connect():
                return None
        except DBAPIError as error:
            return "the database refuses the password" if is_refusal(error.orig) else None


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
