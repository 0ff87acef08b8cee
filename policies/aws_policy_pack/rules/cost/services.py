"""How many resources a stack has, how many tasks its ECS services run, and their size."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig, most_specific
from aws_policy_pack.ecs import SERVICE, container_definitions, scaled_by, units_of
from aws_policy_pack.resource import Graph, Properties, Resource, survey
from aws_policy_pack.rule import (
    Example,
    Finding,
    Findings,
    Kind,
    Severity,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.type_tokens import SCALABLE_TARGET, TASK_DEFINITION
from aws_policy_pack.wording import first_few, shown

NAT_GATEWAY: Final = "aws:ec2/natGateway:NatGateway"
SAME_MODULES: Final = ("aws:lb/", "aws:alb/")
"""Two names of one module: every type of the one exists in the other."""


class ResourceCount(RuleConfig):
    """How many resources of a type there may be."""

    max_by_type: Mapping[str, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict,
        description="Most resources by type token; aws:lb and aws:alb count together. A type that "
        "is not named has no cap",
    )


@stack_rule(
    "cost-resource-count",
    kind=Kind.CONFIGURED,
    severity=Severity.HIGH,
    summary="There are no more resources of a type than the cap that a profile sets",
    why="NAT gateways and load balancers are billed by the hour even when nothing passes through "
    "them, and a second one is easily made by a component that is used twice.",
    url="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-pricing.html",
    good=(Example(type=NAT_GATEWAY, name="nat", properties={"subnetId": "subnet-1"}),),
    bad=(
        Example(type=NAT_GATEWAY, name="nat-1", properties={"subnetId": "subnet-1"}),
        Example(type=NAT_GATEWAY, name="nat-2", properties={"subnetId": "subnet-2"}),
    ),
    example_config={"maxByType": {NAT_GATEWAY: 1}},
)
def resource_count(graph: Graph, config: ResourceCount) -> Findings:
    """Counts each type with its other name; the finding is about the first too many by name."""
    for token, cap in config.max_by_type.items():
        # A program may register its resources in another order each time.
        found = sorted(graph.of_type(*_same_types(token)), key=lambda each: (each.name, each.urn))
        if len(found) > cap:
            names = ", ".join(resource.name for resource in found)
            yield Finding(
                problem=f"there are {len(found)} resources of type {token} ({names})",
                wanted=f"at most {cap} (`maxByType.{token}` of cost-resource-count)",
                fix="Share what there is, or raise the cap in the pack's config",
                resource=found[cap],
            )


def _same_types(token: str) -> tuple[str, ...]:
    for module in SAME_MODULES:
        if token.startswith(module):
            return tuple(other + token.removeprefix(module) for other in SAME_MODULES)
    return (token,)


class TaskSize(RuleConfig):
    """How large a task may be."""

    max_cpu: int | None = Field(
        default=None, ge=128, description="Most CPU units; 1024 are one vCPU"
    )
    max_memory: int | None = Field(default=None, ge=4, description="Most memory in MiB")


@resource_rule(
    "cost-ecs-task-size",
    TASK_DEFINITION,
    kind=Kind.CONFIGURED,
    severity=Severity.HIGH,
    summary="A task is not larger than the caps on CPU and memory",
    why="Fargate bills a task by its vCPUs and its memory, used or not.",
    remedy="Lower `cpu` or `memory` of the task, or raise the cap in the pack's config",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html",
    good={"family": "orders-dev", "cpu": "512", "memory": "1024"},
    bad={"family": "orders-dev", "cpu": "16384", "memory": "1024"},
    example_config={"maxCpu": 2048, "maxMemory": 4096},
)
def task_size(task: Resource, config: TaskSize) -> Findings:
    """Compares the task's size, or the sum of its containers' where the task has none."""
    yield from _over(task, "cpu", lambda container: container.number("cpu"), config.max_cpu, "")
    yield from _over(task, "memory", _container_memory, config.max_memory, " MiB")


def _over(
    task: Resource,
    path: str,
    of_container: Callable[[Properties], float | None],
    cap: int | None,
    unit: str,
) -> Findings:
    if cap is None:
        return
    size, subject = units_of(task, path), f"`{path}`"
    if size is None:
        containers = container_definitions(task)
        size = sum(of_container(container) or 0 for container in containers)
        subject = f"`{path}` of all containers"
    if size > cap:
        yield Finding(
            problem=f"{subject} is {size:.12g}{unit}",
            part=path,
            wanted=f"at most {cap}{unit} (`max{path.capitalize()}` of cost-ecs-task-size)",
            fix=f"Lower `{path}`, or raise the cap in the pack's config",
        )


def _container_memory(container: Properties) -> float | None:
    """A container's limit, or what is kept for it."""
    limit = container.number("memory")
    return container.number("memoryReservation") if limit is None else limit


