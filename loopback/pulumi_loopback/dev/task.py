"""One copy of a service's task: its containers start in order, as processes, and end together."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from pulumi_loopback.credentials import free_port, own_or_free
from pulumi_loopback.dev.environments import Container
from pulumi_loopback.dev.machine import CODE_PORT, Machine
from pulumi_loopback.dev.output import LogStream, Output
from pulumi_loopback.dev.processes import Running, running
from pulumi_loopback.errors import CommandError

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient


_POLL_SECONDS = 0.2
_FIRST_CHECK_SECONDS = 1.0
_LONGER = 1.5
"""Each wait for the next health check is so much longer: some checks take seconds of processor."""


class Launch(Protocol):
    """Starts the containers of one task."""

    @property
    def task_id(self) -> str:
        """The task's id, as ECS gives one to each."""

    def is_due(self, container: Container) -> bool:
        """Whether what the container needs from other tasks is there."""

    def running(self, container: Container) -> AbstractContextManager[Running]:
        """Runs a container while a block runs."""


@dataclass(slots=True)
class _Health:
    """Asks for a container's health until it is healthy for the first time.

    ECS asks for ever, and replaces what is unhealthy; whoever sits in front of this does that.
    """

    running: Running
    is_known: bool = False
    wait: float = _FIRST_CHECK_SECONDS
    next_check: float = 0

    def becomes_known(self) -> bool:
        """Whether it is found healthy just now."""
        if self.is_known or time.monotonic() < self.next_check:
            return False
        self.is_known = self.running.is_healthy()
        self.wait *= _LONGER
        self.next_check = time.monotonic() + self.wait
        return self.is_known


class Task:
    """Runs from when it is made until it is told to stop or one of its containers ends.

    Args:
        name: Its service's name and a number.
        definition: ARN of its task definition.
        containers: All of them essential, as those of the stack are.
        launch: Runs them.
        say: Told what becomes of them.
    """

    def __init__(
        self,
        name: str,
        *,
        definition: str,
        containers: Sequence[Container],
        launch: Launch,
        say: Callable[[str], None],
    ) -> None:
        self.name = name
        self.started = datetime.now(UTC)
        self.definition = definition
        self._containers = containers
        self._launch = launch
        self._say = say
        self._stopping = threading.Event()
        self._health: dict[str, _Health] = {}
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    @property
    def id(self) -> str:
        """Its id."""
        return self._launch.task_id

    @property
    def is_running(self) -> bool:
        """Whether all containers have been started, and the task is to go on."""
        return len(self._health) == len(self._containers) and not self.is_stopping

    @property
    def is_healthy(self) -> bool:
        """Whether all containers have been found healthy."""
        return self.is_running and all(each.is_known for each in list(self._health.values()))

    @property
    def is_stopping(self) -> bool:
        """Whether it has been told to stop."""
        return self._stopping.is_set()

    @property
    def is_over(self) -> bool:
        """Whether all its processes have ended."""
        return not self._thread.is_alive()

    def stop(self) -> None:
        """Tells it to stop; returns at once."""
        self._stopping.set()

    def kill(self) -> None:
        """Ends its processes at once."""
        self.stop()
        for process in self._running():
            process.kill()

    def _run(self) -> None:
        """The life of the task, in a thread of its own."""
        try:
            with ExitStack() as started:
                for container in _in_order(self._containers):
                    if not self._is_due(container):
                        break
                    running = started.enter_context(self._launch.running(container))
                    self._health[container.name] = _Health(running)
                end = self._wait_for_the_end()
        except (CommandError, OSError) as error:
            end = f"cannot run: {error}"
        self._say(end)

    def _is_due(self, container: Container) -> bool:
        """Waits for what the container needs; false where the task ends before."""
        while not (
            all(self._health[name].is_known for name in container.starts_after)
            and self._launch.is_due(container)
        ):
            if self._goes_on():
                self._look()
            else:
                return False
        return True

    def _wait_for_the_end(self) -> str:
        """Waits until the task is to end, and says why."""
        while self._goes_on():
            self._look()
        ended = (
            f"{each.container.name} ended with exit code {code}"
            for each in self._running()
            if (code := each.process.poll()) is not None
        )
        return "has stopped" if self.is_stopping else next(ended)

    def _goes_on(self) -> bool:
        told_to_stop = self._stopping.wait(_POLL_SECONDS)
        return not told_to_stop and all(
            running.process.poll() is None for running in self._running()
        )

    def _look(self) -> None:
        """Says which container has become healthy."""
        for health in self._health.values():
            if health.becomes_known():
                container = health.running.container
                pages = [f"http://127.0.0.1:{port}" for port in container.pages]
                self._say(" ".join([f"{container.name} is healthy", *pages]))

    def _running(self) -> Iterable[Running]:
        return [health.running for health in self._health.values()]


