"""What Fargate takes: the size of a task, and what it has no host for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from aws_policy_pack.ecs import units_in
from aws_policy_pack.lists import load
from aws_policy_pack.resource import Properties, Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, judge_each, resource_rule
from aws_policy_pack.rules.ecs.containers import (
    Container,
    containers_of,
    runs_on_fargate,
    runs_on_windows,
)
from aws_policy_pack.type_tokens import TASK_DEFINITION
from aws_policy_pack.wording import listed, shown


@dataclass(frozen=True, slots=True)
class Steps:
    """Amounts of memory in MiB: multiples of a step, from the least to the most."""

    least: int
    most: int
    step: int

    def __contains__(self, mib: float) -> bool:
        return self.least <= mib <= self.most and not mib % self.step

    def __str__(self) -> str:
        return f"{self.least} to {self.most} MiB in steps of {self.step}"


@dataclass(frozen=True, slots=True)
class Choices:
    """A few amounts of memory in MiB."""

    amounts: tuple[int, ...]

    def __contains__(self, mib: float) -> bool:
        return mib in self.amounts

    def __str__(self) -> str:
        return f"{', '.join(map(str, self.amounts))} MiB"


def _amounts(memory: list[int] | dict[str, int]) -> Choices | Steps:
    return Choices(tuple(memory)) if isinstance(memory, list) else Steps(**memory)


_SIZES: Final = load("fargate_sizes").entries

MEMORY_BY_CPU: Final[Mapping[float, Choices | Steps]] = {
    size["cpu"]: _amounts(size["memory"]) for size in _SIZES
}
"""The legal amounts of memory for each legal number of CPU units."""

WINDOWS_MEMORY_BY_CPU: Final[Mapping[float, Choices | Steps]] = {
    size["cpu"]: MEMORY_BY_CPU[size["cpu"]] for size in _SIZES if size["windows"]
}
"""The same for Windows containers, which have fewer numbers of CPU units to choose from."""


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


_LIST: Final = load("fargate_parameters").entries
REFUSED: Final = _LIST["refused"]
CAPABILITIES: Final = frozenset(_LIST["capabilities"])
LOG_DRIVERS: Final = tuple(load("ecs_limits").entries["fargate_log_drivers"])
"""The drivers that Fargate has."""
WAY_OUT: Final = "Drop it, or run the task on EC2 instances"


@resource_rule(
    "ecs-fargate-parameters",
    TASK_DEFINITION,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="A Fargate task asks for nothing that only a host of one's own has",
    why="ECS refuses a task definition for Fargate with such a parameter only when it is "
    "registered, in the middle of a deployment, and tells one parameter at a time.",
    remedy="Drop what Fargate does not take, or run the task on EC2 instances",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html",
    good={
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "containerDefinitions": '[{"name": "web", "linuxParameters": {"maxSwap": 0}}]',
    },
    bad={
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "containerDefinitions": '[{"name": "web", "linuxParameters": {"sharedMemorySize": 256}}]',
    },
)
def fargate_parameters(task: Resource) -> Findings:
    """What is false, 0 or empty asks for nothing. `tmpfs` is taken since January 2026."""
    if not runs_on_fargate(task):
        return
    yield from judge_each(
        (_judge_modes, _judge_task, _judge_volumes, _judge_containers), lambda judge: judge(task)
    )


def _judge_modes(task: Resource) -> Findings:
    network, pid = task.text("networkMode"), task.text("pidMode")
    if network != _LIST["network_mode"]:
        yield Finding(
            problem=f"`networkMode` is {shown(network)}",
            wanted=shown(_LIST["network_mode"]),
            fix=f"Set `networkMode` to {shown(_LIST['network_mode'])}",
        )
    if pid and (pid != _LIST["pid_mode"] or runs_on_windows(task)):
        allowed = "no `pidMode`" if runs_on_windows(task) else shown(_LIST["pid_mode"])
        yield Finding(problem=f"`pidMode` is {shown(pid)}", wanted=allowed, fix=WAY_OUT)


def _judge_task(task: Resource) -> Findings:
    yield from _refused(task, REFUSED["task"], "")


def _judge_volumes(task: Resource) -> Findings:
    for volume in task.objects("volumes"):
        name = shown(volume.values.get("name"))
        yield from _refused(volume, REFUSED["volume"], f" of volume {name}")


def _judge_containers(task: Resource) -> Findings:
    yield from judge_each(containers_of(task), _judge_container)


def _judge_container(container: Container) -> Findings:
    of = f" of {container.label}"
    yield from _refused(container.properties, REFUSED["container"], of)
    linux = container.properties.object("linuxParameters")
    yield from _refused(linux, REFUSED["linuxParameters"], f" in `linuxParameters`{of}")
    added = [each for each in linux.texts("capabilities.add") if each not in CAPABILITIES]
    if added:
        yield Finding(
            problem=f"`capabilities`{of} adds {listed(added)}",
            wanted=f"no capability but {listed(sorted(CAPABILITIES))} on Fargate",
            fix=WAY_OUT,
        )
    for key, (least, most) in _LIST["seconds"].items():
        seconds = container.properties.number(key)
        if seconds is not None and not least <= seconds <= most:
            yield Finding(
                problem=f"`{key}`{of} is {shown(seconds)}",
                wanted=f"{least} to {most} seconds on Fargate",
                fix=f"Set `{key}` to a value in this range, or drop it",
            )
    driver = container.properties.text("logConfiguration.logDriver")
    if driver and driver not in LOG_DRIVERS:
        yield Finding(
            problem=f"`logConfiguration.logDriver`{of} is {shown(driver)}",
            wanted=f"one of {listed(LOG_DRIVERS)} on Fargate",
            fix="Set `logDriver` to 'awslogs' and name a log group in its `options`",
            place=f"`logConfiguration.logDriver`{of}",
        )
    yield from _judge_ports(container)


def _judge_ports(container: Container) -> Findings:
    """A task with an address of its own has no second range of ports.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
    """
    for port in container.properties.objects("portMappings"):
        inside, outside = port.number("containerPort"), port.number("hostPort")
        if outside and inside is not None and outside != inside:
            yield Finding(
                problem=f"`hostPort` of {container.label} is {shown(outside)} beside the "
                f"`containerPort` {shown(inside)}",
                wanted="one number for both on Fargate",
                fix="Drop `hostPort`",
            )


def _refused(owner: Properties, keys: Iterable[str], of: str) -> Iterator[Finding]:
    for key in keys:
        value = owner.raw(key)
        if value in (None, False, "", "false", "False", [], {}):
            continue
        is_plain = isinstance(value, str | bool | int | float)
        yield Finding(
            problem=f"`{key}`{of} is {shown(value) if is_plain else 'set'}",
            wanted=f"no `{key}` on Fargate",
            fix=WAY_OUT,
            place=f"`{key}`{of}",
        )
