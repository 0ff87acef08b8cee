"""Target groups: how a load balancer finds out which targets work."""

from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.lb.types import TARGET_GROUPS


@resource_rule(
    "lb-target-group-health-check",
    *TARGET_GROUPS,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Target groups check the health of their targets",
    why="Without the check a load balancer goes on to send requests to a target that is broken.",
    url="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",
    good={"protocol": "HTTP", "healthCheck": {"path": "/health"}},
    bad={"protocol": "HTTP", "healthCheck": {"enabled": False}},
)
def target_group_health_check(group: Resource) -> Findings:
    """Lambda targets have no health check by default; a path that is not set is `/`."""
    if group.text("targetType") == "lambda":
        return
    if not group.flag("healthCheck.enabled", default=True):
        yield Finding(
            problem="`healthCheck.enabled` is false",
            wanted="true",
            fix="Remove `healthCheck.enabled`, or set it to true",
        )
