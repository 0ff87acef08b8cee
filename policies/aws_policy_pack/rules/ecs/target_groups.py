"""The ports at which load balancers reach containers."""

from typing import Final

from aws_policy_pack.parts import judge_each
from aws_policy_pack.resource import Graph, Properties, Resource, survey
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule
from aws_policy_pack.rules.ecs.containers import containers_of
from aws_policy_pack.rules.ecs.ports import port_range, shown_ports
from aws_policy_pack.rules.ecs.types import TASK_DEFINITION
from aws_policy_pack.scaled_resources import SERVICE
from aws_policy_pack.wording import listed, shown

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
