"""moto as the endpoint of the local stack: started, stopped and looked at."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from ops.errors import CommandError
from ops.paths import ROOT

_START_SECONDS = 60
_STOP_SECONDS = 10
_POLL_SECONDS = 0.05
_LINES_OF_LOG = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedEndpoint:
    """moto in a process of its own on 127.0.0.1; its data are in memory and end with it.

    Attributes:
        port: Where it listens.
        folder: For its pid file and its log.
    """

    port: int
    folder: Path

    @property
    def url(self) -> str:
        """Its URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """The file with all that it prints."""
        return self.folder / "log"

    @property
    def _pid_file(self) -> Path:
        return self.folder / "pid"

    def start(self) -> None:
        """Starts it, and returns when it answers; does nothing where it runs.

        Raises:
            CommandError: The port is another program's, or it does not come up.
        """
        if self.runs():
            return
        if _is_taken(self.port):
            raise CommandError(
                f"127.0.0.1:{self.port} is taken by a program that this project has not started",
                hint="end that program, or give aws.endpoint in Pulumi.local.yaml another port",
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "ops.embedded.server"),
                    *("--port", str(self.port), "--pid-file", self._pid_file),
                ],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # it outlives the terminal's Ctrl-C, and the terminal
            )
        end = time.monotonic() + _START_SECONDS
        while not (self.runs() and _answers(self.port)):
            if process.poll() is not None or time.monotonic() > end:
                process.kill()
                raise CommandError(f"the endpoint does not start: {self.last_lines()}")
            time.sleep(_POLL_SECONDS)
        # It is nobody's child from here on: this process ends, and it goes on.
        process.returncode = 0

    def stop(self) -> None:
        """Stops it, and with it end its data; does nothing where it does not run."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            end = time.monotonic() + _STOP_SECONDS
            if self.runs():
                os.kill(int(self._pid_file.read_text(encoding="utf-8")), number)
            while self.runs() and time.monotonic() < end:
                time.sleep(_POLL_SECONDS)

    def clean(self) -> None:
        """Removes its pid file and log; its data have ended with it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def status(self) -> str:
        """Says in one line whether it runs, and where."""
        if self.runs():
            pid = self._pid_file.read_text(encoding="utf-8")
            return f"moto answers at {self.url} (process {pid}); its data end with it"
        return f"moto does not run; `nox -s endpoint:start` starts it at {self.url}"

    def logs(self) -> str:
        """All that it has printed since its log was begun."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def last_lines(self) -> str:
        """The end of its log."""
        return "\n".join(self.logs().splitlines()[-_LINES_OF_LOG:])

    def runs(self) -> bool:
        """Whether its process lives."""
        try:
            with self._pid_file.open("rb") as pid_file:
                fcntl.flock(pid_file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False


def _is_taken(port: int) -> bool:
    with socket.socket() as listener:
        # As servers do: a port whose last connections are still closing is free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/moto-api/")
        return connection.getresponse().status == 200  # noqa: PLR2004 - HTTP's OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
