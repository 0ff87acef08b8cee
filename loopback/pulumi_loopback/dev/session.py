"""`dev`: the applications of the local stack as processes of this machine.

What ECS would run is run here: the task definitions and the counts are those that `up` has
deployed, and the auto-scaler changes the count of workers as it does in AWS. The database is a
PostgreSQL of its own. Ctrl-C ends it all.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

from rich.console import Console

from pulumi_loopback.credentials import own_key
from pulumi_loopback.dev.cluster import Cluster, Service, TaskAdmission, read_state
from pulumi_loopback.dev.machine import Machine, running_postgres
from pulumi_loopback.dev.output import Output
from pulumi_loopback.dev.processes import Apps
from pulumi_loopback.dev.task import Launcher, Task
from pulumi_loopback.errors import FAILED, INTERRUPTED, CommandError, tell
from pulumi_loopback.guard import temporary_folder
from pulumi_loopback.observe.deployment import Names, Notes, RunningTask, alone, deployment
from pulumi_loopback.project import Project
from pulumi_loopback.target import Target, target

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
    admission: TaskAdmission

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
    with _Stops().caught() as interrupts:
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
    orders: Orders, fleet: Fleet, interrupts: "_Stops", output: Output, notes: Notes
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


class _Stops:
    """Ctrl-C and SIGTERM: once to stop, once more to end at once."""

    def __init__(self) -> None:
        self._arrived = threading.Event()
        self._first = 0.0
        self.are_repeated = False

    def wait(self, seconds: float) -> bool:
        """Waits for the first one, for so long at most; says whether it has arrived."""
        return self._arrived.wait(seconds)

    @contextmanager
    def caught(self) -> Iterator["_Stops"]:
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


def run(project: Project, names: Names, apps: Apps) -> int:
    """Runs the applications until Ctrl-C.

    Args:
        project: The stack, which must be a local one.
        names: The outputs that hold the names of what it has made.
        apps: The applications in the images.

    Returns:
        0 when they have ended after Ctrl-C, 130 where that came before they ran, 2 for a stack or a
        machine that they cannot run on.
    """
    try:
        _run(target(project), names, apps)
    except CommandError as error:
        tell(error)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _run(found: Target, names: Names, apps: Apps) -> None:
    project = found.project
    stack = deployment(found, names)
    if stack.endpoint is None:
        raise CommandError(
            f"the applications of stack {stack.stack} run at AWS",
            hint=f"`{project.spelling.of('dev')}` runs those of the local stack, whose endpoint "
            "is on this machine",
        )
    output = Output(Console(highlight=False, markup=False, emoji=False))
    cluster = Cluster(stack, stack.endpoint)
    with alone(project.folder, project.spelling) as notes:
        admission = TaskAdmission(
            lambda: read_state(found, stack),
            cluster.containers,
            output.say,
            apps=apps,
            spelling=project.spelling,
        )
        orders = Orders(cluster=cluster, admission=admission)
        database = cluster.database(orders.services())
        output.say(ME, "the environments of the applications are made, where need be")
        for image in stack.outputs["repositoryUrls"]:
            apps.programs_of(image)
        with (
            temporary_folder("dev-") as folder,
            # The socket lies beside it: PostgreSQL does not run as root, and must get there.
            temporary_folder("dev-database-") as data,
            running_postgres(data, user=database.user, password=database.password) as postgres,
        ):
            output.say(
                ME, f"PostgreSQL listens on 127.0.0.1:{postgres.port}; its data end with this"
            )
            launcher = Launcher(
                machine=Machine(
                    postgres=postgres,
                    endpoint=stack.endpoint,
                    key=own_key(project.folder, project.spelling),
                    code=str(folder / "code-server"),
                    dagster=apps.dagster,
                ),
                programs=admission.programs,
                folder=folder,
                output=output,
                logs=stack.session.client("logs", **stack.client_options),
            )
            supervise(orders, launcher, output, notes)
