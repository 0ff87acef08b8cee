"""A customer managed key for data at rest."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.iam import POLICY_VERSION

DELETION_WINDOW_DAYS = 30
"""Longest waiting time that KMS offers (7 to 30 days): a deleted key takes its data with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionKey:
    """A KMS key and where it lives."""

    arn: pulumi.Output[str]


def create_encryption_key(
    name: str, *, physical_name: str, region: str, opts: pulumi.ResourceOptions
) -> EncryptionKey:
    """Creates a rotating key with an alias, usable by the account and by CloudWatch Logs.

    Source of the statement for CloudWatch Logs:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    caller = aws.get_caller_identity_output(
        opts=pulumi.InvokeOutputOptions(parent=opts.parent, provider=opts.provider)
    )
    key = aws.kms.Key(
        name,
        description=f"Data at rest of {physical_name}",
        enable_key_rotation=True,
        deletion_window_in_days=DELETION_WINDOW_DAYS,
        policy=pulumi.Output.json_dumps(
            {
                "Version": POLICY_VERSION,
                "Statement": [
                    {
                        "Sid": "AccountAdministersThroughIam",
                        "Effect": "Allow",
                        "Principal": {
                            "AWS": pulumi.Output.format("arn:aws:iam::{0}:root", caller.account_id)
                        },
                        "Action": "kms:*",
                        "Resource": "*",
                    },
                    {
                        "Sid": "CloudWatchLogsEncrypts",
                        "Effect": "Allow",
                        "Principal": {"Service": f"logs.{region}.amazonaws.com"},
                        "Action": [
                            "kms:Encrypt*",
                            "kms:Decrypt*",
                            "kms:ReEncrypt*",
                            "kms:GenerateDataKey*",
                            "kms:Describe*",
                        ],
                        "Resource": "*",
                        "Condition": {
                            "ArnLike": {
                                "kms:EncryptionContext:aws:logs:arn": pulumi.Output.format(
                                    "arn:aws:logs:{0}:{1}:log-group:*", region, caller.account_id
                                )
                            }
                        },
                    },
                ],
            }
        ),
        opts=opts,
    )
    aws.kms.Alias(
        f"{name}-alias", name=f"alias/{physical_name}", target_key_id=key.key_id, opts=opts
    )
    return EncryptionKey(arn=key.arn)
