"""Runs as many copies of each service's task as ECS is told to, as its scheduler does."""

import time
from collections.abc import Callable, Sequence
from itertools import count

from pulumi_loopback.dev.cluster import Service
from pulumi_loopback.dev.task import Task
from pulumi_loopback.running import RunningTask

RESTART_SECONDS = 5.0
"""From the unexpected end of a task to the next one of its service."""


class Fleet:
    """All tasks.

    Args:
        start: Starts a task of a service under a name.
        say: Told what is done: a service's name, and a sentence without it.
    """

    def __init__(
        self, start: Callable[[Service, str], Task], say: Callable[[str, str], None]
    ) -> None:
        self._start = start
        self._say = say
        self._tasks: dict[str, list[Task]] = {}
        self._counts: dict[str, int] = {}
        self._not_before: dict[str, float] = {}

    @property
    def is_over(self) -> bool:
        """Whether no task is left."""
        return all(task.is_over for tasks in self._tasks.values() for task in tasks)

    def running(self) -> list[RunningTask]:
        """Every task that has not ended."""
        return [
            RunningTask(
                service=service,
                task=task.id,
                revision=task.definition,
                status="RUNNING" if task.is_running else "PENDING",
                health="HEALTHY" if task.is_healthy else "UNKNOWN",
                started=task.started,
            )
            for service, tasks in self._tasks.items()
            for task in tasks
            if not (task.is_over or task.is_stopping)
        ]

    def follow(self, services: Sequence[Service]) -> None:
        """Starts and stops tasks, so that they become what ECS is told to run."""
        wanted = {service.name: service for service in services}
        for name in self._tasks.keys() - wanted.keys():
            self._stop(self._tasks[name])
        for service in services:
            self._say_change(service)
            self._bury(service.name)
            self._follow(service, self._tasks.setdefault(service.name, []))

    def stop(self) -> None:
        """Tells all tasks to stop; returns at once."""
        for tasks in self._tasks.values():
            self._stop(tasks)

    def kill(self) -> None:
        """Ends all processes at once."""
        for tasks in self._tasks.values():
            for task in tasks:
                task.kill()

    def _follow(self, service: Service, tasks: list[Task]) -> None:
        outdated = [task for task in tasks if task.definition != service.definition]
        self._stop(outdated)
        current = [task for task in tasks if task not in outdated and not task.is_stopping]
        self._stop(current[service.count :])
        # Those of another definition may hold its port.
        if outdated or time.monotonic() < self._not_before.get(service.name, 0):
            return
        while len(current) < service.count:
            task = self._start(service, self._free_name(service.name))
            tasks.append(task)
            current.append(task)

    def _bury(self, name: str) -> None:
        """Takes out the tasks that are over; the next one waits where one ended by itself."""
        tasks = self._tasks.get(name, [])
        if any(task.is_over and not task.is_stopping for task in tasks):
            self._not_before[name] = time.monotonic() + RESTART_SECONDS
        self._tasks[name] = [task for task in tasks if not task.is_over]

    def _stop(self, tasks: Sequence[Task]) -> None:
        for task in tasks:
            if not task.is_stopping:
                task.stop()

    def _say_change(self, service: Service) -> None:
        before = self._counts.get(service.name, service.count)
        if before != service.count:
            self._say(service.name, f"{before} -> {service.count} tasks")
        self._counts[service.name] = service.count

    def _free_name(self, service: str) -> str:
        taken = {task.name for task in self._tasks[service]}
        return next(name for number in count(1) if (name := f"{service}-{number}") not in taken)
