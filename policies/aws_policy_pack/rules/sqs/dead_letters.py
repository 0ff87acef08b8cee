"""Dead-letter queues: who has one, of which type, and after how many tries."""

import json
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import Graph, Resource, read_of, survey
from aws_policy_pack.rule import (
    Example,
    Finding,
    Findings,
    Kind,
    Severity,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.rules.sqs.links import (
    LIMITS,
    ORDERS,
    ORDERS_DEAD,
    REDRIVE_ALLOW_POLICY,
    REDRIVE_POLICY,
    dead_letter_sources,
    policies_of,
    redrive_policies_of,
    redrive_policy_in,
    redrives_to,
    retention_seconds,
    sources_of,
    takes_failures,
    targets_of,
)
from aws_policy_pack.type_tokens import QUEUE
from aws_policy_pack.wire import Value, read_json
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
    remedy="Set `maxReceiveCount` to a number within the bounds",
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


class DeadLetterQueueRequired(RuleConfig):
    """Which queues may do without a dead-letter queue."""

    skip: tuple[str, ...] = Field(
        default=(), description="Logical names or globs of queues that need no dead-letter queue"
    )


@stack_rule(
    "sqs-dead-letter-queue-required",
    QUEUE,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Every queue has a dead-letter queue, or is one",
    why="A message that no consumer can handle comes back until it expires; in a FIFO queue it "
    "blocks its message group all that time, and then it is lost.",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
    controls=("cdk-nag AwsSolutions-SQS3",),
    good=(ORDERS, ORDERS_DEAD),
    bad=(Example(type=QUEUE, name="orders", properties={"fifoQueue": True}),),
)
def dead_letter_queue_required(
    queue: Resource, graph: Graph, config: DeadLetterQueueRequired
) -> Findings:
    """A queue that declares who may redrive to it takes dead letters, if of another stack.

    So does one to which a function, a topic, a schedule or the like sends what failed.
    """
    if any(fnmatchcase(queue.name, pattern) for pattern in config.skip):
        return
    if redrive_policies_of(queue, graph) or redrives_to(queue, graph):
        return
    if not _takes_dead_letters(queue, graph) and not takes_failures(queue, graph):
        yield Finding(
            problem="the queue has no redrive policy, and nothing sends its failures to it",
            wanted="a dead-letter queue, or the queue's logical name in `skip` of "
            "sqs-dead-letter-queue-required",
            fix="Add a queue of the same type and name its `arn` in `redrivePolicy`",
        )


@stack_rule(
    "sqs-dead-letter-queue-same-type",
    QUEUE,
    REDRIVE_POLICY,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="A queue and its dead-letter queue are both FIFO or both standard",
    why="SQS refuses a redrive policy to a queue of the other type.",
    remedy="Redrive to a queue of the same type; the type of a queue can only be changed by "
    "replacing it",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
    controls=("cfn-lint E3502",),
    good=(ORDERS, ORDERS_DEAD),
    bad=(ORDERS, Example(type=QUEUE, name="orders-dead")),
)
def dead_letter_queue_same_type(holder: Resource, graph: Graph) -> Findings:
    """Finds the dead-letter queue by reference; one of another stack is told by its ARN."""
    for queue in sources_of(holder, graph):
        is_fifo = read_of(queue, _is_fifo)
        targets = targets_of(holder, graph)
        types = {target.name: read_of(target, _is_fifo) for target in targets}
        arn = None if targets else redrive_policy_in(holder).text("deadLetterTargetArn")
        if arn is not None:
            types[arn] = arn.endswith(".fifo")
        for name, target_is_fifo in types.items():
            if target_is_fifo != is_fifo:
                yield Finding(
                    resource=queue,
                    problem=f"it is a {_type(is_fifo)} queue, and its dead-letter queue "
                    f"{shown(name)} is {_type(target_is_fifo)}",
                    wanted=f"a {_type(is_fifo)} dead-letter queue",
                    related=tuple(target for target in targets if target.name == name),
                    fix=f"Redrive to a {_type(is_fifo)} queue; the type of {shown(name)} can only "
                    "be changed by replacing it",
                )


@stack_rule(
    "sqs-dead-letter-retention",
    QUEUE,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="A dead-letter queue keeps messages at least as long as its sources",
    why="In a standard queue the clock of a message runs on when it is moved: with a shorter "
    "retention it is deleted before anybody has looked at it. A FIFO queue starts the clock anew, "
    "and still should leave no less time to look than the source left to work.",
    remedy="Set `messageRetentionSeconds` of the dead-letter queue to that of its sources, or more",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html",
    good=(
        ORDERS,
        Example(type=QUEUE, name="orders-dead", properties={"messageRetentionSeconds": 1_209_600}),
    ),
    bad=(
        ORDERS,
        Example(type=QUEUE, name="orders-dead", properties={"messageRetentionSeconds": 86_400}),
    ),
)
def dead_letter_retention(queue: Resource, graph: Graph) -> Findings:
    """Compares the dead-letter queue with each source; both keep messages 4 days unless told."""
    for source in dead_letter_sources(queue, graph):
        kept, wanted = retention_seconds(queue), retention_seconds(source)
        if kept < wanted:
            yield Finding(
                problem=f"it takes the dead letters of {shown(source.name)} and keeps them "
                f"{kept} seconds",
                wanted=f"at least {wanted} (`messageRetentionSeconds` of {shown(source.name)})",
                fix=f"Set `messageRetentionSeconds` to {wanted} or more",
                related=(source,),
            )


def _takes_dead_letters(queue: Resource, graph: Graph) -> bool:
    """Whether an allow policy lets somebody redrive to the queue; one unknown names somebody."""
    holders = policies_of(queue, graph, "redriveAllowPolicy", REDRIVE_ALLOW_POLICY)
    found, unknown = survey(
        holders, lambda holder: holder.object("redriveAllowPolicy").text("redrivePermission")
    )
    return bool(unknown) or any(permission != "denyAll" for _, permission in found)


def _is_fifo(queue: Resource) -> bool:
    return queue.flag("fifoQueue")


def _type(is_fifo: bool) -> str:  # noqa: FBT001 - the one thing that it words
    return "FIFO" if is_fifo else "standard"
