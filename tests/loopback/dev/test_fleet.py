"""What runs becomes what ECS is told to run."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pulumi_loopback.dev import session
from pulumi_loopback.dev.cluster import Service
from pulumi_loopback.dev.session import Fleet
from pulumi_loopback.dev.task import Task
from tests.loopback.dev.test_task import UNHEALTHY, Starter, container
from tests.waiting import wait_until


@dataclass
class Running:
    """A fleet whose tasks are processes that do nothing, or end at once."""

    starter: Starter
    code: str = "import time; time.sleep(600)"
    said: list[str] = field(default_factory=list)
    tasks: dict[str, Task] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fleet = Fleet(self.start, lambda service, what: self.said.append(f"{service} {what}"))

    def start(self, service: Service, name: str) -> Task:
        """Starts a task of one container."""
        task = Task(
            name,
            definition=service.definition,
            containers=[container(name, self.code, check=UNHEALTHY)],
            launch=self.starter,
            say=lambda _: None,
        )
        self.starter.tasks.append(task)
        self.tasks[name] = task
        return task

    def follow(self, *services: Service) -> None:
        """Follows what ECS is told."""
        self.fleet.follow(services)

    @property
    def names(self) -> set[str]:
        """The tasks that are to go on."""
        return {name for name, task in self.tasks.items() if not (task.is_over or task.is_stopping)}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    made = Running(Starter(tmp_path))
    yield made
    made.fleet.kill()
    wait_until(lambda: made.fleet.is_over, "the end of all tasks")


def worker(count: int, definition: str = "worker:1") -> Service:
    return Service(name="worker", definition=definition, count=count)


WEB = Service(name="web", definition="web:1", count=1)


def test_each_service_gets_as_many_tasks_as_it_is_to_have(running: Running) -> None:
    running.follow(worker(2), WEB)
    assert running.names == {"worker-1", "worker-2", "web-1"}
    running.follow(worker(2), WEB)
    assert len(running.tasks) == 3


def test_a_higher_count_adds_and_a_lower_one_stops_the_newest(running: Running) -> None:
    running.follow(worker(1))
    running.follow(worker(3))
    assert running.names == {"worker-1", "worker-2", "worker-3"}
    running.follow(worker(1))
    assert running.names == {"worker-1"}
    assert running.said == ["worker 1 -> 3 tasks", "worker 3 -> 1 tasks"]


def test_a_task_that_ends_by_itself_is_replaced_after_a_while(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "RESTART_SECONDS", 1.0)
    running.code = "pass"
    running.follow(worker(1))
    first = running.tasks["worker-1"]
    wait_until(lambda: first.is_over, "the end of the first task")
    running.follow(worker(1))
    assert running.tasks["worker-1"] is first

    def is_replaced() -> bool:
        running.follow(worker(1))
        return running.tasks["worker-1"] is not first

    wait_until(is_replaced, "the next task")


def test_a_new_definition_replaces_tasks_once_the_old_ones_have_ended(running: Running) -> None:
    running.follow(worker(1))
    old = running.tasks["worker-1"]
    running.follow(worker(1, "worker:2"))
    assert old.is_stopping
    assert running.tasks["worker-1"] is old

    def is_replaced() -> bool:
        running.follow(worker(1, "worker:2"))
        return running.tasks["worker-1"].definition == "worker:2"

    wait_until(is_replaced, "a task of the new definition")
    assert old.is_over


def test_a_service_that_is_gone_ends(running: Running) -> None:
    running.follow(worker(1), WEB)
    running.follow(WEB)
    assert running.names == {"web-1"}


def test_stopping_ends_all_and_nothing_is_over_before(running: Running) -> None:
    running.follow(worker(2), WEB)
    assert not running.fleet.is_over
    running.fleet.stop()
    wait_until(lambda: running.fleet.is_over, "the end of all tasks")
    assert running.names == set()
