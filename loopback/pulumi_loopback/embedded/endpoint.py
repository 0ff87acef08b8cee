"""moto as the endpoint of the local stack: started, stopped and looked at."""

import contextlib
import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from pulumi_loopback.credentials import PROFILE_FILE, read_key, write_profile
from pulumi_loopback.errors import CommandError
from pulumi_loopback.guard import UMASK, make_private, opener
from pulumi_loopback.project import OWN, Spelling

_PID_FILE = "pid"
DATA_FILE = "data"
CONTROL = "/endpoint-api/"
"""The path that the endpoint's process itself answers. A GET gives the note about its start; a POST
says whether its data could be written down."""
_PROCESS = re.compile(r"(?P<pid>\d+) (?P<port>\d+)")
_START_SECONDS = 60
_STOP_SECONDS = 30
_WRITING_SECONDS = 5
_POLL_SECONDS = 0.05
_LINES_OF_LOG = 5
_ANSWER_SECONDS = {"GET": 1, "POST": _STOP_SECONDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """The process that serves.

    Attributes:
        pid: Its number.
        port: Where it listens.
    """

    pid: int
    port: int

    @property
    def url(self) -> str:
        """The URL that it answers at."""
        return _url(self.port)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedEndpoint:
    """moto in a process of its own on 127.0.0.1.

    The endpoint's data are in memory. A stop keeps them; a kill loses them. Where the data cannot
    be kept, the process goes on.

    Attributes:
        port: The port on which it listens.
        folder: Its key, its pid file, its log and its kept data; only the user can read the folder.
        region: The region of its clients, where they name none.
        spelling: How the user types a command.
        other_port: What the user does to give it another port.
    """

    port: int
    folder: Path
    region: str = "us-east-1"
    spelling: Spelling = OWN
    other_port: str = "give aws.endpoint in Pulumi.local.yaml another port"

    @property
    def url(self) -> str:
        """Its URL."""
        return _url(self.port)

    @property
    def log(self) -> Path:
        """The file with all that it has printed since it was started."""
        return self.folder / "log"

    @property
    def _log_before(self) -> Path:
        return self.log.with_suffix(".before")

    @property
    def profile(self) -> Path:
        """The file with the key that signs requests to the endpoint."""
        return self.folder / PROFILE_FILE

    def start(self) -> None:
        """Starts the endpoint, and returns when it answers; does nothing where it runs.

        Where another command is starting the endpoint, this one waits. A warning tells of old data
        that the endpoint cannot take up.

        Raises:
            CommandError: Another program has the port, the endpoint runs at another port or with
                another key, or it does not come up.
        """
        make_private(self.folder)
        begin = time.monotonic()
        process = None
        while True:
            if process is None and (process := self._started()) is None:
                self._check_port()
            self.check_key()
            if self.runs() and (answer := self._asked(self.port, "GET")):
                if answer.status == HTTPStatus.OK:
                    break
                if answer.status == HTTPStatus.FORBIDDEN:
                    raise CommandError(
                        f"moto runs at {self.url}, and answers another key than the one in "
                        f"{self.profile}",
                        hint=f"`{self._typed('stop')}` stops it and keeps what it holds; the next "
                        "start takes the key of the file",
                    )
            ended = process is not None and process.poll() is not None
            if ended or time.monotonic() - begin > _START_SECONDS:
                if process is not None:
                    process.kill()
                raise CommandError(f"the endpoint does not start: {self.last_lines()}")
            time.sleep(_POLL_SECONDS)
        if process is not None:
            # It is nobody's child from here on: this process ends, and it goes on.
            process.returncode = 0
            if answer.text:
                sys.stderr.write(f"warning: {answer.text}\n")

    def check_key(self) -> None:
        """Refuses where the process runs and the file with its key is gone.

        A new key in the file would be one that the process does not know.

        Raises:
            CommandError: It is so.
        """
        end = time.monotonic() + _WRITING_SECONDS
        while not self.profile.exists() and self.runs():
            # The file is written as the process starts.
            if time.monotonic() > end:
                raise CommandError(
                    f"moto runs, and {self.profile} with its key is not there",
                    hint=f"`{self._typed('stop')}` stops it and keeps what it holds; the next "
                    "start makes a key",
                )
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """Stops the endpoint and keeps its data; does nothing where it does not run.

        Raises:
            CommandError: The data cannot be kept, so the endpoint goes on; or the process does not
                end; or its process is not known.
        """
        process = self._process()
        if process is None:
            return
        answer = self._asked(process.port, "POST")
        if answer and answer.status == HTTPStatus.INSUFFICIENT_STORAGE:
            raise CommandError(
                f"the endpoint goes on, since what it holds cannot be kept: {answer.text}",
                hint="make room, or let the folder be written, and stop it then; "
                f"`{self.spelling.of('reset:hard')}` deletes what it holds",
            )
        self._end(process, signal.SIGTERM)

    def clean(self) -> None:
        """Ends the endpoint, and removes its data, what is kept, its pid file and its log.

        The clients go on with their key.
        """
        if process := self._process():
            self._end(process, signal.SIGKILL)
        for file in self.folder.glob("*"):
            if file != self.profile:
                file.unlink()

    def status(self) -> str:
        """Says in one line whether it runs, and where."""
        if process := self._process():
            return f"moto answers at {process.url} (process {process.pid})"
        kept = (self.folder / DATA_FILE).exists()
        return (
            f"moto does not run{'; what it held is kept' if kept else ''}; "
            f"`{self._typed('start')}` starts it at {self.url}"
        )

    def logs(self) -> str:
        """All that it has printed since it was started."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def last_lines(self) -> str:
        """The end of its log."""
        return "\n".join(self.logs().splitlines()[-_LINES_OF_LOG:])

    def runs(self) -> bool:
        """Whether its process lives: then the pid file is locked, however it was started."""
        try:
            with self._pid_file.open("rb") as pid_file:
                fcntl.flock(pid_file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def _typed(self, name: str) -> str:
        return self.spelling.of(f"endpoint:{name}")

    def _end(self, process: Process, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)
        end = time.monotonic() + _STOP_SECONDS
        while self.runs():
            if time.monotonic() > end:
                raise CommandError(
                    f"the endpoint (process {process.pid}) does not end",
                    hint=f"`{self._typed('logs')}` may say why; `{self.spelling.of('reset:hard')}` "
                    "ends it and deletes what it holds",
                )
            time.sleep(_POLL_SECONDS)

    @property
    def _pid_file(self) -> Path:
        return self.folder / _PID_FILE

    def _process(self) -> Process | None:
        """The process, `None` where there is none.

        Raises:
            CommandError: Its pid file is damaged.
        """
        end = time.monotonic() + _WRITING_SECONDS
        while self.runs():
            with contextlib.suppress(FileNotFoundError):
                told = _PROCESS.fullmatch(self._pid_file.read_text(encoding="utf-8"))
                if told:
                    return Process(pid=int(told["pid"]), port=int(told["port"]))
            # It is written as the process starts.
            if time.monotonic() > end:
                raise CommandError(
                    f"moto runs, and {self._pid_file} does not say which process it is",
                    hint=f"end the process that listens on 127.0.0.1:{self.port} by hand",
                )
            time.sleep(_POLL_SECONDS)
        return None

    def _check_port(self) -> None:
        process = self._process()
        if process and process.port != self.port:
            raise CommandError(
                f"moto answers at {process.url}, and the settings say {self.url}",
                hint=f"`{self._typed('stop')}` stops it and keeps what it holds; go on after that",
            )

    def _asked(self, port: int, method: str) -> "_Answer | None":
        """The process's answer at `CONTROL`, `None` where there is no answer or no key."""
        key = read_key(self.profile, self.spelling)
        if key is None:
            return None
        asked = AWSRequest(method=method, url=f"{_url(port)}{CONTROL}")
        SigV4Auth(Credentials(key.id, key.secret), "sts", self.region).add_auth(asked)
        connection = HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS[method])
        try:
            connection.request(method, CONTROL, headers=dict(asked.headers.items()))
            response = connection.getresponse()
            return _Answer(response.status, response.read().decode())
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    def _started(self) -> "subprocess.Popen[bytes] | None":
        """Starts the process, unless there is one.

        It inherits the locked pid file, and with it the lock, for as long as it lives.
        """
        with open(self._pid_file, "ab", buffering=0, opener=opener) as pid_file:
            try:
                fcntl.flock(pid_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return None
            if _is_taken(self.port):
                raise CommandError(
                    f"127.0.0.1:{self.port} is taken by a program that this project has not "
                    "started",
                    hint=f"end that program, or {self.other_port}",
                )
            with contextlib.suppress(FileNotFoundError):
                self.log.replace(self._log_before)
            write_profile(self.profile, url=self.url, region=self.region, spelling=self.spelling)
            with open(self.log, "ab", opener=opener) as log:
                process = subprocess.Popen(
                    [
                        # Whatever stands in the working directory is not a module of its.
                        *(sys.executable, "-P", "-m", "pulumi_loopback.embedded.server"),
                        *("--port", str(self.port), "--data", self.folder / DATA_FILE),
                        *("--profile", self.profile, "--told-by", self._typed("env")),
                    ],
                    umask=UMASK,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=[pid_file.fileno()],
                    start_new_session=True,  # it outlives the terminal's Ctrl-C, and the terminal
                )
            try:
                pid_file.truncate(0)
                pid_file.write(f"{process.pid} {self.port}".encode())
            except BaseException as error:
                # Without the process's number nobody could stop it.
                process.kill()
                process.wait()
                if isinstance(error, OSError):
                    raise CommandError(f"{self._pid_file}: {error.strerror}") from error
                raise
        return process


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _is_taken(port: int) -> bool:
    with socket.socket() as listener:
        # As servers do: a port whose last connections are still closing is free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    text: str
