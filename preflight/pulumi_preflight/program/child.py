"""The process that runs the program: started early, asked questions, always ended."""

import configparser
import json
import os
import queue
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, Self

from pulumi_preflight.errors import ProgramError
from pulumi_preflight.guard import Guard
from pulumi_preflight.project import Project
from pulumi_preflight.stack_context import why_not_started

# TCP port 9 is "discard": no machine of today listens there, and a program may not take it.
NO_ENDPOINT = "http://127.0.0.1:9"
_ENDPOINT = "AWS_ENDPOINT_URL"
_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_PLACEHOLDER = "preflight"


def program_environment(
    project: Project, outer: Mapping[str, str], new_folder: Callable[[], Path]
) -> dict[str, str]:
    """Makes the program's variables out of preflight's own.

    Args:
        project: The project that runs.
        outer: The variables to start from.
        new_folder: Makes a folder for the files that variables name, where there are any.
    """
    environment = {
        **outer,
        **project.environment,
        "PULUMI_CONFIG": json.dumps({key: value.text for key, value in project.config.items()}),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(
            [key for key, value in project.config.items() if value.secret]
        ),
    }
    for name, text in project.launch.variables.items():
        if text is None:
            environment.pop(name, None)
        else:
            environment[name] = text
    if region := project.region:
        environment.setdefault("AWS_DEFAULT_REGION", region)
    environment["AWS_EC2_METADATA_DISABLED"] = "true"
    # gRPC would look for preflight's own services behind the user's proxy.
    environment["no_grpc_proxy"] = "127.0.0.1"
    if _ENDPOINT not in outer:
        environment.update(_unreachable_aws(new_folder(), outer))
    return environment


def _unreachable_aws(folder: Path, outer: Mapping[str, str]) -> dict[str, str]:
    """Writes an AWS configuration file with the profiles and regions of the user's own."""
    regions = _regions_of_profiles(outer)
    settings = (
        f"endpoint_url = {NO_ENDPOINT}\n"
        "max_attempts = 1\n"
        "retry_mode = standard\n"
        f"aws_access_key_id = {_PLACEHOLDER}\n"
        f"aws_secret_access_key = {_PLACEHOLDER}\n"
    )
    config, credentials = folder / "config", folder / "credentials"
    config.write_text(
        "".join(
            f"[{section}]\n{settings}{f'region = {region}' if region else ''}\n\n"
            for section, region in regions.items()
        )
    )
    credentials.write_text("")
    return {
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        **{name: _PLACEHOLDER for name in _CREDENTIALS if name in outer},
    }


def _regions_of_profiles(outer: Mapping[str, str]) -> dict[str, str]:
    """Section of the user's AWS configuration to the region in it, empty where it has none.

    A program may name any of the profiles, and take its region from there. Nothing else is read: a
    file that cannot be is the AWS client's to complain of.
    """
    profile = outer.get("AWS_PROFILE")
    found = dict.fromkeys(["default", *([f"profile {profile}"] if profile else [])], "")
    home = Path(outer["HOME"]) if outer.get("HOME") else Path.home()
    given = outer.get("AWS_CONFIG_FILE")
    parser = configparser.RawConfigParser(default_section="", strict=False)
    with suppress(OSError, UnicodeDecodeError, configparser.Error):
        parser.read(Path(given).expanduser() if given else home / ".aws" / "config")
    for section in parser.sections():
        if section == "default" or section.startswith("profile "):
            found[section] = parser[section].get("region", "")
    return found


