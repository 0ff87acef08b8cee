"""`python -m tests.chaos`: strikes commands at random moments, and counts what that leaves behind.

A copy of the reference stack is deployed and destroyed over and over. Each command is struck by a
signal, or finds its disk full. After each strike nothing of it may be there: no process, no
temporary file, no traceback. After the way back that the messages name, the endpoint must hold what
the stack wants, and nothing else.
"""

import argparse
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import IO
from uuid import uuid4

from ops.engine import find
from pulumi_loopback.engine import Engine
from tests.chaos.full_disk import Disk, NoDiskError, small_disk
from tests.chaos.leftovers import Place
from tests.chaos.recovery import LostError, recovered
from tests.chaos.strikes import COMMANDS, Ended, run_to_end, strikes, struck
from tests.engine.embedded import Deployment, reference_stack
from tests.engine.held import held

DISK_MEGABYTES = 300
"""Holds the project, its states and the endpoint's data with room to spare."""


Run = Callable[[Deployment, Place, IO[bytes]], Ended]
"""Runs a command that is struck, with a new file for the command's output."""


class Drill:
    """A stack under attack, and the results.

    Attributes:
        faults: The faults found, a line each.
        counts: The number of runs of each command, and of sessions on the way back.
        seconds: The time that `up` takes.
    """

    def __init__(self, deployed: Deployment, place: Place, logs: Path) -> None:
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()
        self._deployed = deployed
        self._place = place
        self._logs = logs
        deployed.endpoint("start")
        self._empty = held(deployed)
        start = time.monotonic()
        recovered(deployed, "up")
        self.seconds = time.monotonic() - start
        self._full = held(deployed)
        self._is_up = True

    def strike(self, command: str, what: str, run: Run) -> None:
        """Runs a command that is struck, notes its leftovers, and takes the way back."""
        self._stand(up=command in ("destroy", "dev"))
        log = self._logs / f"{sum(self.counts.values())}.log"
        with log.open("w+b") as sink:
            ended = run(self._deployed, self._place, sink)
        found = [*ended.faults, *self._place.leftovers()]
        if command in ("up", "destroy"):
            self._is_up = command == "up"
            found += self._way_back()
        self.counts[command] += 1
        told = "had ended" if ended.by_itself else f"status {ended.status}"
        _say(f"{what}: {told}{''.join(f'{chr(10)}  FAULT {each}' for each in found)}")
        self.faults += [f"{what}: {each}" for each in found]

    def _stand(self, *, up: bool) -> None:
        """Brings the stack up or down, for the next command."""
        if self._is_up != up:
            recovered(self._deployed, "up" if up else "destroy")
            self._is_up = up

    def _way_back(self) -> list[str]:
        try:
            ran = recovered(self._deployed, "up" if self._is_up else "destroy")
        except LostError as error:
            return [str(error)]
        self.counts["sessions on the way back"] += len(ran)
        wanted, there = (self._full if self._is_up else self._empty), held(self._deployed)
        return [
            f"orphan or loss: {name}: {there[name]}, wanted {wanted[name]}"
            for name in wanted
            if there[name] != wanted[name]
        ]


def main(arguments: Sequence[str]) -> int:
    """Strikes commands, and prints the results.

    Returns:
        0 without a fault, 1 with one, 2 where there is no engine.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--signals", type=int, default=100, help="runs with a signal (100)")
    parser.add_argument("--full-disks", type=int, default=20, help="runs on a full disk (20)")
    parser.add_argument("--seed", type=int, default=None, help="draws the same moments again")
    options = parser.parse_args(arguments)
    # A shell ignores Ctrl-C for a program in the background, and so would the struck commands.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    engine = find()
    if engine is None:
        _say("error: chaos needs the engine\nhint: `nox -s engine` gets one")
        return 2
    seed = options.seed if options.seed is not None else int.from_bytes(os.urandom(3))
    _say(f"seed {seed}")
    random = Random(seed)  # noqa: S311 - moments, not secrets
    faults = [
        *_signals(engine, random, options.signals),
        *_full_disks(engine, random, options.full_disks),
    ]
    _say(f"{len(faults)} faults", *(f"  {each}" for each in faults))
    return 1 if faults else 0


def _signals(engine: Engine, random: Random, count: int) -> list[str]:
    with TemporaryDirectory(prefix="chaos-") as name, _drilled(Path(name), engine) as drill:
        # In this order the struck commands take the stack up and down, with few extra commands.
        for strike in strikes(random, count, drill.seconds):
            drill.strike(strike.command, str(strike), partial(struck, strike))
        _say(f"signals: {dict(drill.counts)}")
        return drill.faults


def _full_disks(engine: Engine, random: Random, count: int) -> list[str]:
    with TemporaryDirectory(prefix="chaos-") as name:
        try:
            with small_disk(Path(name), DISK_MEGABYTES) as disk:
                return _on(disk, engine, random, count)
        except NoDiskError as error:
            _say(f"full disks: left out, {error}")
            return []


def _on(disk: Disk, engine: Engine, random: Random, count: int) -> list[str]:
    with _drilled(disk.folder, engine) as drill:
        for number in range(count):
            command = list(COMMANDS)[number % len(COMMANDS)]
            left = int(2 ** random.uniform(0, 23)) - 1
            run = disk.full(left)(partial(run_to_end, command))
            drill.strike(command, f"{command}, {left:,} bytes left on the disk", run)
        _say(f"full disks: {dict(drill.counts)}")
        return drill.faults


@contextmanager
def _drilled(folder: Path, engine: Engine) -> Iterator[Drill]:
    temporary = folder / "tmp"
    temporary.mkdir()
    folder.chmod(0o755)  # under root, PostgreSQL reads its files as another user
    with (
        TemporaryDirectory(prefix="chaos-logs-") as logs,
        reference_stack(folder / "made", engine) as deployed,
    ):
        place = Place(mark=uuid4().hex, temporary=temporary, endpoint=deployed.folder / ".endpoint")
        yield Drill(deployed, place, Path(logs))


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
