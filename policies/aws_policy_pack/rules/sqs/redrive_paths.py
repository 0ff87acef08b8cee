"""Where dead letters go in the end, and who may send them there."""

from collections import deque

from aws_policy_pack.resource import Graph, Resource
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule
from aws_policy_pack.rules.sqs.links import (
    MOST_NAMED_SOURCES,
    ORDERS,
    ORDERS_DEAD,
    QUEUE,
    REDRIVE_ALLOW_POLICY,
    dead_letter_queues_of,
    dead_letter_sources,
    policies_of,
    redrive_policies_of,
)
from aws_policy_pack.wording import listed, shown


@stack_rule(
    "sqs-redrive-cycle",
    QUEUE,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="A dead-letter queue keeps what it gets: it redrives nowhere, least of all back",
    why="Dead letters that are passed on are tried again without end or end up in a queue that "
    "nobody watches.",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
    good=(ORDERS, ORDERS_DEAD),
    bad=(
        ORDERS,
        Example(
            type=QUEUE,
            name="orders-dead",
            properties=ORDERS.properties,
            references={"redrivePolicy": ("orders",)},
        ),
    ),
)
def redrive_cycle(queue: Resource, graph: Graph) -> Findings:
    """Tells a circle once, at the queue of it whose URN is the first."""
    if not redrive_policies_of(queue, graph):
        return
    circle = _circle(queue, graph)
    if circle:
        if queue is min(circle, key=lambda member: member.urn):
            yield Finding(
                problem="its dead letters come back to it: "
                f"{' -> '.join(shown(member.name) for member in circle)}",
                wanted="a dead-letter queue without a redrive policy at the end",
                fix="Remove the redrive policy of the queue that is to keep the dead letters",
            )
        return
    sources = dead_letter_sources(queue, graph)
    if sources:
        targets = [target.name for target in dead_letter_queues_of(queue, graph)]
        yield Finding(
            problem=f"it takes the dead letters of {_names(sources)} and has a redrive policy "
            f"itself, to {listed(targets) if targets else 'a queue outside this stack'}",
            wanted="no redrive policy on a dead-letter queue",
            fix="Remove its redrive policy",
        )


@stack_rule(
    "sqs-dead-letter-queue-shared",
    QUEUE,
    kind=Kind.PRACTICE,
    severity=Severity.LOW,
    summary="A FIFO dead-letter queue serves one source",
    why="Dead letters of several FIFO queues mix in one order, so that none of them can be sent "
    "back to its source in the order in which it came.",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html",
    good=(ORDERS, ORDERS_DEAD),
    bad=(
        ORDERS,
        Example(
            type=QUEUE,
            name="refunds",
            properties=ORDERS.properties,
            references={"redrivePolicy": ("orders-dead",)},
        ),
        ORDERS_DEAD,
    ),
)
def dead_letter_queue_shared(queue: Resource, graph: Graph) -> Findings:
    """Counts the sources of a FIFO queue; standard queues keep no order anyway."""
    sources = dead_letter_sources(queue, graph)
    if len(sources) > 1 and queue.flag("fifoQueue"):
        yield Finding(
            problem=f"it takes the dead letters of {_names(sources)}",
            wanted="one source for a FIFO dead-letter queue",
            fix="Give each of these queues a dead-letter queue of its own",
        )


@stack_rule(
    "sqs-redrive-allow-policy",
    QUEUE,
    kind=Kind.PRACTICE,
    severity=Severity.LOW,
    summary="A dead-letter queue names the queues that may redrive to it",
    why="Without it, any queue of the account and region may use this one as its dead-letter "
    "queue, by mistake too.",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue.html",
    good=(
        ORDERS,
        ORDERS_DEAD,
        Example(
            type=REDRIVE_ALLOW_POLICY,
            name="orders-dead-allow",
            properties={"redriveAllowPolicy": '{"redrivePermission": "byQueue"}'},
            references={"queueUrl": ("orders-dead",), "redriveAllowPolicy": ("orders",)},
        ),
    ),
    bad=(ORDERS, ORDERS_DEAD),
)
def redrive_allow_policy(queue: Resource, graph: Graph) -> Findings:
    """Compares the sources in the stack with those that are named, in the queue or beside it."""
    sources = dead_letter_sources(queue, graph)
    if not sources:
        return
    policies = policies_of(queue, graph, "redriveAllowPolicy", REDRIVE_ALLOW_POLICY)
    if not policies and len(sources) <= MOST_NAMED_SOURCES:
        yield Finding(
            problem="it has no redrive allow policy, so any queue of the account may redrive to it",
            wanted=f"`redrivePermission` 'byQueue' for {_names(sources)}",
            fix="Add a `RedriveAllowPolicy` that names the `arn` of each source",
        )
    for policy in policies:
        yield from _judge_policy(policy, sources, graph)


def _judge_policy(policy: Resource, sources: tuple[Resource, ...], graph: Graph) -> Findings:
    """Judges one allow policy; only `byQueue` takes ARNs, so one that is unknown must be that."""
    if policy.is_known("redriveAllowPolicy"):
        permission = policy.object("redriveAllowPolicy").text("redrivePermission")
        if permission in (None, "allowAll") and len(sources) > MOST_NAMED_SOURCES:
            return
        if permission != "byQueue":
            yield Finding(
                problem=f"`redrivePermission` is {shown(permission)}",
                wanted=f"'byQueue' for {_names(sources)}",
                fix="Set `redrivePermission` to 'byQueue', and `sourceQueueArns` to the `arn` of "
                "each source",
            )
            return
    named = graph.referenced(policy, "redriveAllowPolicy", QUEUE)
    missing = tuple(source for source in sources if source not in named)
    if missing:
        yield Finding(
            problem=f"its redrive allow policy does not name {_names(missing)}",
            wanted="all sources of the dead-letter queue",
            fix="Add the `arn` of each of them to `sourceQueueArns`",
        )


def _circle(queue: Resource, graph: Graph) -> tuple[Resource, ...]:
    """The shortest way from the queue along redrives back to it; empty if there is none."""
    ways: deque[tuple[Resource, ...]] = deque([(queue,)])
    seen: set[Resource] = set()
    while ways:
        way = ways.popleft()
        for target in dead_letter_queues_of(way[-1], graph):
            if target is queue:
                return (*way, queue)
            if target not in seen:
                seen.add(target)
                ways.append((*way, target))
    return ()


def _names(queues: tuple[Resource, ...]) -> str:
    return listed(queue.name for queue in queues)
