"""The ports at which load balancers reach containers."""

from typing import Final

from aws_policy_pack.parts import judge_each
from aws_policy_pack.resource import Graph, Properties, Resource, survey
from aws_policy_pack.rule import Example, Finding, Findings, Level, Severity, stack_rule
from aws_policy_pack.rules.ecs.containers import containers_of
from aws_policy_pack.rules.ecs.ports import port_range, shown_ports
from aws_policy_pack.rules.ecs.types import SERVICE, TASK_DEFINITION
from aws_policy_pack.rules.lb.types import TARGET_GROUPS
from aws_policy_pack.wording import listed, shown

TARGET_GROUP: Final = "aws:lb/targetGroup:TargetGroup"


@stack_rule(
    "ecs-port-matches-target-group",
    SERVICE,
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A load balancer reaches a service at a port that its container and its target group "
    "both have",
    why="ECS refuses a service whose container has no such port. With another port in the target "
    "group ECS registers that of the container all the same, so that the group shows a port at "
    "which nothing listens, and rules of security groups are made for the wrong one.",
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
        Example(type=TARGET_GROUP, name="web-group", properties={"port": 3000, "targetType": "ip"}),
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
                        "containerPort": 3000,
                    }
                ],
            },
            references={"taskDefinition": ("web-task",), "loadBalancers": ("web-group",)},
        ),
    ),
)
def port_matches_target_group(service: Resource, graph: Graph) -> Findings:
    """Target groups of instances pass: there the host's port counts, which ECS may choose."""

    def judge(entry: Properties) -> Findings:
        port = entry.number("containerPort")
        # The one cannot be read where the task, the other where the group is not known.
        yield from judge_each(
            (_judge_container, _judge_group), lambda part: part(entry, port, service, graph)
        )

    yield from judge_each(service.objects("loadBalancers"), judge)


def _judge_container(
    entry: Properties, port: float | None, service: Resource, graph: Graph
) -> Findings:
    name = entry.text("containerName")
    tasks = graph.referenced(service, "taskDefinition", TASK_DEFINITION)
    read, unread = survey(tasks, _mapped_ports)
    yield from unread
    for task, containers in read:
        if name not in containers:
            yield Finding(
                problem=f"requests go to container {shown(name)}, which {task.name!r} does not "
                "have",
                wanted=f"one of {listed(containers)}",
                fix="Correct `containerName` of `loadBalancers`",
            )
        elif not any(port in ports for ports in containers[name]):
            yield Finding(
                problem=f"requests go to port {shown(port)} of container {shown(name)}, which "
                f"maps {shown_ports(containers[name])}",
                wanted="a port in `portMappings` of the container",
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


def _judge_group(
    entry: Properties, port: float | None, service: Resource, graph: Graph
) -> Findings:
    """The engine says which groups all entries together come from, not which entry which."""
    groups = graph.referenced(service, "loadBalancers", *TARGET_GROUPS)
    named = entry.values.get("targetGroupArn")
    candidates = [group for group in groups if group.values.get("arn") == named] or groups
    read, unread = survey(candidates, _port_of_addresses)
    ports = {group.name: own for group, own in read if own is not None}
    if port in ports.values():
        return
    yield from unread
    if ports and not unread:
        given = " and ".join(f"{name!r} has {shown(own)}" for name, own in ports.items())
        yield Finding(
            problem=f"requests go to port {shown(port)} of container "
            f"{shown(entry.text('containerName'))}, and target group {given}",
            wanted="the same port in both",
            fix=f"Set `port` of the target group to {shown(port)}, or correct `containerPort`",
        )


def _port_of_addresses(group: Resource) -> float | None:
    """The port of a group whose targets are addresses, as those of tasks are; else `None`."""
    return group.number("port") if group.text("targetType") == "ip" else None
