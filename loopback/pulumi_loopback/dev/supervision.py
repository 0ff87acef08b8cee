"""Follows what ECS is told to run until Ctrl-C, and then ends what runs."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pulumi_loopback.dev.admission import Admission
from pulumi_loopback.dev.cluster import Cluster, Service
from pulumi_loopback.dev.fleet import Fleet
from pulumi_loopback.dev.launch import Launcher
from pulumi_loopback.dev.output import Output
from pulumi_loopback.dev.task import Task
from pulumi_loopback.errors import CommandError
from pulumi_loopback.running import Notes

ME = "dev"
"""Under which name the command itself speaks."""

_LOOK_SECONDS = 1.0
_POLL_SECONDS = 0.2
_SAME_SECONDS = 2.0
"""Whoever stands between the user and this process (nox, uv) passes an interrupt on once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """The services that are to run.

    Attributes:
        cluster: Asked every second.
        admission: Lets through what the state holds.
    """

    cluster: Cluster
    admission: Admission

    def services(self) -> list[Service]:
        """The services that should run now."""
        return self.admission.admitted(self.cluster.services())


def supervise(orders: Orders, launcher: Launcher, output: Output, notes: Notes) -> None:
    """Runs the services until Ctrl-C, and returns when all of them have ended.

    Args:
        orders: The services that should run; asked every second.
        launcher: Starts tasks.
        output: Shows each start and each end.
        notes: Notes the tasks that run.
    """

    def start(service: Service, name: str) -> Task:
        return launcher.start(
            name, service.definition, orders.cluster.containers(service.definition)
        )

    fleet = Fleet(start, output.say)
    with _Interrupts().caught() as interrupts:
        try:
            _follow(orders, fleet, interrupts, output, notes)
            output.say(ME, "stops; what runs may end first, Ctrl-C again ends it at once")
            fleet.stop()
            while not fleet.is_over:
                time.sleep(_POLL_SECONDS)
                if interrupts.are_repeated:
                    fleet.kill()
        finally:
            if not fleet.is_over:
                fleet.kill()
    output.say(ME, "all has ended")


def _follow(
    orders: Orders, fleet: Fleet, interrupts: "_Interrupts", output: Output, notes: Notes
) -> None:
    """An error of the endpoint is told once, and changes nothing."""
    told = ""
    while not interrupts.wait(_LOOK_SECONDS):
        try:
            fleet.follow(orders.services())
            told = ""
        except CommandError as error:
            if str(error) != told:
                told = str(error)
                output.say(ME, f"{error}; what runs goes on")
        notes.write(fleet.running())


class _Interrupts:
    """Ctrl-C and SIGTERM: once to stop, once more to end at once."""

    def __init__(self) -> None:
        self._arrived = threading.Event()
        self._first = 0.0
        self.are_repeated = False

    def wait(self, seconds: float) -> bool:
        """Waits for the first one, for so long at most; says whether it has arrived."""
        return self._arrived.wait(seconds)

    @contextmanager
    def caught(self) -> Iterator["_Interrupts"]:
        """Takes them while the block runs."""
        before = {
            number: signal.signal(number, self._arrive)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _arrive(self, *_: object) -> None:
        if not self._arrived.is_set():
            self._first = time.monotonic()
            self._arrived.set()
        elif time.monotonic() - self._first > _SAME_SECONDS:
            self.are_repeated = True