class Child:
    """The program's process.

    The start is the entry into the block. The process imports the SDK while preflight still loads,
    and then waits for `start`.
    """

    def __init__(self, project: Project, environment: dict[str, str], guard: Guard) -> None:
        """Takes the program, its variables, and the guard that ends all that it starts."""
        self._project = project
        self._environment = environment
        self._guard = guard
        self._writing = threading.Lock()
        self._asking = threading.Lock()
        self._answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._gone = threading.Event()
        self._reply: Callable[[dict[str, Any]], bool] | None = None
        self.ended: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        """Starts the process; its output goes to files, since a full pipe would block it.

        Raises:
            ProgramError: The process cannot be started.
        """
        self._socket, theirs = socket.socketpair()
        self.calls, their_calls = socket.socketpair()
        self._stdout, self._stderr = TemporaryFile(), TemporaryFile()
        self._reader = threading.Thread(target=self._read, daemon=True)
        launch = self._project.launch
        inherited = [theirs.fileno(), *([their_calls.fileno()] if launch.calls_by_socket else [])]
        with theirs, their_calls:
            try:
                self._guard.start(
                    [*launch.command, *map(str, inherited)],
                    cwd=launch.working_directory,
                    environment=self._environment,
                    output=(self._stdout, self._stderr),
                    pass_fds=inherited,
                )
            except OSError as error:
                self._close()
                raise ProgramError(
                    f"the program's {launch.command[0]} cannot be started: "
                    f"{why_not_started(error, self._environment)}"
                ) from error
        self._reader.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Ends the process and all that it started."""
        self.stop()
        self._reader.join()
        self._close()

    def start(self, settings: dict[str, object], reply: Callable[[dict[str, Any]], bool]) -> None:
        """Lets the program begin; `reply` answers what the process asks."""
        self._reply = reply
        self._send(settings)

    def ask(self, question: str, of: str = "") -> Any:  # noqa: ANN401 - JSON
        """Asks something of the process; `None` where it has ended."""
        with self._asking:
            return self._answer(question, of, timeout_seconds=None)

    def place(self, *, timeout_seconds: float) -> list[dict[str, Any]]:
        """The process's stack frames; none where it cannot tell, or not in time.

        The caller must ask this last: nobody reads a later answer.
        """
        if not self._asking.acquire(timeout=timeout_seconds):
            return []
        try:
            answer = self._answer("position", "", timeout_seconds=timeout_seconds)
        finally:
            self._asking.release()
        # A runtime that cannot tell answers that it failed.
        return answer if isinstance(answer, list) else []

    def has_ended(self) -> bool:
        """Whether the process has ended; a process that it started may still hold its socket."""
        return self._guard.has_ended()

    def printed(self) -> str:
        """What the program has printed so far: stdout, then stderr."""
        texts = []
        for stream in (self._stdout, self._stderr):
            size = os.fstat(stream.fileno()).st_size
            texts.append(os.pread(stream.fileno(), size, 0).decode(errors="replace"))
        return "".join(texts)

    def _send(self, message: dict[str, object]) -> None:
        with self._writing:
            try:
                self._socket.sendall(json.dumps(message).encode() + b"\n")
            except OSError:
                # The process is gone; the reader tells those who wait.
                return

    def _answer(self, question: str, of: str, *, timeout_seconds: float | None) -> Any:  # noqa: ANN401 - JSON
        if not self._gone.is_set():
            self._send({"ask": question, "of": of})
        try:
            answer = self._answers.get(timeout=timeout_seconds)
        except queue.Empty:
            return None
        if self._gone.is_set():
            # The next caller must not wait for an answer that cannot come.
            self._answers.put(None)
        return answer

    def _read(self) -> None:
        end: dict[str, Any] = {"ended": "died"}
        lines: IO[bytes]
        with self._socket.makefile("rb") as lines, suppress(ConnectionResetError):
            for line in lines:
                message = _message(line)
                if "answer" in message:
                    self._answers.put(message["answer"])
                elif "asks" in message and self._reply is not None:
                    self._send({"told": self._replied(self._reply, message["asks"])})
                elif "ended" in message:
                    end = message
                    self.ended.put(end)
        if end["ended"] == "died":
            self.ended.put(end)
        self._gone.set()
        self._answers.put(None)

    def _replied(self, reply: Callable[[dict[str, Any]], bool], question: dict[str, Any]) -> bool:
        try:
            return reply(question)
        except Exception as error:  # noqa: BLE001 - the run must end with it, not this thread
            self.ended.put({"ended": "failed", "error": error})
            return False

    def stop(self) -> int:
        """Ends the process, if it has not ended, and all that it started; gives its exit code."""
        code = self._guard.end()
        # Another process may still hold the other end.
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        return code or 0

    def _close(self) -> None:
        self._socket.close()
        self.calls.close()
        self._stdout.close()
        self._stderr.close()


def _message(line: bytes) -> dict[str, Any]:
    """One message; a program that writes to descriptors that it did not open sends none."""
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