DESIRED_COUNT: Final = "desiredCount"

DEFAULT_PERCENT: Final = 200
"""What ECS takes for `maximumPercent` where it is not set; daemons have no surge by default.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
"""

TaskCount = Annotated[int, Field(ge=0)]


class DesiredCount(RuleConfig):
    """How many tasks a service may ask for."""

    max: TaskCount | None = Field(default=None, description="Most tasks of one service")
    overrides: Mapping[str, TaskCount] = Field(
        default_factory=dict,
        description="Most tasks of single services by logical name or glob; the most specific "
        "holds",
    )

    def cap_of(self, name: str) -> tuple[int | None, str]:
        """The cap of the service with this logical name, and the setting that it stands in."""
        pattern = most_specific(self.overrides, name)
        if pattern is None:
            return self.max, "max"
        return self.overrides[pattern], f"overrides.{pattern}"


@resource_rule(
    "cost-ecs-desired-count",
    SERVICE,
    kind=Kind.CONFIGURED,
    severity=Severity.HIGH,
    summary="A service asks for no more tasks than its cap",
    why="Fargate bills every task by the second: a digit too many in desiredCount multiplies the "
    "bill from the next deployment on.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html",
    good={"name": "orders-dev", "desiredCount": 2},
    bad={"name": "orders-dev", "desiredCount": 50},
    example_config={"max": 4},
)
def desired_count(service: Resource, config: DesiredCount) -> Findings:
    """Compares the number of tasks; without one, ECS starts none.

    A scaler sets a number under ignoreChanges, and cost-autoscaling-maximum judges its maximum.
    """
    if service.ignores_changes(DESIRED_COUNT):
        return
    count = service.number(DESIRED_COUNT)
    cap, setting = config.cap_of(service.name)
    if count is not None and cap is not None and count > cap:
        yield Finding(
            problem=f"`desiredCount` is {shown(count)}",
            wanted=f"at most {cap} (`{setting}` of cost-ecs-desired-count)",
            fix="Lower `desiredCount`, or raise the cap in the pack's config",
        )


class TotalDesiredCount(RuleConfig):
    """How many tasks all services together may ask for."""

    max: TaskCount | None = Field(default=None, description="Most tasks of all services together")


