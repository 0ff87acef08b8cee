"""What containers need of the rest: each other, volumes, a role, ports for load balancers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from aws_policy_pack.ecs import SERVICE
from aws_policy_pack.resource import Graph, Properties, Resource, Unreadable, survey
from aws_policy_pack.rule import (
    Example,
    Finding,
    Findings,
    Kind,
    Severity,
    judge_each,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.rules.ecs.containers import (
    Container,
    containers_of,
    judge_containers,
    port_range,
    runs_on_fargate,
    shown_ports,
)
from aws_policy_pack.type_tokens import TASK_DEFINITION
from aws_policy_pack.wording import first_few, listed, shown

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
    remedy="Correct the name, or declare the volume or the container that it names",
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


ROLE: Final = "executionRoleArn"
PRIVATE_IMAGE: Final = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/.+")
"""An image in a private repository of ECR."""


@resource_rule(
    "ecs-execution-role",
    TASK_DEFINITION,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="A task definition has the execution role that its containers need",
    why="Without one ECS refuses the task definition, in the middle of a deployment: nobody could "
    "pull the image, read the secret or write the logs.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    good={
        "requiresCompatibilities": ["FARGATE"],
        "executionRoleArn": "arn:aws:iam::111122223333:role/orders-execution",
        "containerDefinitions": '[{"name": "web", "logConfiguration": {"logDriver": "awslogs"}}]',
    },
    bad={
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": '[{"name": "web", "logConfiguration": {"logDriver": "awslogs"}}]',
    },
)
def execution_role(task: Resource) -> Findings:
    """One missing role is one finding, however many containers need it.

    ECS's own words: "Fargate requires task definition to have execution role ARN to support log
    driver awslogs", or "to support ECR images"; "When you are specifying container secrets, you
    must also specify a value for 'executionRoleArn'"; "Private repository authentication requires
    that the task definition specify a value for executionRoleArn".
    """
    if not task.is_known(ROLE) or task.text(ROLE):
        return
    on_fargate = runs_on_fargate(task)
    needs: list[str] = []
    missed: list[Unreadable] = []
    for container in containers_of(task):
        try:
            needs.extend(_needs_role(container, on_fargate=on_fargate))
        except Unreadable as unreadable:
            missed.append(unreadable)
    if needs:
        yield Finding(
            problem=f"`{ROLE}` is not set beside {first_few(needs)}",
            wanted="a role that ECS may assume",
            part=ROLE,
            fix=f"Declare a role for `ecs-tasks.amazonaws.com` with the rights of "
            f"AmazonECSTaskExecutionRolePolicy, and name it in `{ROLE}`",
        )
    else:
        yield from missed


def _needs_role(container: Container, *, on_fargate: bool) -> Iterator[str]:
    """What of a container ECS takes with an execution role alone."""
    properties = container.properties
    if on_fargate:
        if properties.text("logConfiguration.logDriver") == "awslogs":
            yield f"the log driver 'awslogs' of {container.label}"
        if PRIVATE_IMAGE.fullmatch(properties.text("image") or ""):
            yield f"the image of {container.label} in ECR"
    if properties.objects("secrets"):
        yield f"`secrets` of {container.label}"
    if properties.has("repositoryCredentials.credentialsParameter"):
        yield f"`repositoryCredentials` of {container.label}"


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


TARGET_GROUP: Final = "aws:lb/targetGroup:TargetGroup"


@stack_rule(
    "ecs-port-matches-target-group",
    SERVICE,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="A load balancer reaches a service at a port that its container maps",
    why="ECS refuses a service whose container has no such port. The port of the target group does "
    "not matter: ECS registers each task with its container's port.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html",
    good=(
        Example(
            type=TASK_DEFINITION,
            name="web-task",
            properties={
                "containerDefinitions": '[{"name": "web", "portMappings": '
                '[{"containerPort": 3000}]}]'
            },
        ),
        Example(type=TARGET_GROUP, name="web-group", properties={"port": 80, "targetType": "ip"}),
        Example(
            type=SERVICE,
            name="web",
            properties={
                "taskDefinition": "${web-task.arn}",
                "loadBalancers": [
                    {
                        "targetGroupArn": "${web-group.arn}",
                        "containerName": "web",
                        "containerPort": 3000,
                    }
                ],
            },
            references={"taskDefinition": ("web-task",), "loadBalancers": ("web-group",)},
        ),
    ),
    bad=(
        Example(
            type=TASK_DEFINITION,
            name="web-task",
            properties={
                "containerDefinitions": '[{"name": "web", "portMappings": '
                '[{"containerPort": 3000}]}]'
            },
        ),
        Example(type=TARGET_GROUP, name="web-group", properties={"port": 8000, "targetType": "ip"}),
        Example(
            type=SERVICE,
            name="web",
            properties={
                "taskDefinition": "${web-task.arn}",
                "loadBalancers": [
                    {
                        "targetGroupArn": "${web-group.arn}",
                        "containerName": "web",
                        "containerPort": 8000,
                    }
                ],
            },
            references={"taskDefinition": ("web-task",), "loadBalancers": ("web-group",)},
        ),
    ),
)
def port_matches_target_group(service: Resource, graph: Graph) -> Findings:
    """Looks for the port among those that the container maps."""
    yield from judge_each(
        service.objects("loadBalancers"), lambda entry: _judge_container(entry, service, graph)
    )


def _judge_container(entry: Properties, service: Resource, graph: Graph) -> Findings:
    port, name = entry.number("containerPort"), entry.text("containerName")
    tasks = graph.referenced(service, "taskDefinition", TASK_DEFINITION)
    read, unread = survey(tasks, _mapped_ports)
    yield from unread
    for task, containers in read:
        if name not in containers:
            yield Finding(
                problem=f"requests go to container {shown(name)}, which {task.name!r} does not "
                "have",
                wanted=f"one of {listed(containers)}",
                part=f"container {shown(name)}",
                related=(task,),
                fix="Correct `containerName` of `loadBalancers`",
            )
        elif not any(port in ports for ports in containers[name]):
            yield Finding(
                problem=f"requests go to port {shown(port)} of container {shown(name)}, which "
                f"maps {shown_ports(containers[name])}",
                wanted="a port in `portMappings` of the container",
                part=f"container {shown(name)}",
                related=(task,),
                fix="Correct `containerPort` of `loadBalancers`, or map the port",
            )


def _mapped_ports(task: Resource) -> dict[str | None, list[range]]:
    """The ports that each container maps."""
    return {
        container.properties.text("name"): [
            _ports(mapping) for mapping in container.properties.objects("portMappings")
        ]
        for container in containers_of(task)
    }


def _ports(mapping: Properties) -> range:
    port = mapping.number("containerPort")
    return port_range(
        mapping.text("containerPortRange") or "" if port is None else f"{port}-{port}"
    )
