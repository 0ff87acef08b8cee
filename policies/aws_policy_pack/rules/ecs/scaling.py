"""Services whose number of tasks something else than the program sets."""

from collections.abc import Callable, Iterator
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import Graph, Properties, Resource, Unreadable, survey
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule
from aws_policy_pack.rules.ecs.containers import containers_of
from aws_policy_pack.rules.ecs.types import FUNCTION, SCALABLE_TARGET, TASK_DEFINITION
from aws_policy_pack.scaled_resources import SERVICE, in_named_clusters, scaled_by

DESIRED_COUNT: Final = "desiredCount"


class ScaledService(RuleConfig):
    """How scalers of your own are recognised."""

    scaler_variables: tuple[str, ...] = Field(
        default=("AUTOSCALER_MAX_WORKERS",),
        description="Environment variables that mark a container or a function as a scaler",
    )
    service_variables: tuple[str, ...] = Field(
        default=("ECS_WORKER_SERVICE_NAME",),
        description="Environment variables in which a scaler finds the service that it scales",
    )


Claim = tuple[Resource, str]
"""A service, and what sets its number of tasks."""


@stack_rule(
    "ecs-scaled-service-ignores-desired-count",
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="A service that something else scales leaves its number of tasks alone",
    why="Otherwise every deployment sets the number back to that of the program, in the middle "
    "of the load that the scaler has answered.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html",
    good=(
        Example(
            type=SERVICE,
            name="workers",
            properties={"name": "orders-workers", "desiredCount": 1},
            ignore_changes=("desiredCount",),
        ),
        Example(
            type=SCALABLE_TARGET,
            name="workers-scaling",
            properties={"serviceNamespace": "ecs", "resourceId": "service/orders/orders-workers"},
            references={"resourceId": ("workers",)},
        ),
    ),
    bad=(
        Example(
            type=SERVICE,
            name="workers",
            properties={"name": "orders-workers", "desiredCount": 1},
        ),
        Example(
            type=SCALABLE_TARGET,
            name="workers-scaling",
            properties={"serviceNamespace": "ecs", "resourceId": "service/orders/orders-workers"},
            references={"resourceId": ("workers",)},
        ),
    ),
)
def scaled_service_ignores_desired_count(graph: Graph, config: ScaledService) -> Findings:
    """Looks for what scales each service that holds to its own number of tasks.

    The number counts as held to even where it is not set: the provider then takes 0. What cannot
    be read is told only where it may be the scaler of a service of which nothing else is known.
    """
    held, unread = survey(graph.of_type(SERVICE), _holds_its_count)
    yield from unread
    services = {service for service, holds in held if holds}
    claims, missed = _claims(graph, config)
    found: dict[Resource, str] = {}
    for service, scaler in claims:
        if service in services:
            found.setdefault(service, scaler)
    for service, scaler in found.items():
        yield Finding(
            problem=f"{scaler} sets the number of tasks, and `{DESIRED_COUNT}` is not in "
            "ignoreChanges",
            wanted=f"`{DESIRED_COUNT}` in the resource option ignoreChanges",
            fix='Add it: in Python `ignore_changes=["desired_count"]`',
            resource=service,
        )
    if not services.issubset(found):
        yield from missed


def _holds_its_count(service: Resource) -> bool:
    """Whether an update sets the number of tasks; services of one task per instance have none."""
    is_ignored = service.ignores_changes(DESIRED_COUNT)
    return not is_ignored and service.text("schedulingStrategy") != "DAEMON"


def _claims(graph: Graph, config: ScaledService) -> tuple[list[Claim], list[Unreadable]]:
    """What scales which services, and what could not be read."""
    readers: tuple[tuple[str, Callable[[Resource], list[Claim]]], ...] = (
        (SCALABLE_TARGET, lambda target: list(_of_target(target, graph))),
        (TASK_DEFINITION, lambda task: list(_of_task(task, graph, config))),
        (FUNCTION, lambda function: list(_of_function(function, graph, config))),
    )
    claims: list[Claim] = []
    missed: list[Unreadable] = []
    for kind, read in readers:
        found, unread = survey(graph.of_type(kind), read)
        claims += [claim for _, own in found for claim in own]
        missed += unread
    return claims, missed


def _of_target(target: Resource, graph: Graph) -> Iterator[Claim]:
    if target.text("serviceNamespace") != "ecs":
        return
    for service in scaled_by(target, graph, SERVICE):
        yield service, f"the scalable target {target.name!r}"


def _of_task(task: Resource, graph: Graph, config: ScaledService) -> Iterator[Claim]:
    for container in containers_of(task):
        variables = {
            entry.text("name") or "": entry.text("value")
            for entry in container.properties.objects("environment")
        }
        scaler = f"{container.label} of {task.name!r}"
        yield from _of_variables(variables, scaler, graph, config)


def _of_function(function: Resource, graph: Graph, config: ScaledService) -> Iterator[Claim]:
    given: Properties = function.object("environment.variables")
    wanted = (*config.scaler_variables, *config.service_variables)
    known = {name: value for name, value in given.values.items() if isinstance(value, str)}
    variables = known | {name: given.text(name) for name in wanted if given.has(name)}
    yield from _of_variables(variables, f"the function {function.name!r}", graph, config)


def _of_variables(
    variables: dict[str, str | None], scaler: str, graph: Graph, config: ScaledService
) -> Iterator[Claim]:
    if not any(name in variables for name in config.scaler_variables):
        return
    texts = [text for text in variables.values() if text]
    for name in config.service_variables:
        services = graph.identified(SERVICE, variables.get(name) or "")
        for service in in_named_clusters(services, texts, graph):
            yield service, scaler
