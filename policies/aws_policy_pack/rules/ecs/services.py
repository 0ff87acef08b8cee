"""ECS services, and what else starts tasks: where they run and how they are deployed."""

from typing import Final

from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Changes, Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.ecs.types import EVENT_TARGET, SCHEDULE, SERVICE, TASK_SET
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


@resource_rule(
    "ecs-grace-period-needs-load-balancer",
    SERVICE,
    kind=Kind.REFUSED,
    severity=Severity.MEDIUM,
    summary="Only a service behind a load balancer has a grace period for health checks",
    why="The grace period is that of a load balancer's checks: a service without one is refused "
    "when it is created, after everything else has been made.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html",
    good={
        "healthCheckGracePeriodSeconds": 60,
        "loadBalancers": [{"containerName": "web", "containerPort": 3000}],
    },
    bad={"healthCheckGracePeriodSeconds": 60, "loadBalancers": []},
)
def grace_period_needs_load_balancer(service: Resource) -> Findings:
    """A target group of VPC Lattice counts as a load balancer; 0 is what ECS has anyway."""
    seconds = service.number("healthCheckGracePeriodSeconds")
    balancers = service.objects("loadBalancers") or service.objects("vpcLatticeConfigurations")
    if seconds and not balancers:
        yield Finding(
            problem=f"`healthCheckGracePeriodSeconds` is {shown(seconds)} without `loadBalancers`",
            wanted="a load balancer, or no grace period",
            fix="Drop `healthCheckGracePeriodSeconds`, and set `startPeriod` in the container's "
            "`healthCheck`",
        )
