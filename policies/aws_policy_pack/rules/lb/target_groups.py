"""Target groups: how a load balancer finds out which targets work."""

from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Level, Severity, resource_rule
from aws_policy_pack.rules.lb.types import TARGET_GROUPS
from aws_policy_pack.wording import shown

WITH_PATH = ("HTTP", "HTTPS")


@resource_rule(
    "lb-target-group-health-check",
    *TARGET_GROUPS,
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="Target groups check the health of their targets at a path that is chosen",
    why="The path that AWS asks by default is `/`, which many services answer with a redirect or "
    "not at all; then working targets are taken out, or broken ones stay.",
    url="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",
    controls=("CKV_AWS_261",),
    good={"protocol": "HTTP", "healthCheck": {"path": "/health"}},
    bad={"protocol": "HTTP", "healthCheck": {"enabled": True}},
)
def target_group_health_check(group: Resource) -> Findings:
    """Lambda targets have no health check by default; those of TCP need no path."""
    if group.text("targetType") == "lambda":
        return
    if not group.flag("healthCheck.enabled", default=True):
        yield Finding(
            problem="`healthCheck.enabled` is false",
            wanted="true",
            fix="Remove `healthCheck.enabled`, or set it to true",
        )
        return
    protocol = (group.text("healthCheck.protocol") or group.text("protocol") or "").upper()
    path = group.text("healthCheck.path")
    if protocol in WITH_PATH and not path:
        yield Finding(
            problem=f"`healthCheck.path` is {shown(path)} for protocol {protocol}",
            wanted="the path at which the service says that it works",
            fix="Set `healthCheck.path`",
        )
