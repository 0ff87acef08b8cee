"""Programs of the images as plain processes: found, started, ended."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pulumi_loopback.dev.environments import Container
from pulumi_loopback.errors import CommandError
from pulumi_loopback.guard import UMASK, Guard, opener


def uv() -> str:
    """Its path: nox gives it in `UV`, anybody else has it on PATH.

    Raises:
        CommandError: There is none.
    """
    found = os.environ.get("UV") or shutil.which("uv")
    if found is None:
        raise CommandError("there is no uv on PATH", hint='install it: pip install "nox[uv]"')
    return found


POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A container's command as a process of this machine.

    Attributes:
        container: What runs.
        programs: Folder of the programs of its image.
        process: Its first process, leader of a session of its own.
        log: All that it prints.
    """

    container: Container
    programs: Path
    process: "subprocess.Popen[bytes]"
    log: Path

    def printed(self) -> str:
        """What it has printed so far."""
        return self.log.read_text()

    def is_healthy(self) -> bool:
        """Runs the health check of its task definition."""
        check = subprocess.run(
            _words(self.programs, self.container.health_check),
            env=_variables(self.programs, self.container.environment),
            capture_output=True,
            check=False,
        )
        return check.returncode == 0

    def wait_until_healthy(self, seconds: float) -> None:
        """Waits for the health check to pass.

        Raises:
            CommandError: It ended, or is not healthy after so long.
        """
        end = time.monotonic() + seconds
        while not self.is_healthy():
            if self.process.poll() is not None:
                raise CommandError(f"{self.container.name} ended: {self.printed()[-2000:]}")
            if time.monotonic() > end:
                raise CommandError(
                    f"{self.container.name} is not healthy: {self.printed()[-2000:]}"
                )
            time.sleep(POLL_SECONDS)

    def stop(self) -> int:
        """Sends SIGTERM, and SIGKILL after its stop timeout, as ECS does; gives the exit code."""
        self.process.terminate()
        try:
            return self.process.wait(self.container.stop_seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.process.wait()

    def kill(self) -> None:
        """Ends it and all its children at once, as a lost machine does."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def running(container: Container, programs: Path, log: Path) -> Iterator[Running]:
    """Runs a container's command while the block runs, and no longer than this process lives.

    Args:
        container: What to run.
        programs: The folder `bin` of its image's virtual environment.
        log: File for what it prints.
    """
    with open(log, "wb", opener=opener) as sink:
        process = subprocess.Popen(
            _words(programs, container.command),
            env=_variables(programs, container.environment),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=UMASK,
        )
    guard = Guard(process.pid)
    started = Running(container=container, programs=programs, process=process, log=log)
    try:
        yield started
    finally:
        if process.poll() is None:
            started.stop()
        started.kill()
        guard.dismiss()


def _words(programs: Path, command: Sequence[str]) -> list[str]:
    return [str(programs / command[0]), *command[1:]]


def _variables(programs: Path, environment: Mapping[str, str]) -> dict[str, str]:
    return {"PATH": f"{programs}:{os.environ['PATH']}", **environment}


@dataclass(frozen=True, slots=True, kw_only=True)
class Apps:
    """The applications whose programs images hold.

    Attributes:
        folder: The folder of the applications' folders.
        images: Images, as the stack's output `repositoryUrls` names them, to the names of the
            folders of what is in them.
        dagster: The folder with the dagster.yaml and workspace.yaml of Dagster's image.
    """

    folder: Path
    images: Mapping[str, str]
    dagster: Path

    def programs_of(self, image: str) -> Path:
        """The folder of an image's programs; see the function of this name."""
        return programs_of(self.folder / self.images[image])


@cache
def programs_of(app: Path) -> Path:
    """The programs of an app's own environment, which is made from its lock file where need be.

    Args:
        app: The app's folder.

    Raises:
        CommandError: There is no uv, or it cannot make the environment.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    # Where several ask at once, uv lets one after the other in.
    made = subprocess.run(
        [uv(), "sync", "--quiet", "--locked", "--project", app],
        env=inherited,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise CommandError(f"the environment of {app.name} cannot be made: {made.stderr.strip()}")
    return app / ".venv" / "bin"
