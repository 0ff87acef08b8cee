"""Dead-letter queues: each queue has one, of its own type, that keeps messages long enough."""

from fnmatch import fnmatchcase

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import Graph, Resource, survey
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule
from aws_policy_pack.rules.sqs.examples import ORDERS, ORDERS_DEAD
from aws_policy_pack.rules.sqs.failures import takes_failures
from aws_policy_pack.rules.sqs.links import (
    QUEUE,
    REDRIVE_ALLOW_POLICY,
    REDRIVE_POLICY,
    dead_letter_sources,
    policies_of,
    read_of,
    redrive_policies_of,
    redrive_policy_in,
    redrives_to,
    retention_seconds,
    sources_of,
    targets_of,
)
from aws_policy_pack.wording import shown


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
                    part=name,
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
                part=source.name,
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
