"""What the containers of a task say of each other, and of the task's volumes."""

from collections.abc import Mapping, Sequence
from typing import Final

from aws_policy_pack.resource import Properties, Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.ecs.containers import Container, containers_of, judge_containers
from aws_policy_pack.rules.ecs.types import TASK_DEFINITION
from aws_policy_pack.wording import listed, shown

ENDS: Final = ("COMPLETE", "SUCCESS")
"""Conditions that wait for the end of a container.

The end of an essential container ends the task.
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
"""


@resource_rule(
    "ecs-container-references",
    TASK_DEFINITION,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="The volumes and containers that a container names are in its task definition",
    why="ECS refuses a task definition with such a name only when it is registered, in the middle "
    "of a deployment.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_MountPoint.html",
    good={
        "volumes": [{"name": "uploads"}],
        "containerDefinitions": '[{"name": "web", "mountPoints": [{"sourceVolume": "uploads", '
        '"containerPath": "/uploads"}]}]',
    },
    bad={
        "volumes": [{"name": "uploads"}],
        "containerDefinitions": '[{"name": "web", "mountPoints": [{"sourceVolume": "upload", '
        '"containerPath": "/uploads"}]}]',
    },
)
def container_references(task: Resource) -> Findings:
    """Looks at mounts, at volumes of other containers, and at the order of starts."""
    containers = {
        name: container.properties
        for container in containers_of(task)
        if (name := container.properties.text("name"))
    }

    def judge(container: Container) -> Findings:
        yield from _judge_mounts(container, task)
        for source in container.properties.objects("volumesFrom"):
            name = source.text("sourceContainer")
            yield from _judge_name(container, "volumesFrom", name, tuple(containers))
        for dependency in container.properties.objects("dependsOn"):
            yield from _judge_dependency(container, dependency, containers)

    yield from judge_containers(task, judge)


def _judge_mounts(container: Container, task: Resource) -> Findings:
    mounts = container.properties.objects("mountPoints")
    if not mounts:
        return
    volumes = tuple(volume.text("name") or "" for volume in task.objects("volumes"))
    for mount in mounts:
        yield from _judge_name(container, "mountPoints", mount.text("sourceVolume"), volumes)


def _judge_dependency(
    container: Container, dependency: Properties, containers: Mapping[str, Properties]
) -> Findings:
    name, condition = dependency.text("containerName"), dependency.text("condition")
    yield from _judge_name(container, "dependsOn", name, tuple(containers))
    other = containers.get(name or "")
    if other and condition in ENDS and other.flag("essential", default=True):
        which = "" if container.is_secret else f" {shown(name)}"
        yield Finding(
            problem=f"{container.label} starts after the {condition} of the essential "
            f"container{which}",
            part=f"dependsOn{which} of {container.label}",
            wanted="a container whose end does not end the task",
            fix="Set `essential` of that container to false, or wait for START or HEALTHY",
        )


def _judge_name(container: Container, key: str, name: str | None, known: Sequence[str]) -> Findings:
    if name in known:
        return
    which = "" if container.is_secret else f" {shown(name)}"
    kind = "volume" if key == "mountPoints" else "container"
    yield Finding(
        problem=f"`{key}` of {container.label} names the {kind}{which}, which the task definition "
        "does not have"
        if name
        else f"`{key}` of {container.label} names no {kind}",
        part=f"{key}{which} of {container.label}",
        wanted=f"a {kind} of this task definition"
        if container.is_secret or not known
        else f"one of {listed(known)}",
        fix=f"Correct the name, or declare the {kind}",
    )
