"""The ports at which load balancers reach containers."""

from collections.abc import Iterator
from typing import Final

from aws_policy_pack.parts import judge_each
from aws_policy_pack.resource import Graph, Properties, Resource
from aws_policy_pack.rule import Example, Finding, Findings, Level, Severity, stack_rule
from aws_policy_pack.rules.ecs.containers import containers_of
from aws_policy_pack.rules.ecs.ports import port_range, shown_ports
from aws_policy_pack.rules.ecs.types import SERVICE, TASK_DEFINITION
from aws_policy_pack.rules.lb.types import TARGET_GROUPS
from aws_policy_pack.wording import listed, shown

TARGET_GROUP: Final = TARGET_GROUPS[0]


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
    entries = service.objects("loadBalancers")
    yield from judge_each(entries, lambda entry: _judge_container(entry, service, graph))
    yield from judge_each(entries, lambda entry: _judge_group(entry, service, graph))


def _judge_container(entry: Properties, service: Resource, graph: Graph) -> Findings:
    name, port = entry.text("containerName"), entry.number("containerPort")
    for task in graph.referenced(service, "taskDefinition", TASK_DEFINITION):
        definitions = [container.properties for container in containers_of(task)]
        container = next((each for each in definitions if each.text("name") == name), None)
        if container is None:
            yield Finding(
                problem=f"requests go to container {shown(name)}, which {task.name!r} does not "
                "have",
                wanted=f"one of {listed(each.text('name') for each in definitions)}",
                fix="Correct `containerName` of `loadBalancers`",
            )
            continue
        mapped = list(_ports(container))
        if not any(port in ports for ports in mapped):
            yield Finding(
                problem=f"requests go to port {shown(port)} of container {shown(name)}, which "
                f"maps {shown_ports(mapped)}",
                wanted="a port in `portMappings` of the container",
                fix="Correct `containerPort` of `loadBalancers`, or map the port",
            )


def _ports(container: Properties) -> Iterator[range]:
    for mapping in container.objects("portMappings"):
        port = mapping.number("containerPort")
        yield port_range(
            mapping.text("containerPortRange") or "" if port is None else f"{port}-{port}"
        )


def _judge_group(entry: Properties, service: Resource, graph: Graph) -> Findings:
    """The engine says which groups all entries together come from, not which entry which."""
    groups = graph.referenced(service, "loadBalancers", *TARGET_GROUPS)
    named = entry.values.get("targetGroupArn")
    candidates = [group for group in groups if group.values.get("arn") == named] or groups
    ports = {group.name: group.number("port") for group in candidates if _takes_addresses(group)}
    port = entry.number("containerPort")
    if ports and port not in ports.values():
        given = " and ".join(f"{name!r} has {shown(each)}" for name, each in ports.items())
        yield Finding(
            problem=f"requests go to port {shown(port)} of container "
            f"{shown(entry.text('containerName'))}, and target group {given}",
            wanted="the same port in both",
            fix=f"Set `port` of the target group to {shown(port)}, or correct `containerPort`",
        )


def _takes_addresses(group: Resource) -> bool:
    return group.text("targetType") == "ip"
