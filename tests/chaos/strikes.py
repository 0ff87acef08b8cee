"""Commands that are struck: by a signal at a random moment, or by a full disk."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle, islice
from random import Random
from typing import IO

from ops.paths import ROOT
from tests.chaos.leftovers import GRACE, Place
from tests.engine.embedded import Deployment

COMMANDS = {
    "preview": (["ops.preview", "--offline"], 0.2),
    "up": (["ops.lifecycle", "up"], 1.0),
    "destroy": (["ops.lifecycle", "destroy", "--yes"], 0.5),
    "dev": (["ops.dev"], 0.8),
}
"""Module and arguments of each command, and its rough duration in units of `up`."""
SIGNALS = {
    "Ctrl-C": (signal.SIGINT, True),
    "SIGTERM": (signal.SIGTERM, False),
    "closed terminal": (signal.SIGHUP, True),
    "SIGKILL": (signal.SIGKILL, False),
}
"""Each signal, and whether the terminal sends it to the whole group of processes."""
_LONGEST = 180.0
_SECONDS_OF_DEV = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """A signal for a command.

    Attributes:
        command: One of `COMMANDS`.
        name: One of `SIGNALS`.
        after: Seconds after the command's start.
    """

    command: str
    name: str
    after: float

    def __str__(self) -> str:
        """The strike in words for people."""
        return f"{self.command}, {self.name} after {self.after:.1f} s"


def strikes(random: Random, count: int, seconds: float) -> Iterator[Strike]:
    """The strikes: each command and signal in turn, at random moments of the command's run.

    Args:
        random: Draws the moments.
        count: The number of strikes.
        seconds: The time that `up` takes here.
    """
    turns = ((command, name) for name in SIGNALS for command in COMMANDS)
    for command, name in islice(cycle(turns), count):
        _, share = COMMANDS[command]
        yield Strike(command=command, name=name, after=random.uniform(0, seconds * share))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The end of a command.

    Attributes:
        status: Its exit code, or minus the signal that killed it; `None` where the test killed it.
        by_itself: Whether the command had ended before the strike.
        output: All its output.
    """

    status: int | None
    by_itself: bool
    output: str

    @property
    def faults(self) -> list[str]:
        """The faults that no strike may cause."""
        found = []
        if self.status is None:
            found.append(f"hang: still there {_LONGEST:.0f} s after the strike")
        if self.by_itself and self.status:
            found.append(f"failed without a strike: {self.output[-600:]}")
        if "Traceback (most recent call last)" in self.output:
            found.append(f"traceback: {self.output[-600:]}")
        return found


def struck(strike: Strike, deployed: Deployment, place: Place, log: IO[bytes]) -> Ended:
    """Runs a command and strikes it.

    Args:
        strike: The command, the signal and the moment.
        deployed: The stack.
        place: Marks the command's processes.
        log: A new file for the command's output.
    """
    number, to_group = SIGNALS[strike.name]
    with _started(strike.command, deployed, place, log) as process:
        with suppress(subprocess.TimeoutExpired):
            process.wait(strike.after)
        by_itself = process.poll() is not None
        if not by_itself:
            (os.killpg if to_group else os.kill)(process.pid, number)
        return _ended(process, log, by_itself=by_itself)


def run_to_end(command: str, deployed: Deployment, place: Place, log: IO[bytes]) -> Ended:
    """Runs a command to its end; `dev` is interrupted some time after its start."""
    with _started(command, deployed, place, log) as process:
        if command == "dev":
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS_OF_DEV)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
        return _ended(process, log, by_itself=False)


@contextmanager
def _started(
    command: str, deployed: Deployment, place: Place, log: IO[bytes]
) -> Iterator["subprocess.Popen[bytes]"]:
    arguments, _ = COMMANDS[command]
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments, "--project", str(deployed.folder)],
        cwd=ROOT,
        env={**deployed.variables, **place.variables},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        process_group=0,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(GRACE)


def _ended(process: "subprocess.Popen[bytes]", log: IO[bytes], *, by_itself: bool) -> Ended:
    with suppress(subprocess.TimeoutExpired):
        process.wait(_LONGEST)
    status = process.poll()
    log.seek(0)
    return Ended(status=status, by_itself=by_itself, output=log.read().decode(errors="replace"))