@stack_rule(
    "cost-ecs-total-desired-count",
    SERVICE,
    together=True,
    kind=Kind.CONFIGURED,
    severity=Severity.HIGH,
    summary="All services together ask for no more tasks than the stack's cap",
    why="A cap for each service says nothing of ten services that each stay just below it.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html",
    good=(
        Example(type=SERVICE, name="web", properties={"desiredCount": 2}),
        Example(type=SERVICE, name="worker", properties={"desiredCount": 4}),
    ),
    bad=tuple(
        Example(type=SERVICE, name=f"worker-{number}", properties={"desiredCount": 4})
        for number in range(1, 5)
    ),
    example_config={"max": 12},
)
def total_desired_count(graph: Graph, config: TotalDesiredCount) -> Findings:
    """Adds the numbers of tasks up and names the services that ask for most.

    Numbers under ignoreChanges are left out: no deployment asks for them.
    """
    if config.max is None:
        return
    services = (
        service for service in graph.of_type(SERVICE) if not service.ignores_changes(DESIRED_COUNT)
    )
    counts, unread = survey(services, lambda service: service.number(DESIRED_COUNT))
    yield from unread
    asked = [(service.name, count) for service, count in counts if count]
    total = sum(count for _, count in asked)
    if total > config.max:
        yield Finding(
            problem=f"the services ask for {shown(total)} tasks together ({_most(asked)})",
            wanted=f"at most {config.max} (`max` of cost-ecs-total-desired-count)",
            fix="Lower `desiredCount` of some services, or raise the cap in the pack's config",
        )


def _most(asked: Sequence[tuple[str, float]]) -> str:
    """The services that ask for most tasks, with their numbers."""
    ordered = sorted(asked, key=lambda pair: pair[1], reverse=True)
    return first_few([f"{name} {shown(count)}" for name, count in ordered])


class DeploymentSurge(RuleConfig):
    """How many tasks may run while a service is deployed."""

    max_percent: int | None = Field(
        default=None,
        ge=100,
        description="Most running tasks during a deployment, in percent of the desired count",
    )


@stack_rule(
    "cost-ecs-deployment-surge",
    SERVICE,
    kind=Kind.CONFIGURED,
    severity=Severity.MEDIUM,
    summary="A deployment runs no more tasks beside the old ones than the cap",
    why="ECS starts new tasks before it stops the old ones, up to deploymentMaximumPercent of "
    "the desired count: at 400 a deployment bills four times the tasks, and a rollout that hangs "
    "goes on billing them.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html",
    good=(
        Example(
            type=SERVICE,
            name="web",
            properties={"desiredCount": 4, "deploymentMaximumPercent": 150},
        ),
    ),
    bad=(
        Example(
            type=SERVICE,
            name="web",
            properties={"desiredCount": 4, "deploymentMaximumPercent": 400},
        ),
    ),
    example_config={"maxPercent": 200},
)
def deployment_surge(service: Resource, graph: Graph, config: DeploymentSurge) -> Findings:
    """Compares the percentage, and says how many tasks it comes to at the highest count."""
    if config.max_percent is None:
        return
    given = service.number("deploymentMaximumPercent")
    percent = DEFAULT_PERCENT if given is None else given
    if percent <= config.max_percent or (given is None and _is_daemon(service)):
        return
    tasks = _most_tasks(service, graph)
    meaning = f", which means {percent}" if given is None else ""
    yield Finding(
        problem=f"`deploymentMaximumPercent` is {shown(given)}{meaning}: during a deployment "
        f"the tasks go from {shown(tasks)} up to {shown(tasks * percent // 100)}",
        wanted=f"at most {config.max_percent} (`maxPercent` of cost-ecs-deployment-surge)",
        fix="Lower `deploymentMaximumPercent`, or raise the cap in the pack's config",
    )


def _is_daemon(service: Resource) -> bool:
    return service.text("schedulingStrategy") == "DAEMON"


def _most_tasks(service: Resource, graph: Graph) -> float:
    """The desired count, or what Application Auto Scaling may raise it to."""
    targets = graph.once(_targets)
    counts = [target.number("maxCapacity") for target, scaled in targets if service in scaled]
    return max(count or 0 for count in (service.number(DESIRED_COUNT), *counts))


def _targets(graph: Graph) -> list[tuple[Resource, tuple[Resource, ...]]]:
    """All scalable targets with the services that each scales.

    Raises:
        Unreadable: Nothing tells what one of them scales.
    """
    targets, missed = survey(
        graph.of_type(SCALABLE_TARGET), lambda target: scaled_by(target, graph, SERVICE)
    )
    if missed:
        raise missed[0]
    return targets
