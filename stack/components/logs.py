"""CloudWatch log groups."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """What all log groups of an environment share."""

    retention_days: int
    key_arn: pulumi.Output[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogGroup:
    """A log group; `name` is known before the group exists."""

    name: str
    arn: pulumi.Output[str]
    resource: aws.cloudwatch.LogGroup


def create_log_group(
    name: str, *, physical_name: str, settings: LogSettings, opts: pulumi.ResourceOptions
) -> LogGroup:
    """Creates an encrypted log group whose events expire."""
    group = aws.cloudwatch.LogGroup(
        name,
        name=physical_name,
        retention_in_days=settings.retention_days,
        kms_key_id=settings.key_arn,
        opts=opts,
    )
    return LogGroup(name=physical_name, arn=group.arn, resource=group)
