"""ECS services, and what else starts tasks: where they run and how they are deployed."""

from collections.abc import Callable, Iterator
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.ecs import SERVICE, in_named_clusters, scaled_by
from aws_policy_pack.resource import Graph, Properties, Resource, Unreadable, survey
from aws_policy_pack.rule import (
    Changes,
    Example,
    Finding,
    Findings,
    Kind,
    Severity,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.rules.ecs.containers import SCHEDULE, TASK_SET, containers_of
from aws_policy_pack.type_tokens import EVENT_TARGET, FUNCTION, SCALABLE_TARGET, TASK_DEFINITION
from aws_policy_pack.wording import shown

PUBLIC_IP: Final = {
    SERVICE: "networkConfiguration.assignPublicIp",
    TASK_SET: "networkConfiguration.assignPublicIp",
    EVENT_TARGET: "ecsTarget.networkConfiguration.assignPublicIp",
    SCHEDULE: "target.ecsParameters.networkConfiguration.assignPublicIp",
}
BREAKER: Final = "deploymentCircuitBreaker"
ROLLING: Final = "ECS"
"""The deployment controller that services have unless told otherwise.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentController.html
"""


@resource_rule(
    "ecs-no-public-ip",
    *PUBLIC_IP,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Tasks have no public address",
    why="With a public address only the security group stands between a task and the internet, "
    "and each address is billed by the hour.",
    remedy="Set `assignPublicIp` to false, and run the tasks in private subnets with a NAT "
    "gateway or VPC endpoints",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-2",
    controls=("Security Hub ECS.2", "Security Hub ECS.16", "CKV_AWS_333"),
    good={"networkConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": False}},
    bad={"networkConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": True}},
)
def no_public_ip(resource: Resource) -> Findings:
    """Tasks get no public address unless the network configuration asks for one."""
    path = PUBLIC_IP[resource.type]
    if resource.flag(path):
        yield Finding(
            problem=f"`{path}` is true",
            wanted="false",
            fix="Set it to false, and run the tasks in private subnets with a NAT gateway or VPC "
            "endpoints",
        )


def roll_failed_deployments_back(service: Resource) -> Changes:
    """Switches the breaker and the rollback on, and keeps its other settings."""
    if not _is_rolling(service) or _has_breaker(service):
        return {}
    service.raw(BREAKER)  # refuses what is not known, which a fix would send on as text
    return {BREAKER: {**service.object(BREAKER).values, "enable": True, "rollback": True}}


@resource_rule(
    "ecs-circuit-breaker",
    SERVICE,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="A deployment that fails is stopped and rolled back",
    why="Without the breaker ECS goes on starting tasks that die, for hours, and pulls the "
    "image each time.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html",
    good={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    bad={"deploymentCircuitBreaker": {"enable": True, "rollback": False}},
    fix=roll_failed_deployments_back,
)
def circuit_breaker(service: Resource) -> Findings:
    """Other deployment controllers than that of ECS have no breaker."""
    if not _is_rolling(service) or _has_breaker(service):
        return
    off = "rollback" if service.flag(f"{BREAKER}.enable") else "enable"
    yield Finding(
        problem=f"`{BREAKER}.{off}` is {shown(service.raw(f'{BREAKER}.{off}'))}",
        wanted="`enable` and `rollback` true",
        fix=f"Set `{BREAKER}` to {{enable: true, rollback: true}}",
    )


def _is_rolling(service: Resource) -> bool:
    return (service.text("deploymentController.type") or ROLLING) == ROLLING


def _has_breaker(service: Resource) -> bool:
    return service.flag(f"{BREAKER}.enable") and service.flag(f"{BREAKER}.rollback")


WEB: Final = Example(
    type=SERVICE,
    name="web",
    properties={"healthCheckGracePeriodSeconds": 60, "taskDefinition": "${web-task.arn}"},
    references={"taskDefinition": ("web-task",)},
)
CHECKED: Final = '[{"name": "web", "healthCheck": {"command": ["CMD", "check"]}}]'


@stack_rule(
    "ecs-grace-period-needs-load-balancer",
    SERVICE,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="A grace period for health checks has health checks",
    why="ECS does not use the grace period of a service whose tasks nothing checks: who set it "
    "believes in a check that is not there. ECS used to refuse such a service.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
    good=(
        WEB,
        Example(
            type=TASK_DEFINITION,
            name="web-task",
            properties={"containerDefinitions": CHECKED},
        ),
    ),
    bad=(
        WEB,
        Example(
            type=TASK_DEFINITION,
            name="web-task",
            properties={"containerDefinitions": '[{"name": "web"}]'},
        ),
    ),
)
def grace_period_needs_load_balancer(service: Resource, graph: Graph) -> Findings:
    """Load balancers, VPC Lattice and containers check; 0 is what ECS has anyway.

    A task definition of another stack may have checks, so such a service passes.
    """
    seconds = service.number("healthCheckGracePeriodSeconds")
    if not seconds or service.objects("loadBalancers"):
        return
    if service.objects("vpcLatticeConfigurations") or not service.has("taskDefinition"):
        return
    tasks = graph.referenced(service, "taskDefinition", TASK_DEFINITION)
    read, unread = survey(tasks, _has_health_check)
    yield from unread
    if read and not unread and not any(has_check for _, has_check in read):
        yield Finding(
            problem=f"`healthCheckGracePeriodSeconds` is {shown(seconds)}, and nothing checks the "
            "health of its tasks",
            wanted="a load balancer, VPC Lattice or the `healthCheck` of a container",
            fix="Give a container a `healthCheck`, or drop `healthCheckGracePeriodSeconds`",
        )


def _has_health_check(task: Resource) -> bool:
    return any(container.properties.has("healthCheck") for container in containers_of(task))


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
    SERVICE,
    together=True,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="A service that something else scales leaves its number of tasks alone",
    why="Otherwise every deployment sets the number back to that of the program, in the middle "
    "of the load that the scaler has answered.",
    remedy='Ignore changes of `desiredCount`: in Python `ignore_changes=["desired_count"]`',
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
