"""Runs the applications as plain processes: an app's own environment, and nothing inherited."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from moto.server import ThreadedMotoServer

from ops.paths import ROOT

APPS = ROOT / "apps"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
"""What a task's role gives a container on ECS."""


@cache
def bin_of(app: str) -> Path:
    """The programs of an app's own environment, which is made from its lock file where need be."""
    uv = os.environ.get("UV") or shutil.which("uv")
    assert uv, "uv makes the environments of the apps, and is not on PATH"
    inherited = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    # Where several ask at once, uv lets one after the other in.
    subprocess.run(
        [uv, "sync", "--quiet", "--locked", "--project", APPS / app], env=inherited, check=True
    )
    return APPS / app / ".venv" / "bin"


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def wait_until(condition: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Waits for a condition; fails with its name after so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"after {seconds} s still not: {what}"
        time.sleep(0.05)


def status_of(url: str) -> int | None:
    """The HTTP status of a page, `None` where nobody answers."""
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310 - the loopback
            status: int = answer.status
            return status
    except URLError as error:
        return getattr(error, "code", None)
    except OSError:
        return None


@dataclass(frozen=True, slots=True)
class Program:
    """A running process and all that it has printed."""

    process: subprocess.Popen[bytes]
    output: Path

    def printed(self) -> str:
        return self.output.read_text()

    def stop(self) -> int:
        """Sends SIGTERM, as ECS does, and gives the exit code."""
        self.process.terminate()
        return self.process.wait(30)

    def kill(self) -> None:
        """Ends it and its children at once, as a lost machine does."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def running(
    app: str, command: Sequence[str], environment: Mapping[str, str], output: Path
) -> Iterator[Program]:
    """Runs a command of an app with just this environment; leaves no process behind."""
    variables = {"PATH": f"{bin_of(app)}:{os.environ['PATH']}", **CREDENTIALS, **environment}
    with output.open("wb") as sink:
        process = subprocess.Popen(
            [bin_of(app) / command[0], *command[1:]],
            env=variables,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    program = Program(process, output)
    try:
        yield program
    finally:
        program.kill()


class Aws:
    """moto on the loopback; what it knows survives a stop."""

    def __init__(self) -> None:
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._server = ThreadedMotoServer("127.0.0.1", self._port, verbose=False)
        self._server.start()

    def stop(self) -> None:
        self._server.stop()
        listener = self._server._server  # noqa: SLF001 - moto leaves its socket open
        assert listener
        listener.server_close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container of a task definition, with ports that are free here."""

    command: Sequence[str]
    environment: Mapping[str, str]
    health_command: Sequence[str]
    port: int

    def is_healthy(self, app: str) -> bool:
        """Whether the command of the health check passes."""
        program, *arguments = self.health_command
        run = subprocess.run(
            [bin_of(app) / program, *arguments],
            env={"PATH": f"{bin_of(app)}:{os.environ['PATH']}", **self.environment},
            capture_output=True,
            check=False,
        )
        return run.returncode == 0


def on_this_machine(document: Mapping[str, Any], **changes: str) -> Container:
    """A container as its task definition has it, but for its port and the values given."""
    kind, *health_command = document["healthCheck"]["command"]
    assert kind == "CMD"
    (declared,) = re.findall(r"127\.0\.0\.1:(\d+)", " ".join(health_command))
    port = free_port()

    def moved(text: str) -> str:
        return re.sub(rf"\b{declared}\b", str(port), text)

    environment = {entry["name"]: moved(entry["value"]) for entry in document["environment"]}
    assert set(changes) <= set(environment), "only what the task definition sets can be changed"
    return Container(
        command=[moved(word) for word in document["command"]],
        environment=environment | changes,
        health_command=[moved(word) for word in health_command],
        port=port,
    )
