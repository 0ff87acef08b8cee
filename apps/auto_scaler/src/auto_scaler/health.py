"""The HTTP endpoint that the container's health check asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from auto_scaler.scaler import Scaler

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
