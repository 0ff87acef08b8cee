"""What a task definition asks of a host, of which Fargate has none to offer."""

from collections.abc import Iterable, Iterator
from typing import Final

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
from aws_policy_pack.rules.ecs.types import TASK_DEFINITION
from aws_policy_pack.wording import listed, shown

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
