"""Encryption of a queue and the policy that says who may use it."""

import json
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.policy_documents import (
    denies_plain_http,
    named_actions,
    statements_of,
)
from aws_policy_pack.public_access import is_public
from aws_policy_pack.resource import Graph, Resource, survey
from aws_policy_pack.rule import (
    Changes,
    Example,
    Finding,
    Findings,
    Kind,
    Severity,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.rules.sqs.links import QUEUE, QUEUE_POLICY, policies_of
from aws_policy_pack.wording import shown

QUEUE_ARN: Final = "arn:aws:sqs:eu-west-1:111122223333:orders.fifo"


class Encryption(RuleConfig):
    """Which encryption will do."""

    require_kms: bool = Field(
        default=False, description="Whether the key must be one of KMS, not SQS's own"
    )


def encrypt(queue: Resource, config: Encryption) -> Changes:
    """Switches SQS's own encryption on; which key of KMS to take is not for a rule to choose."""
    if config.require_kms or not _is_open(queue):
        return {}
    return {"sqsManagedSseEnabled": True}


@resource_rule(
    "sqs-encryption",
    QUEUE,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Messages are encrypted at rest",
    why="Whoever gets at the storage of an unencrypted queue can read what its messages say.",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
    controls=(
        "Security Hub SQS.1",
        "CKV_AWS_27",
        "cdk-nag AwsSolutions-SQS2",
        "NIST.800-53.r5 SC-13",
        "NIST.800-53.r5 SC-28",
        "NIST.800-53.r5 SC-28(1)",
    ),
    good={"sqsManagedSseEnabled": True},
    bad={"sqsManagedSseEnabled": False},
    fix=encrypt,
)
def encryption(queue: Resource, config: Encryption) -> Findings:
    """SQS encrypts new queues with a key of its own unless the queue says not to.

    Source: https://aws.amazon.com/blogs/compute/announcing-server-side-encryption-with-amazon-simple-queue-service-managed-encryption-keys-sse-sqs-by-default/
    """
    if config.require_kms and not queue.text("kmsMasterKeyId"):
        yield Finding(
            problem=f"`kmsMasterKeyId` is {shown(queue.text('kmsMasterKeyId'))}",
            wanted="a key of KMS (`requireKms` of sqs-encryption)",
            fix="Set `kmsMasterKeyId` to the id of a key that the queue's users may use",
        )
    elif _is_open(queue):
        yield Finding(
            problem="`sqsManagedSseEnabled` is false and `kmsMasterKeyId` is not set",
            wanted="one of the two kinds of encryption",
            fix="Set `sqsManagedSseEnabled` to true, or give a `kmsMasterKeyId`",
        )


def _is_open(queue: Resource) -> bool:
    return not queue.flag("sqsManagedSseEnabled", default=True) and not queue.text("kmsMasterKeyId")


@resource_rule(
    "sqs-policy-not-public",
    QUEUE_POLICY,
    QUEUE,
    kind=Kind.EXPOSES,
    severity=Severity.CRITICAL,
    summary="A queue policy lets nobody in whom it does not name",
    why="Anyone on the internet could fill the queue with work of their own, read its messages or "
    "delete them.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/sqs-controls.html#sqs-3",
    controls=("Security Hub SQS.3", "CKV_AWS_168", "CKV_AWS_387"),
    good={
        "policy": json.dumps(
            {
                "Statement": {
                    "Sid": "Notifications",
                    "Effect": "Allow",
                    "Principal": {"Service": "sns.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": QUEUE_ARN,
                }
            }
        )
    },
    bad={
        "policy": json.dumps(
            {
                "Statement": {
                    "Sid": "Everyone",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "sqs:SendMessage",
                    "Resource": QUEUE_ARN,
                }
            }
        )
    },
)
def policy_not_public(holder: Resource) -> Findings:
    """Looks at each statement; a condition counts if it holds the caller to somebody."""
    document = statements_of(holder, "policy")
    for number, statement in enumerate(document, start=1):
        if is_public(statement, document):
            yield Finding(
                part=f"statement {shown(statement.sid or number)} of `policy`",
                problem=f"statement {shown(statement.sid or number)} of `policy` allows "
                f"{named_actions(statement)} to everyone",
                wanted="principals by name, or a condition such as `aws:SourceArn` that holds the "
                "caller",
                fix="Name the roles or services in `Principal`, or add such a condition",
            )


@stack_rule(
    "sqs-policy-tls-only",
    QUEUE,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="A queue policy denies requests over plain HTTP",
    why="SQS also answers on plain HTTP, where anyone on the way can read and change messages.",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
    controls=("cdk-nag AwsSolutions-SQS4",),
    good=(
        Example(type=QUEUE, name="orders"),
        Example(
            type=QUEUE_POLICY,
            name="orders-policy",
            properties={
                "policy": json.dumps(
                    {
                        "Statement": {
                            "Sid": "DenyPlainHttp",
                            "Effect": "Deny",
                            "Principal": "*",
                            "Action": "sqs:*",
                            "Resource": QUEUE_ARN,
                            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                        }
                    }
                )
            },
            references={"queueUrl": ("orders",)},
        ),
    ),
    bad=(Example(type=QUEUE, name="orders"),),
)
def policy_tls_only(queue: Resource, graph: Graph) -> Findings:
    """Looks for one statement that denies it, in the queue's own policy or one beside it."""
    holders = policies_of(queue, graph, "policy", QUEUE_POLICY)
    found, missed = survey(holders, lambda holder: statements_of(holder, "policy"))
    if any(denies_plain_http(statement) for _, parts in found for statement in parts):
        return
    yield from missed
    if not missed:
        yield Finding(
            problem="its policy does not deny plain HTTP" if holders else "it has no policy",
            wanted="a statement that denies 'sqs:*' to everyone where `aws:SecureTransport` is "
            "'false'",
            fix="Add a `QueuePolicy` with this statement",
        )
