"""ECS services: how many tasks they run, each, together and while they are deployed."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.patterns import most_specific
from aws_policy_pack.resource import Graph, Resource, survey
from aws_policy_pack.rule import (
    Example,
    Finding,
    Findings,
    Kind,
    Severity,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.scaled_resources import SERVICE, scaled_by
from aws_policy_pack.wording import first_few, shown

SCALABLE_TARGET: Final = "aws:appautoscaling/target:Target"
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
