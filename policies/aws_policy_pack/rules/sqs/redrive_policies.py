"""The redrive policy itself: its shape, and how often a message is tried."""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.json_text import read_json
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.sqs.links import LIMITS, QUEUE, REDRIVE_POLICY, redrive_policy_in
from aws_policy_pack.wire import Value
from aws_policy_pack.wording import listed, shown

KEYS: Final = ("deadLetterTargetArn", "maxReceiveCount")
RECEIVES: Final = LIMITS["maxReceiveCount"]
QUEUE_ARN: Final = re.compile(r"arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+(\.fifo)?")
TARGET: Final = "arn:aws:sqs:eu-west-1:111122223333:orders-dead.fifo"


@resource_rule(
    "sqs-redrive-policy-shape",
    QUEUE,
    REDRIVE_POLICY,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="A redrive policy names one queue and a number of receives, and nothing else",
    why="SQS refuses any other shape, but only when the queue is created; a list in place of the "
    "ARN, as Output.all gives it, passes every type check before that.",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
    good={"redrivePolicy": json.dumps({"deadLetterTargetArn": TARGET, "maxReceiveCount": 5})},
    bad={"redrivePolicy": json.dumps({"deadLetterTargetArn": [TARGET], "maxReceiveCount": 5})},
)
def redrive_policy_shape(holder: Resource) -> Findings:
    """Reads the JSON text as it is; SQS takes the count as a number or as the text of one."""
    value = holder.raw("redrivePolicy")
    if value in (None, ""):
        return
    try:
        policy = read_json(value) if isinstance(value, str) else value
    except ValueError:
        policy = value
    if not isinstance(policy, Mapping):
        yield Finding(
            problem=f"`redrivePolicy` is {shown(value)}",
            part="redrivePolicy",
            wanted="an object of `deadLetterTargetArn` and `maxReceiveCount` as JSON text",
            fix="Write it with `Output.json_dumps` from a dict of these two keys",
        )
        return
    others = [key for key in policy if key not in KEYS]
    if others:
        yield Finding(
            problem=f"`redrivePolicy` has {listed(others)} beside what SQS knows",
            part="other keys",
            wanted="`deadLetterTargetArn` and `maxReceiveCount` only",
            fix="Remove or correct these keys",
        )
    yield from _judge_target(policy.get("deadLetterTargetArn"))
    yield from _judge_count(policy.get("maxReceiveCount"))


def _judge_target(target: Value) -> Findings:
    if isinstance(target, str) and QUEUE_ARN.fullmatch(target):
        return
    if isinstance(target, str) or target is None:
        fix = "Set it to the `arn` of the dead-letter queue"
    else:
        fix = (
            "Give the `arn` of the dead-letter queue to `Output.json_dumps` as it is; "
            "`Output.all` makes a list of it"
        )
    yield Finding(
        problem=f"`deadLetterTargetArn` is {shown(target)}",
        part="deadLetterTargetArn",
        wanted="the ARN of one SQS queue as text",
        fix=fix,
    )


def _judge_count(count: Value) -> Findings:
    number = int(count) if isinstance(count, str) and re.fullmatch("[0-9]{1,9}", count) else count
    if isinstance(number, int) and not isinstance(number, bool):
        is_legal = RECEIVES.least <= number <= RECEIVES.most
    else:
        is_legal = False
    if not is_legal:
        yield Finding(
            problem=f"`maxReceiveCount` is {shown(count)}",
            part="maxReceiveCount",
            wanted=f"a whole number from {RECEIVES.least} to {RECEIVES.most}",
            fix="Set `maxReceiveCount` to how often a message may be received",
        )


Receives = Annotated[int, Field(ge=RECEIVES.least, le=RECEIVES.most)]


class MaxReceiveCount(RuleConfig):
    """How often a message may be tried."""

    min: Receives = Field(default=2, description="Fewest receives before a message is set aside")
    max: Receives = Field(default=10, description="Most receives before a message is set aside")

    @model_validator(mode="after")
    def leave_a_choice(self) -> Self:
        """Refuses bounds that no count can keep."""
        if self.min > self.max:
            raise ValueError(f"`min` {self.min} is above `max` {self.max}")
        return self


@resource_rule(
    "sqs-max-receive-count",
    QUEUE,
    REDRIVE_POLICY,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="A message is tried neither too seldom nor too often before it is set aside",
    why="With one receive a single restart of a worker sends the message to the dead-letter queue; "
    "with many, one that can never succeed keeps its message group waiting for hours.",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
    good={"redrivePolicy": json.dumps({"deadLetterTargetArn": TARGET, "maxReceiveCount": 5})},
    bad={"redrivePolicy": json.dumps({"deadLetterTargetArn": TARGET, "maxReceiveCount": 1})},
)
def max_receive_count(holder: Resource, config: MaxReceiveCount) -> Findings:
    """Compares the count with its bounds; a policy without one is for sqs-redrive-policy-shape."""
    count = redrive_policy_in(holder).number("maxReceiveCount")
    if count is None:
        return
    if count < config.min:
        yield Finding(
            problem=f"`maxReceiveCount` is {shown(count)}",
            wanted=f"at least {config.min} (`min` of sqs-max-receive-count)",
            fix="Raise `maxReceiveCount`",
        )
    if count > config.max:
        yield Finding(
            problem=f"`maxReceiveCount` is {shown(count)}",
            wanted=f"at most {config.max} (`max` of sqs-max-receive-count)",
            fix="Lower `maxReceiveCount`",
        )
