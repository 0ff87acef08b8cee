"""The endpoint's process: moto on the loopback, with its gaps closed.

What it holds outlives a stop, see `snapshot`. Who starts it gives it a locked pid file, which it
leaves open: whoever finds that unlocked knows that it has ended, however it did.
"""

import argparse
import os
import re
import signal
import sys
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

# Read when moto's models are loaded: roles may have policies of AWS's own.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from pulumi_loopback.credentials import read_key
from pulumi_loopback.embedded import snapshot
from pulumi_loopback.embedded.admission import Admission
from pulumi_loopback.embedded.endpoint import CONTROL
from pulumi_loopback.embedded.gaps import close_gaps
from pulumi_loopback.errors import CommandError, carried_out, exit_with

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_SIGNED = re.compile(r"Credential=[^/]*/\d+/[^/]*/(?P<service>[a-z0-9.-]*)/")
_ENDING = {signal.SIGINT, signal.SIGTERM}


def main(arguments: Sequence[str]) -> int:
    """Serves the endpoint.

    Returns:
        0 after SIGINT or SIGTERM, 2 where the endpoint cannot be served.
    """
    parser = argparse.ArgumentParser(prog="pulumi_loopback.embedded.server", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--data", type=Path, required=True, help="where to keep what it holds")
    parser.add_argument("--profile", type=Path, required=True, help="holds the stack's own key")
    parser.add_argument("--told-by", required=True, help="the command that tells how to use it")
    options = parser.parse_args(arguments)
    # Before any thread starts, since those inherit it: only `sigwait` takes these signals.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    return carried_out(lambda: _serve(options.port, options.data, options.profile, options.told_by))


def _serve(port: int, data: Path, profile: Path, told_by: str) -> int:
    key = read_key(profile)
    if key is None:
        raise CommandError(f"there is no {profile}, which holds the key")
    close_gaps()
    controlled = _Controlled(DomainDispatcherApplication(create_backend_app), data)
    # Binds the port: where that is another's, what was kept stays kept.
    admission = Admission(controlled, port=port, key=key, told_by=told_by)
    server = make_server("127.0.0.1", port, admission, threaded=True, request_handler=_Handler)
    try:
        snapshot.restore(data)
    except snapshot.SnapshotError as error:
        controlled.note = f"what the endpoint held cannot be taken up: {error}"
        _say(controlled.note)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        signal.sigwait(_ENDING)
        try:
            snapshot.save(data)
        except snapshot.SnapshotError as error:
            if not data.parent.exists():  # thrown away, and so is all that could stop this
                return 0
            _say(f"goes on, since what the endpoint holds cannot be kept: {error}")
        else:
            return 0


class _Controlled:
    """moto, behind the path that the project asks the process itself.

    Attributes:
        note: The text that tells the user of the process's start.
    """

    def __init__(self, behind: "WSGIApplication", data: Path) -> None:
        self.note = ""
        self._behind = behind
        self._data = data

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answers one request."""
        if environ["PATH_INFO"] != CONTROL:
            return self._behind(environ, start_response)
        answer = self._keep() if environ["REQUEST_METHOD"] == "POST" else Response(self.note)
        return answer(environ, start_response)

    def _keep(self) -> Response:
        """Writes down moto's data, and so shows the command that stops it that this can be done."""
        try:
            snapshot.save(self._data)
        except snapshot.SnapshotError as error:
            return Response(str(error), HTTPStatus.INSUFFICIENT_STORAGE)
        return Response()


class _Handler(MotoRequestHandler):
    """Logs a call by its service and, where the protocol tells, by its name."""

    def log_request(self, code: int | str = "-", _size: int | str = "-") -> None:
        signed = _SIGNED.search(self.headers.get("Authorization", ""))
        target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        service = signed["service"] if signed else "-"
        # The query is left out: it may hold a signature.
        called = target or f"{self.command} {self.path.partition('?')[0]}"
        self.log("info", "%s %s %s", service, called, code)


def _say(text: str) -> None:
    with suppress(OSError):  # the log may be on the disk that is full
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
