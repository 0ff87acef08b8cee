"""Queues and the policies beside them, as the stacks of the tests need them."""

import json
from typing import Final

from aws_policy_pack.rules.sqs.links import QUEUE_POLICY, REDRIVE_ALLOW_POLICY, REDRIVE_POLICY
from aws_policy_pack.testing import UNKNOWN, Example
from aws_policy_pack.type_tokens import QUEUE

ACCOUNT: Final = "arn:aws:sqs:eu-west-1:111122223333:"
DEVELOPER_GUIDE: Final = (
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide"
)


def queue(name: str, *, to: str | None = None, receives: int = 5, **properties: object) -> Example:
    """A queue; `to` names the queue of the stack that takes its dead letters."""
    given: dict[str, object] = {"arn": f"{ACCOUNT}{name}", "url": f"https://sqs/{name}"}
    if to is not None:
        given["redrivePolicy"] = redrive_to(to, receives)
    return Example(
        type=QUEUE,
        name=name,
        properties=given | properties,
        references={} if to is None else {"redrivePolicy": (to,)},
    )


def redrive_to(name: str, receives: int = 5) -> str:
    """A redrive policy to the queue of this name."""
    return json.dumps({"deadLetterTargetArn": f"{ACCOUNT}{name}", "maxReceiveCount": receives})


def redrive_beside(source: str, to: str, **properties: object) -> Example:
    """A redrive policy as a resource of its own, whose texts are not known yet."""
    return Example(
        type=REDRIVE_POLICY,
        name=f"{source}-redrive",
        properties={"queueUrl": UNKNOWN, "redrivePolicy": UNKNOWN} | properties,
        references={"queueUrl": (source,), "redrivePolicy": (to,)},
    )


def allow_beside(target: str, *sources: str, **properties: object) -> Example:
    """A redrive allow policy as a resource of its own, whose texts are not known yet."""
    return Example(
        type=REDRIVE_ALLOW_POLICY,
        name=f"{target}-allow",
        properties={"queueUrl": UNKNOWN, "redriveAllowPolicy": UNKNOWN} | properties,
        references={"queueUrl": (target,), "redriveAllowPolicy": sources},
    )


def policy_beside(name: str, policy: object) -> Example:
    """A queue policy as a resource of its own."""
    return Example(
        type=QUEUE_POLICY,
        name=f"{name}-policy",
        properties={"queueUrl": UNKNOWN, "policy": policy},
        references={"queueUrl": (name,)},
    )


def nobody_knows_whose(kind: str, key: str) -> Example:
    """A policy beside a queue, and nothing says which queue."""
    return Example(
        type=kind, name="stray", properties={"queueUrl": UNKNOWN, key: "{}"}, references={}
    )
