"""A task: containers that start in order, are found healthy, and end together."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from pulumi_loopback.dev.environments import Container
from pulumi_loopback.dev.processes import Running, running
from pulumi_loopback.dev.task import Task
from tests.waiting import wait_until

PROGRAMS = Path(sys.executable).parent
WAIT = "import time; time.sleep(600)"
HEALTHY, UNHEALTHY = "", "raise SystemExit(1)"


def container(
    name: str, code: str = WAIT, check: str = HEALTHY, after: Sequence[str] = ()
) -> Container:
    return Container(
        name=name,
        command=["python", "-c", code],
        environment={},
        health_check=["python", "-c", check],
        starts_after=after,
        stop_seconds=10,
    )


@dataclass
class Starter:
    """Starts tasks whose containers are processes, and notes what is started and said."""

    folder: Path
    task_id: str = "0123"
    started: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    needed: Path | None = None

    def is_due(self, container: Container) -> bool:
        del container
        return self.needed is None or self.needed.exists()

    def running(self, container: Container) -> AbstractContextManager[Running]:
        self.started.append(container.name)
        return running(container, PROGRAMS, self.folder / container.name)

    def start(self, *containers: Container) -> Task:
        task = Task(
            "task-1", definition="one", containers=containers, launch=self, say=self.said.append
        )
        self.tasks.append(task)
        return task


@pytest.fixture
def starter(tmp_path: Path) -> Iterator[Starter]:
    made = Starter(tmp_path)
    yield made
    for task in made.tasks:
        task.kill()
    wait_until(lambda: all(task.is_over for task in made.tasks), "the end of all tasks")


def test_a_container_waits_until_the_one_before_it_is_healthy(
    starter: Starter, tmp_path: Path
) -> None:
    healthy = tmp_path / "healthy"
    check = f"raise SystemExit(not __import__('os').path.exists({str(healthy)!r}))"
    starter.start(container("second", after=["first"]), container("first", check=check))
    wait_until(lambda: starter.started == ["first"], "the first container")
    time.sleep(1)
    assert starter.started == ["first"]
    healthy.touch()
    wait_until(lambda: starter.started == ["first", "second"], "the second container")


def test_a_container_waits_for_what_it_needs_of_other_tasks(
    starter: Starter, tmp_path: Path
) -> None:
    starter.needed = tmp_path / "code-server"
    starter.start(container("one"))
    time.sleep(0.5)
    assert starter.started == []
    starter.needed.touch()
    wait_until(lambda: starter.started == ["one"], "the container")


@pytest.mark.parametrize(
    ("mapped", "page"),
    [
        pytest.param(["8123"], " http://127.0.0.1:8123", id="the port that its check asks"),
        pytest.param(["4266"], "", id="a port that speaks something else"),
        pytest.param([], "", id="no port"),
    ],
)
def test_it_is_said_once_that_a_container_is_healthy_and_where_its_page_is(
    starter: Starter, mapped: Sequence[str], page: str
) -> None:
    asked = container("web", check="'http://127.0.0.1:8123'")
    starter.start(replace(asked, mapped_ports=mapped))
    wait_until(lambda: starter.said, "its health")
    time.sleep(1)
    assert starter.said == [f"web is healthy{page}"]


def test_when_one_container_ends_all_do_and_it_is_said_which_did(starter: Starter) -> None:
    task = starter.start(
        container("long", check=UNHEALTHY),
        container("short", "raise SystemExit(3)", check=UNHEALTHY),
    )
    wait_until(lambda: task.is_over, "the end of the task")
    assert not task.is_stopping
    assert starter.said == ["short ended with exit code 3"]


def test_a_program_that_is_not_there_ends_the_task_and_is_named(starter: Starter) -> None:
    task = starter.start(replace(container("one"), command=["no-such-program"]))
    wait_until(lambda: task.is_over, "the end of the task")
    (told,) = starter.said
    assert told.startswith("cannot run: ")
    assert "no-such-program" in told


def test_a_stopped_task_ends_with_all_its_processes(starter: Starter) -> None:
    task = starter.start(container("one", check=UNHEALTHY), container("two", check=UNHEALTHY))
    wait_until(lambda: len(starter.started) == 2, "both containers")
    task.stop()
    wait_until(lambda: task.is_over, "the end of the task")
    assert task.is_stopping
    assert starter.said == ["has stopped"]


def test_a_task_that_is_stopped_while_it_waits_starts_nothing_more(starter: Starter) -> None:
    task = starter.start(container("first", check=UNHEALTHY), container("second", after=["first"]))
    wait_until(lambda: starter.started == ["first"], "the first container")
    task.stop()
    wait_until(lambda: task.is_over, "the end of the task")
    assert starter.started == ["first"]


def test_a_killed_task_does_not_wait_for_processes_that_will_not_stop(
    starter: Starter, tmp_path: Path
) -> None:
    deaf = tmp_path / "deaf"
    ignore = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    task = starter.start(
        container("one", f"{ignore}; open({str(deaf)!r}, 'w'); {WAIT}", check=UNHEALTHY)
    )
    wait_until(deaf.exists, "a process that is deaf to SIGTERM")
    task.stop()
    time.sleep(0.5)
    assert not task.is_over
    task.kill()
    wait_until(lambda: task.is_over, "the end of the task", 5)
