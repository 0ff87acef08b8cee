"""The size of tasks on Fargate."""

from collections.abc import Iterable

from aws_policy_pack.lists import load
from aws_policy_pack.parts import judge_each
from aws_policy_pack.resource import Properties, Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.ecs.containers import (
    Container,
    containers_of,
    runs_on_fargate,
    runs_on_windows,
)
from aws_policy_pack.rules.ecs.sizes import MEMORY_BY_CPU, WINDOWS_MEMORY_BY_CPU
from aws_policy_pack.rules.ecs.types import TASK_DEFINITION
from aws_policy_pack.task_sizes import units_in
from aws_policy_pack.wording import listed, shown

LEAST_STORAGE, MOST_STORAGE = load("fargate_parameters").entries["storage_gib"]


@resource_rule(
    "ecs-fargate-size",
    TASK_DEFINITION,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="A Fargate task has a size that Fargate offers, and its containers fit in",
    why="Fargate has a fixed list of sizes: any other pair of CPU and memory is refused when the "
    "task definition is registered, in the middle of a deployment.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html",
    good={"requiresCompatibilities": ["FARGATE"], "cpu": "512", "memory": "1024"},
    bad={"requiresCompatibilities": ["FARGATE"], "cpu": "512", "memory": "512"},
)
def fargate_size(task: Resource) -> Findings:
    """Task definitions for other launch types pass, but for storage: their sizes are free."""
    yield from judge_each((_judge_storage, _judge_size), lambda judge: judge(task))


def _judge_size(task: Resource) -> Findings:
    if not runs_on_fargate(task):
        return
    cpu, memory = task.text("cpu"), task.text("memory")
    cpu_units, memory_mib = units_in(cpu or ""), units_in(memory or "")
    offered = WINDOWS_MEMORY_BY_CPU if runs_on_windows(task) else MEMORY_BY_CPU
    choices = None if cpu_units is None else offered.get(cpu_units)
    if choices is None:
        yield Finding(
            problem=f"`cpu` is {shown(cpu)}",
            part="cpu",
            wanted=f"one of {listed(offered)} CPU units",
            fix="Set `cpu` to a size that Fargate offers",
        )
    elif memory_mib is None or memory_mib not in choices:
        yield Finding(
            problem=f"`memory` is {shown(memory)} beside the `cpu` {shown(cpu)}",
            wanted=str(choices),
            part="memory",
            fix="Set `memory` to an amount that Fargate offers with this `cpu`, or change `cpu`",
        )
    containers = containers_of(task)
    if cpu_units is not None:
        asked = _sum(container.properties.number("cpu") for container in containers)
        yield from _judge_sum(asked, cpu_units, path="cpu", unit="CPU units")
    if memory_mib is not None:
        asked = _sum(_reserved(container.properties) for container in containers)
        yield from _judge_sum(asked, memory_mib, path="memory", unit="MiB of memory")
        for container in containers:
            yield from _judge_limit(container, memory_mib)


def _judge_storage(task: Resource) -> Findings:
    """The provider refuses other amounts, whatever the launch type is."""
    size = task.number("ephemeralStorage.sizeInGib")
    if size is not None and not LEAST_STORAGE <= size <= MOST_STORAGE:
        yield Finding(
            problem=f"`ephemeralStorage.sizeInGib` is {shown(size)}",
            part="ephemeralStorage.sizeInGib",
            wanted=f"{LEAST_STORAGE} to {MOST_STORAGE} GiB",
            fix="Set `sizeInGib` to a value in this range, or drop `ephemeralStorage`: a task has "
            "20 GiB without",
        )


def _judge_sum(asked: float, has: float, *, path: str, unit: str) -> Findings:
    if asked > has:
        yield Finding(
            problem=f"the containers ask for {asked:.12g} {unit} together",
            part=f"{path} of the containers",
            wanted=f"at most the {has:.12g} of the task",
            fix=f"Lower `{path}` of some containers, or raise that of the task",
        )


def _judge_limit(container: Container, has: float) -> Findings:
    """A container may have a limit above what is kept for it, but not above the task's."""
    limit = container.properties.number("memory")
    if container.properties.has("memoryReservation") and limit is not None and limit > has:
        yield Finding(
            problem=f"`memory` of {container.label} is {limit:.12g} MiB",
            part=f"memory of {container.label}",
            wanted=f"at most the {has:.12g} of the task",
            fix="Lower `memory` of the container, or raise that of the task",
        )


def _reserved(container: Properties) -> float | None:
    """What ECS subtracts from the task's memory.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    reservation = container.number("memoryReservation")
    return container.number("memory") if reservation is None else reservation


def _sum(numbers: Iterable[float | None]) -> float:
    return sum(number or 0 for number in numbers)
