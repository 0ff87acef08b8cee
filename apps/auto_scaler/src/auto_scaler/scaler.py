"""One step of the loop: read, decide, set."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from botocore.exceptions import BotoCoreError, ClientError

from auto_scaler.fleet import Fleet, FleetError, ScalingPolicy

log = logging.getLogger(__name__)


class Scaler:
    """Keeps the fleet as large as its queue needs it.

    Args:
        fleet: What is read and set.
        policy: What decides.
        clock: Seconds that never go back.
        stale_after: Seconds without a successful step until the scaler counts as unhealthy.
    """

    def __init__(
        self,
        *,
        fleet: Fleet,
        policy: ScalingPolicy,
        clock: Callable[[], float],
        stale_after: float,
    ) -> None:
        self._fleet = fleet
        self._policy = policy
        self._clock = clock
        self._stale_after = stale_after
        self._last_success = clock()

    def step(self) -> None:
        """Reads once and sets the count where it is wrong.

        An error changes nothing: an unread queue is not an empty one.
        """
        try:
            reading = self._fleet.read()
            workers = self._policy.decide(reading, self._clock())
            if workers != reading.workers:
                self._fleet.set_workers(workers)
                log.info(
                    "workers %d -> %d: %d messages wait, %d are in flight",
                    reading.workers,
                    workers,
                    reading.visible,
                    reading.in_flight,
                )
        except (BotoCoreError, ClientError, FleetError) as error:
            self._policy.forget()
            log.error("the number of workers is left as it is: %s", error)  # noqa: TRY400 - AWS's own sentence says it all
            return
        self._last_success = self._clock()

    def silence(self) -> float:
        """Seconds since the last step that succeeded; before the first, since the start."""
        return self._clock() - self._last_success

    def is_healthy(self) -> bool:
        """Whether steps still succeed."""
        return self.silence() <= self._stale_after


PATH = "/healthz"


@contextmanager
def health_endpoint(port: int, scaler: Scaler) -> Iterator[None]:
    """Serves `/healthz` while the block runs: 200 while steps succeed, else 503.

    It listens on the loopback alone, since the check runs inside the container.

    Raises:
        OSError: The port is taken.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != PATH:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            healthy = scaler.is_healthy()
            body = f"last successful reading {scaler.silence():.0f} s ago\n".encode()
            self.send_response(HTTPStatus.OK if healthy else HTTPStatus.SERVICE_UNAVAILABLE)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing: a check every few seconds is no news."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        thread = Thread(target=server.serve_forever, name="health", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
