"""ECS services, and what else starts tasks: where they run and how they are deployed."""

from typing import Final

from aws_policy_pack.resource import Graph, Resource, survey
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
from aws_policy_pack.rules.ecs.containers import containers_of
from aws_policy_pack.rules.ecs.types import (
    EVENT_TARGET,
    SCHEDULE,
    TASK_DEFINITION,
    TASK_SET,
)
from aws_policy_pack.scaled_resources import SERVICE
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
