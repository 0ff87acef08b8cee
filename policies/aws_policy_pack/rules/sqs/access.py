"""Encryption of a queue, the policy that says who may use it, and whom it has to let in."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.policy_documents import (
    ANYONE,
    Statement,
    denies_plain_http,
    is_public,
    named_actions,
    statements_of,
)
from aws_policy_pack.resource import Graph, Resource, Unreadable, survey
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
from aws_policy_pack.rules.iam.documents import allows
from aws_policy_pack.rules.sqs.links import QUEUE_POLICY, policies_of
from aws_policy_pack.type_tokens import EVENT_TARGET, QUEUE, TOPIC
from aws_policy_pack.wording import shown

QUEUE_ARN: Final = "arn:aws:sqs:eu-west-1:111122223333:orders.fifo"


class QueueEncryption(RuleConfig):
    """Which encryption will do."""

    require_kms: bool = Field(
        default=False, description="Whether the key must be one of KMS, not SQS's own"
    )


def encrypt(queue: Resource, config: QueueEncryption) -> Changes:
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
def encryption(queue: Resource, config: QueueEncryption) -> Findings:
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
    remedy="Name the roles or services in `Principal`, or add a condition on who may send",
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
    remedy="Add a `QueuePolicy` with a statement that denies 'sqs:*' to everyone where "
    "`aws:SecureTransport` is 'false'",
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


SUBSCRIPTION: Final = "aws:sns/topicSubscription:TopicSubscription"
EVENT_RULE: Final = "aws:cloudwatch/eventRule:EventRule"
NOTIFICATION: Final = "aws:s3/bucketNotification:BucketNotification"
BUCKETS: Final = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
SEND: Final = "sqs:SendMessage"
SOURCE_ARN: Final = "aws:sourcearn"
SENT_TO: Final = "arn:aws:sqs:eu-west-1:111122223333:orders"
TOPIC_ARN: Final = "arn:aws:sns:eu-west-1:111122223333:sales"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The way in which a resource makes a service send to a queue.

    Attributes:
        service: The service's principal.
        queues: The properties that name a queue.
        source: The property that names the resource that the service sends for, as `aws:SourceArn`.
        sources: The types of that resource.
    """

    service: str
    queues: tuple[str, ...]
    source: str
    sources: tuple[str, ...]


WAYS: Final = {
    SUBSCRIPTION: Delivery(
        service="sns.amazonaws.com",
        queues=("endpoint", "redrivePolicy"),
        source="topic",
        sources=(TOPIC,),
    ),
    EVENT_TARGET: Delivery(
        service="events.amazonaws.com",
        queues=("arn", "deadLetterConfig"),
        source="rule",
        sources=(EVENT_RULE,),
    ),
    NOTIFICATION: Delivery(
        service="s3.amazonaws.com", queues=("queues",), source="bucket", sources=BUCKETS
    ),
}
"""Ways by resource type; schedules and pipes are left out, since they send with a role.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
"""

SALES: Final = Example(type=TOPIC, name="sales", properties={"arn": TOPIC_ARN})
ORDERS: Final = Example(type=QUEUE, name="orders", properties={"arn": SENT_TO})
SUBSCRIBED: Final = Example(
    type=SUBSCRIPTION,
    name="orders-of-sales",
    properties={"protocol": "sqs", "topic": TOPIC_ARN, "endpoint": SENT_TO},
    references={"topic": ("sales",), "endpoint": ("orders",)},
)


@stack_rule(
    "sqs-senders-allowed",
    *WAYS,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="The policy of a queue lets in the services that are told to send to it",
    why="A topic or a rule of events drops what it may not deliver, without an error that anybody "
    "sees; S3 refuses the notification when it is deployed.",
    remedy="Add a `QueuePolicy` that lets the service send, with the ARN of what sends as "
    "`aws:SourceArn`",
    url="https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html",
    good=(
        SALES,
        ORDERS,
        SUBSCRIBED,
        Example(
            type=QUEUE_POLICY,
            name="orders-policy",
            properties={
                "policy": json.dumps(
                    {
                        "Statement": {
                            "Effect": "Allow",
                            "Principal": {"Service": "sns.amazonaws.com"},
                            "Action": SEND,
                            "Resource": SENT_TO,
                            "Condition": {"ArnEquals": {"aws:SourceArn": TOPIC_ARN}},
                        }
                    }
                )
            },
            references={"queueUrl": ("orders",), "policy": ("orders", "sales")},
        ),
    ),
    bad=(SALES, ORDERS, SUBSCRIBED),
)
def senders_allowed(sender: Resource, graph: Graph) -> Findings:
    """Looks at each queue of the stack that the resource names.

    A policy that is not known yet counts where it is made from the service's source. A target of
    events with a role of its own is passed over: the role may let it send.
    """
    if sender.type == EVENT_TARGET and sender.has("roleArn"):
        return
    way = WAYS[sender.type]
    for path in way.queues:
        if not sender.has(path) or (path == "endpoint" and sender.text("protocol") != "sqs"):
            continue
        for queue in graph.referenced(sender, path, QUEUE):
            yield from _judge(sender, way, path, queue, graph)


def _judge(sender: Resource, way: Delivery, path: str, queue: Resource, graph: Graph) -> Findings:
    sources = graph.referenced(sender, way.source, *way.sources) if sender.has(way.source) else ()
    holders = policies_of(queue, graph, "policy", QUEUE_POLICY)
    found, missed = survey(holders, lambda holder: statements_of(holder, "policy"))
    arns = list(_arns(sender, way, sources))
    if any(_lets_in(each, way.service, arns) for _, statements in found for each in statements):
        return
    if any(_is_made_from(each, sources, holders) for each in missed):
        return
    yield from missed
    if not missed:
        yield Finding(
            problem=f"`{path}` sends to the queue {shown(queue.name)}, "
            + (
                f"whose policy does not let {way.service} send for it"
                if holders
                else "which has no policy"
            ),
            part=path,
            related=(queue,),
            wanted=f"a statement in the queue's policy that allows {SEND!r} to {way.service!r}",
            fix="Add a `QueuePolicy` with this statement, and the ARN of what sends as "
            "`aws:SourceArn`",
        )


def _arns(sender: Resource, way: Delivery, sources: Sequence[Resource]) -> Iterator[str]:
    """The known ARNs of the resources that the service sends for."""
    for holder, key in ((sender, way.source), *((source, "arn") for source in sources)):
        value = holder.values.get(key)
        if isinstance(value, str) and value.startswith("arn:"):
            yield value


def _is_made_from(
    missed: Unreadable, sources: Sequence[Resource], holders: Sequence[Resource]
) -> bool:
    """Whether a policy that cannot be read comes from a resource that the service sends for."""
    urns = {source.urn for source in sources}
    return any(
        holder is missed.resource and urns & set(holder.references.get("policy", ()))
        for holder in holders
    )


def _lets_in(statement: Statement, service: str, arns: Sequence[str]) -> bool:
    """Whether a statement lets a service send; ignores conditions on anything but the source."""
    if not allows(statement, SEND):
        return False
    if not any(each.name in (ANYONE, service) for each in statement.principals):
        return False
    return all(
        not arns or any(fnmatchcase(arn, pattern) for arn in arns for pattern in condition.values)
        for condition in statement.conditions
        if condition.key.lower() == SOURCE_ARN
    )
