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
    Limit,
    redrive_policies_of,
    redrive_policy_in,
    redrives_to,
    retention_seconds,
)
from aws_policy_pack.type_tokens import FUNCTION, QUEUE
from aws_policy_pack.wording import shown

NUMBERS: Final = (
    "messageRetentionSeconds",
    "delaySeconds",
    "receiveWaitTimeSeconds",
    "maxMessageSize",
    "visibilityTimeoutSeconds",
    "kmsDataKeyReusePeriodSeconds",
)
WORDS: Final = {
    "deduplicationScope": ("messageGroup", "queue"),
    "fifoThroughputLimit": ("perMessageGroupId", "perQueue"),
}
LONGEST_WAIT_SECONDS: Final = LIMITS["receiveWaitTimeSeconds"].most


@resource_rule(
    "sqs-message-limits",
    QUEUE,
    kind=Kind.REFUSED,
    severity=Severity.MEDIUM,
    summary="The attributes of a queue have values that SQS takes",
    why="SQS refuses a number out of range, or a word that there is not, only when the queue is "
    "created.",
    remedy="Set the attribute to a value that SQS takes, or drop it",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
    good={"messageRetentionSeconds": 345_600, "maxMessageSize": 262_144},
    bad={"messageRetentionSeconds": 30},
)
def message_limits(queue: Resource) -> Findings:
    """Compares each number with its range and each word with those that there are.

    A queue has one kind of encryption: the provider takes no `sqsManagedSseEnabled`, true or false,
    beside a key.
    """
    yield from judge_each(NUMBERS, lambda name: _judge_range(queue, name, LIMITS[name]))
    yield from judge_each(WORDS, lambda name: _judge_word(queue, name))
    if queue.has("sqsManagedSseEnabled") and queue.values.get("kmsMasterKeyId") not in (None, ""):
        yield Finding(
            problem="has both `sqsManagedSseEnabled` and `kmsMasterKeyId`",
            wanted="one of the two kinds of encryption",
            fix="Drop `sqsManagedSseEnabled` where the queue has a key of its own",
            part="encryption",
        )


def _judge_range(queue: Resource, attribute: str, limit: Limit) -> Findings:
    value = queue.number(attribute)
    if value is not None and not limit.least <= value <= limit.most:
        yield Finding(
            problem=f"`{attribute}` is {shown(value)}",
            part=attribute,
            wanted=f"{limit.least} to {limit.most} {limit.unit}",
            fix=f"Set `{attribute}` to a value in this range, or drop it",
        )


def _judge_word(queue: Resource, attribute: str) -> Findings:
    word = queue.text(attribute)
    if word and word not in WORDS[attribute]:
        yield Finding(
            problem=f"`{attribute}` is {shown(word)}",
            part=attribute,
            wanted=" or ".join(map(shown, WORDS[attribute])),
            fix=f"Set `{attribute}` to one of these words, or drop it",
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
    remedy="Set `visibilityTimeoutSeconds` to as long as a task takes, or longer",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html",
    good=(Example(type=QUEUE, name="orders", properties={"visibilityTimeoutSeconds": 900}),),
    bad=(Example(type=QUEUE, name="orders", properties={"visibilityTimeoutSeconds": 60}),),
    example_config={"taskTimeoutSeconds": 300, "factor": 2},
)
def visibility_timeout(queue: Resource, graph: Graph, config: VisibilityTimeout) -> Findings:
    """Compares the timeout with the task's time and with the retention.

    Nobody is expected to work on the messages of a dead-letter queue.
    """
    given = queue.number("visibilityTimeoutSeconds")
    hidden = VISIBILITY_SECONDS if given is None else given
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


ALIAS: Final = "aws:lambda/alias:Alias"
MAPPING: Final = "aws:lambda/eventSourceMapping:EventSourceMapping"
FUNCTION_SECONDS: Final = 3
"""The timeout of a function that says none.

https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
"""


@stack_rule(
    "sqs-visibility-function-timeout",
    MAPPING,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="A queue hides a message as long as the function that reads it may run",
    why="Lambda refuses to let a function read a queue whose messages show up again while the "
    "function still works on them.",
    url="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
    good=(
        Example(type=QUEUE, name="orders", properties={"visibilityTimeoutSeconds": 360}),
        Example(type=FUNCTION, name="bill", properties={"timeout": 60}),
        Example(
            type=MAPPING,
            name="read",
            references={"eventSourceArn": ("orders",), "functionName": ("bill",)},
        ),
    ),
    bad=(
        Example(type=QUEUE, name="orders"),
        Example(type=FUNCTION, name="bill", properties={"timeout": 60}),
        Example(
            type=MAPPING,
            name="read",
            references={"eventSourceArn": ("orders",), "functionName": ("bill",)},
        ),
    ),
)
def visibility_function_timeout(mapping: Resource, graph: Graph) -> Findings:
    """Compares the two timeouts where the stack declares both the queue and the function."""
    functions = _functions_of(mapping, graph)
    for queue in graph.referenced(mapping, "eventSourceArn", QUEUE):
        given = read_of(queue, lambda queue: queue.number("visibilityTimeoutSeconds"))
        hidden = VISIBILITY_SECONDS if given is None else given
        for function in functions:
            timeout = read_of(function, lambda function: function.number("timeout"))
            seconds = FUNCTION_SECONDS if timeout is None else timeout
            if hidden < seconds:
                yield Finding(
                    problem=f"a message is hidden {hidden:.9g} seconds, and the function "
                    f"{function.name!r} that reads the queue may run for {seconds:.9g}",
                    wanted=f"at least {seconds:.9g}, and six times that as AWS advises",
                    fix="Raise `visibilityTimeoutSeconds`, or lower `timeout` of the function",
                    resource=queue,
                    related=(function, mapping),
                )


def _functions_of(mapping: Resource, graph: Graph) -> tuple[Resource, ...]:
    """The functions of the stack that a mapping starts, itself or by an alias."""
    return tuple(
        function
        for named in graph.referenced(mapping, "functionName", FUNCTION, ALIAS)
        for function in (
            (named,)
            if named.type == FUNCTION
            else read_of(named, lambda alias: graph.referenced(alias, "functionName", FUNCTION))
        )
    )
