"""CloudWatch log groups: how long they keep events, and who can read them."""

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.type_tokens import LOG_GROUP
from aws_policy_pack.wording import shown


class LogRetention(RuleConfig):
    """Settings of logs-retention."""

    min_days: int = Field(
        default=7, ge=1, le=3653, description="Fewest days for which events are kept"
    )


@resource_rule(
    "logs-retention",
    LOG_GROUP,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Log groups say how long they keep their events, and that is long enough",
    why="An incident is often noticed after days; by then the logs that explain it are gone. A "
    "group that does not say keeps every event for ever, and its storage is billed every month.",
    remedy="Set `retentionInDays` to a number of days within the bounds",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-16",
    controls=("Security Hub CloudWatch.16", "CKV_AWS_66", "CKV_AWS_338"),
    yields_to=("cost-log-retention",),
    good={"retentionInDays": 30},
    bad={"retentionInDays": 1},
)
def retention(group: Resource, config: LogRetention) -> Findings:
    """A time is wanted even where no cap is configured: no retention, or 0, means for ever.

    For the class DELIVERY AWS itself keeps events for two days, whatever is set:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
    """
    days = group.number("retentionInDays")
    if (days and days >= config.min_days) or group.text("logGroupClass") == "DELIVERY":
        return
    meaning = "" if days else ", so events are kept for ever"
    yield Finding(
        problem=f"`retentionInDays` is {shown(days)}{meaning}",
        wanted=f"at least {config.min_days} (`minDays` of logs-retention)",
        fix=f"Set `retentionInDays` to {config.min_days} or more",
        place="retentionInDays",
    )


@resource_rule(
    "logs-encrypted",
    LOG_GROUP,
    kind=Kind.PRACTICE,
    severity=Severity.LOW,
    summary="Log groups are encrypted with a key of the account",
    why="Logs carry what programs print. With a KMS key of its own, the account decides who can "
    "read them and can withdraw that.",
    url="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
    controls=("CKV_AWS_158",),
    good={
        "kmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/0d5bd1c2-5a3b-4a0e-9d0e-4e3f2a1b0c9d"
    },
    bad={"retentionInDays": 30},
)
def encrypted(group: Resource) -> Findings:
    """A key that is not known yet is a key."""
    if not group.has("kmsKeyId"):
        yield Finding(
            problem="`kmsKeyId` is not set",
            wanted="a KMS key of the account",
            fix="Set `kmsKeyId` to the ARN of a key whose policy lets CloudWatch Logs use it",
        )
