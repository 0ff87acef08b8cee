"""A private S3 bucket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.conventions import Naming
from components.iam import POLICY_VERSION, Allow

ABORT_UPLOADS_AFTER_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket; whoever writes to it through its bucket policy waits for `policy`."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    policy: aws.s3.BucketPolicy

    def grant(self, prefixes: Sequence[str], *, write: bool) -> list[Allow]:
        """Statements that let a role read, with `write` also change, what lies under prefixes.

        It may list the whole bucket: S3 says of a missing object that there is none only to who
        may, and denies access to all others.
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
        """
        actions = ["s3:GetObject"]
        if write:
            actions += ["s3:PutObject", "s3:DeleteObject"]
        return [
            Allow(sid="ListBucket", actions=["s3:ListBucket"], resources=[self.arn]),
            Allow(
                sid="UseObjects",
                actions=actions,
                resources=[pulumi.Output.concat(self.arn, f"/{prefix}/*") for prefix in prefixes],
            ),
        ]


def create_bucket(
    naming: Naming,
    *,
    part: str,
    access_log_prefix: str,
    expiration_days: Mapping[str, int],
    deletable: bool,
    opts: pulumi.ResourceOptions,
) -> Bucket:
    """Creates a versioned bucket that is closed to the public and to plain HTTP.

    Encryption is SSE-S3, the only one under which load balancers deliver their logs:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html

    Args:
        naming: Physical names; AWS appends a unique suffix, as bucket names are worldwide.
        part: The bucket's part of its physical name, and its logical name.
        access_log_prefix: Key prefix under which load balancers may write access logs.
        expiration_days: Key prefix to the days after which its objects expire.
        deletable: Whether destroying the stack may delete objects.
        opts: Parent and provider.
    """
    bucket = aws.s3.Bucket(
        f"{part}-bucket",
        bucket_prefix=f"{naming.physical(part)}-",
        force_destroy=deletable,
        opts=opts,
    )
    _close_to_the_public(part, bucket, opts)
    aws.s3.BucketServerSideEncryptionConfiguration(
        f"{part}-encryption",
        bucket=bucket.id,
        rules=[
            aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                apply_server_side_encryption_by_default=aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                    sse_algorithm="AES256"
                )
            )
        ],
        opts=opts,
    )
    aws.s3.BucketVersioning(
        f"{part}-versioning",
        bucket=bucket.id,
        versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(
            status="Enabled"
        ),
        opts=opts,
    )
    aws.s3.BucketLifecycleConfiguration(
        f"{part}-lifecycle",
        bucket=bucket.id,
        rules=[
            _housekeeping(max(expiration_days.values())),
            *(_expiration(prefix, days) for prefix, days in expiration_days.items()),
        ],
        opts=opts,
    )
    policy = aws.s3.BucketPolicy(
        f"{part}-policy",
        bucket=bucket.id,
        policy=pulumi.Output.json_dumps(_bucket_policy(bucket.arn, access_log_prefix)),
        opts=opts,
    )
    return Bucket(name=bucket.id, arn=bucket.arn, policy=policy)


def _close_to_the_public(part: str, bucket: aws.s3.Bucket, opts: pulumi.ResourceOptions) -> None:
    """Blocks public access and access control lists."""
    aws.s3.BucketPublicAccessBlock(
        f"{part}-public-access-block",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=opts,
    )
    aws.s3.BucketOwnershipControls(
        f"{part}-ownership",
        bucket=bucket.id,
        rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
        opts=opts,
    )


def _housekeeping(days: int) -> aws.s3.BucketLifecycleConfigurationRuleArgs:
    """Drops replaced versions after `days`, and uploads that never finished."""
    return aws.s3.BucketLifecycleConfigurationRuleArgs(
        id="housekeeping",
        status="Enabled",
        filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
        noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
            noncurrent_days=days
        ),
        abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
            days_after_initiation=ABORT_UPLOADS_AFTER_DAYS
        ),
    )


def _expiration(prefix: str, days: int) -> aws.s3.BucketLifecycleConfigurationRuleArgs:
    """Expires the objects of a prefix."""
    return aws.s3.BucketLifecycleConfigurationRuleArgs(
        id=f"expire-{prefix}",
        status="Enabled",
        filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=f"{prefix}/"),
        expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=days),
    )


def _bucket_policy(arn: pulumi.Output[str], access_log_prefix: str) -> dict[str, Any]:
    """Denies plain HTTP and lets load balancers deliver access logs."""
    objects = pulumi.Output.concat(arn, "/*")
    return {
        "Version": POLICY_VERSION,
        "Statement": [
            {
                "Sid": "DenyPlainHttp",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, objects],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            {
                "Sid": "DeliverAccessLogs",
                "Effect": "Allow",
                "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": pulumi.Output.concat(arn, f"/{access_log_prefix}/AWSLogs/*"),
            },
        ],
    }
