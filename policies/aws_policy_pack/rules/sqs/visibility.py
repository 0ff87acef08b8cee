"""How long a received message stays hidden, compared with who works on it."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.patterns import most_specific
from aws_policy_pack.resource import Graph, Resource
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule
from aws_policy_pack.rules.sqs.links import (
    LIMITS,
    QUEUE,
    read_of,
    redrive_policies_of,
    redrive_policy_in,
    redrives_to,
    retention_seconds,
)
from aws_policy_pack.wording import shown

VISIBILITY_SECONDS: Final = LIMITS["visibilityTimeoutSeconds"].default
LONGEST_SECONDS: Final = LIMITS["visibilityTimeoutSeconds"].most

TaskTimeout = Annotated[float, Field(gt=0, le=LONGEST_SECONDS)]


class VisibilityTimeout(RuleConfig):
    """How long consumers work on a message."""

    task_timeout_seconds: TaskTimeout = Field(
        default=VISIBILITY_SECONDS,
        description="Longest time that a consumer works on a message, or between two extensions "
        "of its visibility",
    )
    factor: float = Field(
        default=1, ge=1, description="How many times the task timeout a message stays hidden"
    )
    overrides: Mapping[str, TaskTimeout] = Field(
        default_factory=dict,
        description="Task timeouts of single queues, by logical name or glob; the longest glob "
        "that matches holds",
    )

    def timeout_of(self, name: str) -> tuple[float, str]:
        """The task timeout for the queue with this logical name, and where it is set."""
        pattern = most_specific(self.overrides, name)
        if pattern is None:
            return self.task_timeout_seconds, "taskTimeoutSeconds"
        return self.overrides[pattern], f"overrides.{pattern}"


@stack_rule(
    "sqs-visibility-timeout",
    QUEUE,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="A message stays hidden as long as its task takes, and is kept for all its tries",
    why="A message that shows up again while its task still runs is executed twice. One that stays "
    "hidden too long expires before it has been received often enough to become a dead letter.",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html",
    good=(Example(type=QUEUE, name="orders", properties={"visibilityTimeoutSeconds": 900}),),
    bad=(Example(type=QUEUE, name="orders", properties={"visibilityTimeoutSeconds": 60}),),
    example_config={"taskTimeoutSeconds": 300, "factor": 2},
)
def visibility_timeout(queue: Resource, graph: Graph, config: VisibilityTimeout) -> Findings:
    """Compares the timeout with SQS's range, with the task's time and with the retention.

    Nobody is expected to work on the messages of a dead-letter queue.
    """
    given = queue.number("visibilityTimeoutSeconds")
    hidden = VISIBILITY_SECONDS if given is None else given
    if not 0 <= hidden <= LONGEST_SECONDS:
        yield Finding(
            problem=f"`visibilityTimeoutSeconds` is {shown(given)}",
            wanted=f"0 to {LONGEST_SECONDS}",
            part="range",
            fix="Set `visibilityTimeoutSeconds` to a value in this range",
        )
        return
    timeout, setting = config.timeout_of(queue.name)
    least = timeout * config.factor
    if hidden < least and not redrives_to(queue, graph):
        yield Finding(
            problem=f"`visibilityTimeoutSeconds` is {shown(given)}",
            part="work",
            wanted=f"at least {least:.9g} (`{setting}` {timeout:.9g} times `factor` "
            f"{config.factor:.9g} of sqs-visibility-timeout)",
            fix=f"Set `visibilityTimeoutSeconds` to {least:.9g} or more",
        )
    yield from _judge_expiry(queue, graph, hidden)


def _judge_expiry(queue: Resource, graph: Graph, hidden: float) -> Findings:
    for holder in redrive_policies_of(queue, graph):
        receives = read_of(
            holder, lambda holder: redrive_policy_in(holder).number("maxReceiveCount")
        )
        kept = retention_seconds(queue)
        if receives is not None and hidden * receives >= kept:
            yield Finding(
                part="expiry",
                problem=f"a message is hidden {hidden:.9g} seconds for each of {receives:.9g} "
                f"receives, and expires after {kept:.9g}",
                wanted="`visibilityTimeoutSeconds` times `maxReceiveCount` below "
                "`messageRetentionSeconds`",
                fix="Raise `messageRetentionSeconds`, or lower one of the other two",
            )
