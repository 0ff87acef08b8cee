"""Automatic scaling: the highest number of tasks that anything may start."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.cost.charges import TASKS, scaling_of
from aws_policy_pack.ecs import SERVICE, container_definitions
from aws_policy_pack.resource import Graph, Resource
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule
from aws_policy_pack.rules.cost.services import DESIRED_COUNT
from aws_policy_pack.type_tokens import FUNCTION, SCALABLE_TARGET, SCHEDULED_ACTION, TASK_DEFINITION
from aws_policy_pack.wording import shown


class AutoscalingMaximum(RuleConfig):
    """How many tasks automatic scaling may start."""

    max: int | None = Field(default=None, ge=0, description="Most tasks that a scaler may start")
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
    SERVICE,
    kind=Kind.CONFIGURED,
    severity=Severity.HIGH,
    summary="No scaler may start more tasks than the cap",
    why="A cap on the desired count is side-stepped by whatever changes that count later: "
    "Application Auto Scaling, its scheduled actions, or a scaler of your own, whose maximum is "
    "an environment variable that nothing else looks at.",
    remedy="Lower the maximum of the scaler, or raise the cap in the pack's config",
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
    example_config={"max": 10},
)
def autoscaling_maximum(resource: Resource, graph: Graph, config: AutoscalingMaximum) -> Findings:
    """Compares every maximum that the resource sets.

    A scaler sets a service's number of tasks under ignoreChanges. The rule judges the maximum of
    a scaler in this stack. Any other scaler's maximum is not known, but it is not lower.
    """
    if config.max is None:
        return
    for subject, number in MAXIMA[resource.type](resource, config.environment_names):
        if number > config.max and not _is_scaled_here(resource, graph, config):
            yield Finding(
                problem=f"{subject} is {shown(number)}",
                part=subject,
                wanted=f"at most {config.max} (`max` of cost-autoscaling-maximum)",
                fix="Lower it, or raise the cap in the pack's config",
            )


def _in_task(task: Resource, names: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    for container in container_definitions(task):
        for entry in container.objects("environment"):
            name = entry.text("name")
            number = entry.number("value") if name in names else None
            if number is not None:
                yield f"`{name}` of container {shown(container.text('name'))}", number


def _in_function(function: Resource, names: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    variables = function.object("environment.variables")
    for name in names:
        number = variables.number(name)
        if number is not None:
            yield f"`{name}`", number


def _of_target(target: Resource, _names: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    return _of_ecs(target, "maxCapacity")


def _of_action(action: Resource, _names: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    return _of_ecs(action, "scalableTargetAction.maxCapacity")


def _of_ecs(scaling: Resource, path: str) -> Iterator[tuple[str, float]]:
    """The capacity at the path; that of another service than ECS is not a number of tasks."""
    if scaling.text("serviceNamespace") == "ecs":
        number = scaling.number(path)
        if number is not None:
            yield f"`{path}`", number


def _of_service(service: Resource, _names: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    if service.ignores_changes(DESIRED_COUNT):
        number = service.number(DESIRED_COUNT)
        if number is not None:
            yield f"`{DESIRED_COUNT}`, which ignoreChanges leaves to a scaler,", number


def _is_scaled_here(resource: Resource, graph: Graph, config: AutoscalingMaximum) -> bool:
    return resource.type == SERVICE and bool(
        scaling_of(graph, config.environment_names).spans.get((resource.urn, TASKS))
    )


MAXIMA: Final[Mapping[str, Callable[[Resource, tuple[str, ...]], Iterator[tuple[str, float]]]]] = {
    SCALABLE_TARGET: _of_target,
    SCHEDULED_ACTION: _of_action,
    TASK_DEFINITION: _in_task,
    FUNCTION: _in_function,
    SERVICE: _of_service,
}
"""By type, what gives the names of the maxima and their values."""
