"""Automatic scaling: the highest number of tasks that anything may start."""

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import Graph, Properties, Resource
from aws_policy_pack.rule import Example, Finding, Findings, Level, Severity, stack_rule
from aws_policy_pack.rules.cost.services import SCALABLE_TARGET
from aws_policy_pack.rules.cost.tasks import TASK_DEFINITION
from aws_policy_pack.wording import shown

SCHEDULED_ACTION: Final = "aws:appautoscaling/scheduledAction:ScheduledAction"
FUNCTION: Final = "aws:lambda/function:Function"
MAX_CAPACITY: Final = {
    SCALABLE_TARGET: "maxCapacity",
    SCHEDULED_ACTION: "scalableTargetAction.maxCapacity",
}


class AutoscalingMaximum(RuleConfig):
    """How many tasks automatic scaling may start."""

    max: int = Field(default=10, ge=0, description="Most tasks that a scaler may start")
    environment_names: tuple[str, ...] = Field(
        default=("AUTOSCALER_MAX_WORKERS",),
        description="Environment variables from which scalers of your own read their maximum",
    )


@stack_rule(
    "cost-autoscaling-maximum",
    SCALABLE_TARGET,
    SCHEDULED_ACTION,
    TASK_DEFINITION,
    FUNCTION,
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="No scaler may start more tasks than the cap",
    why="A cap on the desired count is side-stepped by whatever changes that count later: "
    "Application Auto Scaling, its scheduled actions, or a scaler of your own, whose maximum is "
    "an environment variable that nothing else looks at.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html",
    good=(
        Example(
            type=SCALABLE_TARGET,
            name="workers",
            properties={"serviceNamespace": "ecs", "minCapacity": 1, "maxCapacity": 8},
        ),
    ),
    bad=(
        Example(
            type=TASK_DEFINITION,
            name="scaler",
            properties={
                "containerDefinitions": '[{"name": "scaler", "environment": '
                '[{"name": "AUTOSCALER_MAX_WORKERS", "value": "200"}]}]'
            },
        ),
    ),
)
def autoscaling_maximum(resource: Resource, graph: Graph, config: AutoscalingMaximum) -> Findings:
    """Compares every maximum that the resource sets; capacities of other services are not tasks."""
    del graph
    for subject, number in _maxima(resource, config.environment_names):
        if number > config.max:
            yield Finding(
                problem=f"{subject} is {shown(number)}",
                wanted=f"at most {config.max} (`max` of cost-autoscaling-maximum)",
                fix="Lower it, or raise the cap in the pack's config",
            )


def _maxima(resource: Resource, names: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    """What the maxima are called, and their values."""
    if resource.type == TASK_DEFINITION:
        for container in resource.objects("containerDefinitions"):
            yield from _in_container(container, names)
    elif resource.type == FUNCTION:
        yield from _in_variables(resource.object("environment.variables"), names)
    elif resource.text("serviceNamespace") == "ecs":
        path = MAX_CAPACITY[resource.type]
        number = resource.number(path)
        if number is not None:
            yield f"`{path}`", number


def _in_container(container: Properties, names: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    for entry in container.objects("environment"):
        name = entry.text("name")
        number = entry.number("value") if name in names else None
        if number is not None:
            yield f"`{name}` of container {shown(container.text('name'))}", number


def _in_variables(variables: Properties, names: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    for name in names:
        number = variables.number(name)
        if number is not None:
            yield f"`{name}`", number
