"""What is kept and billed for ever unless somebody says until when: logs and images."""

from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import Graph, Resource
from aws_policy_pack.rule import (
    Example,
    Finding,
    Findings,
    Kind,
    Severity,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.type_tokens import LOG_GROUP, REPOSITORY
from aws_policy_pack.wording import shown

LIFECYCLE_POLICY: Final = "aws:ecr/lifecyclePolicy:LifecyclePolicy"


class BilledLogRetention(RuleConfig):
    """How long logs may be kept."""

    max_days: int | None = Field(
        default=None, ge=1, description="Most days that a log group keeps events"
    )


@resource_rule(
    "cost-log-retention",
    LOG_GROUP,
    kind=Kind.CONFIGURED,
    severity=Severity.MEDIUM,
    summary="A log group drops its events no later than the cap",
    why="The storage of every event is billed every month until the event is dropped.",
    remedy="Set `retentionInDays` to no more than the cap",
    url="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
    controls=("CKV_AWS_66",),
    good={"name": "/orders/dev", "retentionInDays": 30},
    bad={"name": "/orders/dev"},
    example_config={"maxDays": 90},
)
def log_retention(group: Resource, config: BilledLogRetention) -> Findings:
    """Compares the days; 0 and none mean for ever, and the class DELIVERY has two days always."""
    if config.max_days is None or group.text("logGroupClass") == "DELIVERY":
        return
    days = group.number("retentionInDays")
    if days and days <= config.max_days:
        return
    meaning = "" if days else ", so events are kept for ever"
    yield Finding(
        problem=f"`retentionInDays` is {shown(days)}{meaning}",
        wanted=f"1 to {config.max_days} (`maxDays` of cost-log-retention)",
        fix="Set `retentionInDays` within these bounds",
        place="retentionInDays",
    )


@stack_rule(
    "cost-ecr-lifecycle",
    REPOSITORY,
    kind=Kind.PRACTICE,
    severity=Severity.LOW,
    summary="A repository has a lifecycle policy that removes old images",
    why="Every push leaves an image behind, and ECR bills what all of them hold.",
    url="https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html",
    controls=("Security Hub ECR.3",),
    good=(
        Example(type=REPOSITORY, name="app", properties={"name": "orders-dev"}),
        Example(
            type=LIFECYCLE_POLICY,
            name="app-lifecycle",
            properties={"repository": "orders-dev", "policy": '{"rules": []}'},
            references={"repository": ("app",)},
        ),
    ),
    bad=(Example(type=REPOSITORY, name="app", properties={"name": "orders-dev"}),),
)
def ecr_lifecycle(repository: Resource, graph: Graph) -> Findings:
    """Looks for a policy that refers to the repository."""
    if not graph.referring(repository, "repository", LIFECYCLE_POLICY):
        yield Finding(
            problem="no lifecycle policy refers to this repository",
            wanted=f"a resource of type {LIFECYCLE_POLICY}",
            fix="Add a lifecycle policy that removes untagged and old images",
        )
