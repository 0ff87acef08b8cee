"""Buckets and what stands beside them, as the tests of their rules declare them."""

import json
from collections.abc import Mapping

from aws_policy_pack.rules.s3 import BUCKET
from aws_policy_pack.testing import UNKNOWN, Example

ARN = "arn:aws:s3:::data-dev"
DENY_PLAIN_HTTP = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [ARN, f"{ARN}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
CONTROLS_URL = "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html"


def bucket(kind: str = BUCKET, **properties: object) -> Example:
    return Example(type=kind, name="data", properties={"bucket": "data-dev"} | properties)


def beside(kind: str, properties: Mapping[str, object], *, of: str | None = "data") -> Example:
    """A setting of a bucket as a resource of its own; `of` is the bucket, if anything says it."""
    return Example(
        type=kind,
        name="setting",
        properties={"bucket": UNKNOWN, **properties},
        references={} if of is None else {"bucket": (of,)},
    )


def policy(*resources: str, **changes: object) -> str:
    statement = {**DENY_PLAIN_HTTP, **({"Resource": resources} if resources else {}), **changes}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
