"""The numbers of a queue: what SQS takes, what polling costs, how long messages stay hidden."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig, most_specific
from aws_policy_pack.resource import Graph, Resource, read_of
from aws_policy_pack.rule import (
    Changes,
    Example,
    Finding,
    Findings,
    Kind,
    Severity,
    judge_each,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.rules.sqs.links import (
    LIMITS,
    QUEUE,
    Limit,
    redrive_policies_of,
    redrive_policy_in,
    redrives_to,
    retention_seconds,
)
from aws_policy_pack.wording import shown

MESSAGE_ATTRIBUTES: Final = (
    "messageRetentionSeconds",
    "delaySeconds",
    "receiveWaitTimeSeconds",
    "maxMessageSize",
)
LONGEST_WAIT_SECONDS: Final = LIMITS["receiveWaitTimeSeconds"].most


@resource_rule(
    "sqs-message-limits",
    QUEUE,
    kind=Kind.REFUSED,
    severity=Severity.MEDIUM,
    summary="Retention, delay, wait and message size are what SQS takes",
    why="SQS refuses a number out of range only when the queue is created.",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
    good={"messageRetentionSeconds": 345_600, "maxMessageSize": 262_144},
    bad={"messageRetentionSeconds": 30},
)
def message_limits(queue: Resource) -> Findings:
    """Compares each attribute with its range."""
    yield from judge_each(MESSAGE_ATTRIBUTES, lambda name: _judge_range(queue, name, LIMITS[name]))


def _judge_range(queue: Resource, attribute: str, limit: Limit) -> Findings:
    value = queue.number(attribute)
    if value is not None and not limit.least <= value <= limit.most:
        yield Finding(
            problem=f"`{attribute}` is {shown(value)}",
            part=attribute,
            wanted=f"{limit.least} to {limit.most} {limit.unit}",
            fix=f"Set `{attribute}` to a value in this range, or drop it",
        )


class FifoDelay(RuleConfig):
    """Which FIFO queues delay on purpose."""

    delayed_fifo_queues: tuple[str, ...] = Field(
        default=(),
        description="Logical names or globs of FIFO queues that delay every message on purpose",
    )


@resource_rule(
    "sqs-fifo-delay",
    QUEUE,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="FIFO queues do not delay unasked",
    why="A delay on a FIFO queue holds for every message, those that already wait included, and no "
    "producer can overrule it.",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html",
    good={"name": "orders.fifo", "fifoQueue": True},
    bad={"name": "orders.fifo", "fifoQueue": True, "delaySeconds": 30},
)
def fifo_delay(queue: Resource, config: FifoDelay) -> Findings:
    """Compares a FIFO queue's delay with what is declared."""
    delay = queue.number("delaySeconds")
    if not delay or not queue.flag("fifoQueue"):
        return
    if not any(fnmatchcase(queue.name, pattern) for pattern in config.delayed_fifo_queues):
        yield Finding(
            problem=f"`delaySeconds` is {shown(delay)} on a FIFO queue, for every message in it",
            wanted="0, or the queue's logical name in `delayedFifoQueues` of sqs-fifo-delay",
            fix="Drop `delaySeconds`, or declare that the queue is to delay",
        )


class LongPolling(RuleConfig):
    """How long a receive waits for a message."""

    min_seconds: Annotated[int, Field(ge=1, le=LONGEST_WAIT_SECONDS)] = Field(
        default=1, description="Shortest wait of a receive, in seconds"
    )


def wait_longest(queue: Resource, config: LongPolling) -> Changes:
    """Sets the longest wait; a wait that is long enough stays."""
    if _is_short(queue.number("receiveWaitTimeSeconds"), config):
        return {"receiveWaitTimeSeconds": LONGEST_WAIT_SECONDS}
    return {}


@resource_rule(
    "sqs-long-polling",
    QUEUE,
    kind=Kind.PRACTICE,
    severity=Severity.LOW,
    summary="A receive waits for messages instead of coming back empty",
    why="Every receive is billed, those that find nothing too; short polling also asks only some "
    "of the servers, and may miss messages that are there.",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html",
    good={"receiveWaitTimeSeconds": 20},
    bad={"receiveWaitTimeSeconds": 0},
    fix=wait_longest,
)
def long_polling(queue: Resource, config: LongPolling) -> Findings:
    """Compares the wait with the shortest."""
    wait = queue.number("receiveWaitTimeSeconds")
    if _is_short(wait, config):
        yield Finding(
            problem=f"`receiveWaitTimeSeconds` is {shown(wait)}",
            wanted=f"at least {config.min_seconds} (`minSeconds` of sqs-long-polling)",
            fix=f"Set `receiveWaitTimeSeconds` to {LONGEST_WAIT_SECONDS}",
        )


def _is_short(wait: float | None, config: LongPolling) -> bool:
    """Whether a receive comes back too soon; without a wait, SQS answers at once."""
    return wait is None or wait < config.min_seconds


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
