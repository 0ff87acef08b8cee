"""Load balancers: what they record, what they drop, and whether they can be deleted."""

from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Changes, Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.lb.types import LOAD_BALANCERS
from aws_policy_pack.wording import shown


def _is_application(balancer: Resource) -> bool:
    """Whether it is an application load balancer, as it is unless told otherwise."""
    return (balancer.text("loadBalancerType") or "application") == "application"


def _takes_invalid_headers(balancer: Resource) -> bool:
    """Whether it passes them on; other types of load balancer do not read headers."""
    return _is_application(balancer) and not balancer.flag("dropInvalidHeaderFields")


@resource_rule(
    "lb-access-logs",
    *LOAD_BALANCERS,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Application load balancers write access logs",
    why="Metrics say that requests fail; only the access log says which, and who sent them.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-5",
    controls=("Security Hub ELB.5", "CKV_AWS_91"),
    good={"accessLogs": {"enabled": True, "bucket": "example-prod-access-logs"}},
    bad={"accessLogs": {"enabled": False, "bucket": "example-prod-access-logs"}},
)
def access_logs(balancer: Resource) -> Findings:
    """A bucket alone is not enough: logs are off unless `enabled` is true."""
    if _is_application(balancer) and not balancer.flag("accessLogs.enabled"):
        yield Finding(
            problem=f"`accessLogs.enabled` is {shown(balancer.raw('accessLogs.enabled'))}",
            wanted="true, with a `bucket`",
            fix="Set `accessLogs` to a bucket that lets the load balancer write, and `enabled` to "
            "true",
        )


@resource_rule(
    "lb-deletion-protection",
    *LOAD_BALANCERS,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Load balancers cannot be deleted by accident",
    why="A deleted load balancer takes its address with it; every client has to be told the new "
    "one.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-6",
    controls=("Security Hub ELB.6", "CKV_AWS_150"),
    good={"enableDeletionProtection": True},
    bad={"enableDeletionProtection": False},
)
def deletion_protection(balancer: Resource) -> Findings:
    """Off unless told otherwise, for every type of load balancer."""
    if not balancer.flag("enableDeletionProtection"):
        yield Finding(
            problem="`enableDeletionProtection` is "
            f"{shown(balancer.raw('enableDeletionProtection'))}",
            wanted="true",
            fix="Set `enableDeletionProtection` to true",
        )


def drop_them(balancer: Resource) -> Changes:
    """Lets an application load balancer drop invalid headers."""
    return {"dropInvalidHeaderFields": True} if _takes_invalid_headers(balancer) else {}


@resource_rule(
    "lb-drop-invalid-headers",
    *LOAD_BALANCERS,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Application load balancers drop invalid headers",
    why="Headers that servers read in different ways are how requests are smuggled past a check.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-4",
    controls=("Security Hub ELB.4", "CKV_AWS_131"),
    good={"dropInvalidHeaderFields": True},
    bad={"dropInvalidHeaderFields": False},
    fix=drop_them,
)
def drop_invalid_headers(balancer: Resource) -> Findings:
    """Off unless told otherwise."""
    if _takes_invalid_headers(balancer):
        yield Finding(
            problem="`dropInvalidHeaderFields` is "
            f"{shown(balancer.raw('dropInvalidHeaderFields'))}",
            wanted="true",
            fix="Set `dropInvalidHeaderFields` to true",
        )
