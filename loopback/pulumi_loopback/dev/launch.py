"""Starts the containers of tasks as processes of this machine."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from pulumi_loopback.dev.environments import Container
from pulumi_loopback.dev.log_stream import LogStream
from pulumi_loopback.dev.machine import CODE_PORT, Machine
from pulumi_loopback.dev.output import Output
from pulumi_loopback.dev.ports import free_port, own_or_free
from pulumi_loopback.dev.processes import Running, running
from pulumi_loopback.dev.task import Task

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

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
