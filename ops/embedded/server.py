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
from collections.abc import Sequence
from pathlib import Path

# Read when moto's models are loaded: roles may have policies of AWS's own.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from ops.embedded import snapshot
from ops.embedded.gaps import close_gaps

_SIGNED = re.compile(r"Credential=[^/]*/\d+/[^/]*/(?P<service>[^/]*)/")
_ENDING = {signal.SIGINT, signal.SIGTERM}


def main(arguments: Sequence[str]) -> int:
    """Serves.

    Returns:
        0 after SIGINT or SIGTERM.
    """
    parser = argparse.ArgumentParser(prog="python -m ops.embedded.server", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--data", type=Path, required=True, help="where to keep what it holds")
    options = parser.parse_args(arguments)
    # Before any thread starts, since those inherit it: only `sigwait` takes these signals.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    _serve(options.port, options.data)
    return 0


def _serve(port: int, data: Path) -> None:
    close_gaps()
    # Binds the port: where that is another's, what was kept stays kept.
    server = make_server(
        "127.0.0.1",
        port,
        DomainDispatcherApplication(create_backend_app),
        threaded=True,
        request_handler=_Handler,
    )
    try:
        snapshot.restore(data)
    except snapshot.SnapshotError as error:
        _say(f"what was kept in {data} is lost: {error}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    signal.sigwait(_ENDING)
    server.shutdown()
    try:
        snapshot.save(data)
    except snapshot.SnapshotError as error:
        _say(f"what the endpoint holds cannot be kept: {error}")


class _Handler(MotoRequestHandler):
    """Logs a call by its service and, where the protocol tells, by its name."""

    def log_request(self, code: int | str = "-", _size: int | str = "-") -> None:
        signed = _SIGNED.search(self.headers.get("Authorization", ""))
        target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        service = signed["service"] if signed else "-"
        self.log("info", "%s %s %s", service, target or f"{self.command} {self.path}", code)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