def _in_order(containers: Sequence[Container]) -> Iterable[Container]:
    """Each container after those that it starts after."""
    by_name = {each.name: each for each in containers}
    order = TopologicalSorter({each.name: each.starts_after for each in containers})
    return [by_name[name] for name in order.static_order()]


_OWN_PAGE = Path(__file__).parent / "own_page.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Launcher:
    """Starts tasks.

    Attributes:
        machine: The services that the tasks find here.
        programs: Gives the folder of the programs of an image.
        folder: The place for the tasks' files.
        output: Shows what the tasks print.
        logs: A client that keeps what the tasks print.
    """

    machine: Machine
    programs: Callable[[str], Path]
    folder: Path
    output: Output
    logs: "CloudWatchLogsClient"

    def start(self, name: str, definition: str, containers: Sequence[Container]) -> Task:
        """Starts a task under a name."""
        self.output.say(name, "starts")
        return Task(
            name,
            definition=definition,
            containers=containers,
            launch=_Launch(
                launcher=self,
                task_id=uuid4().hex,
                name=name if len(containers) == 1 else None,
            ),
            say=partial(self.output.say, name),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Launch:
    """Starts the containers of one task.

    Attributes:
        launcher: Who has started the task.
        task_id: As ECS gives one to each task.
        name: Under which a container's lines stand; `None` for its own name.
    """

    launcher: Launcher
    task_id: str
    name: str | None

    def is_due(self, container: Container) -> bool:
        """See `Machine.is_due`."""
        return self.launcher.machine.is_due(container)

    @contextmanager
    def running(self, container: Container) -> Iterator[Running]:
        """Runs a container; what it prints is shown, and kept as its log driver would."""
        name, output = self.name or container.name, self.launcher.output
        home = self.launcher.folder / f"{container.name}-{self.task_id}"
        log = home.with_suffix(".log")
        log.touch()
        programs = self.launcher.programs(container.image)
        fitted = self.launcher.machine.fit(container, home, self._ports(container))
        if fitted.pages:
            program, *arguments = fitted.command
            own_page = ["python", str(_OWN_PAGE), str(programs / program), *arguments]
            fitted = replace(fitted, command=own_page)
        kept = self._log_stream(container, partial(output.say, name))
        with output.following(name, log, kept.put), running(fitted, programs, log) as process:
            yield process

    def _log_stream(self, container: Container, complain: Callable[[str], None]) -> LogStream:
        options = container.log_options
        return LogStream(
            client=self.launcher.logs,
            endpoint=self.launcher.machine.endpoint,
            group=options["awslogs-group"],
            name=f"{options['awslogs-stream-prefix']}/{container.name}/{self.task_id}",
            complain=complain,
        )

    def _ports(self, container: Container) -> dict[str, str]:
        """The ports of a container to those that it gets: its own where that is free."""
        asked = {port: str(free_port()) for port in container.health_ports}
        mapped = {port: own_or_free(port) for port in container.mapped_ports}
        return {**asked, **mapped, CODE_PORT: self.launcher.machine.code}
