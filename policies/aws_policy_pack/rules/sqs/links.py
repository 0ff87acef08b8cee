"""Which queue redrives to which, where dead letters go in the end, and who may send them there."""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aws_policy_pack.lists import load
from aws_policy_pack.resource import (
    Graph,
    Properties,
    Resource,
    Unreadable,
    is_given,
    read_of,
    survey,
)
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule
from aws_policy_pack.type_tokens import QUEUE
from aws_policy_pack.wording import listed, shown

QUEUE_POLICY: Final = "aws:sqs/queuePolicy:QueuePolicy"
REDRIVE_POLICY: Final = "aws:sqs/redrivePolicy:RedrivePolicy"
REDRIVE_ALLOW_POLICY: Final = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What SQS takes for a number, both bounds included, and what it takes where none is given."""

    least: int
    most: int
    default: int
    unit: str


_SQS: Final = load("sqs_limits").entries
LIMITS: Final = {name: Limit(**row) for name, row in _SQS["attributes"].items()}
"""The limits of a queue's properties, and of `maxReceiveCount` of its redrive policy."""
MOST_NAMED_SOURCES: Final[int] = _SQS["most_named_sources"]
"""More sources than these can only be let in by `allowAll`."""


def has_policy(queue: Resource, key: str) -> bool:
    """Whether the program gave the queue this policy; the empty text stands for none."""
    return is_given(queue, key) and queue.values.get(key) != ""


def policies_of(queue: Resource, graph: Graph, key: str, kind: str) -> tuple[Resource, ...]:
    """The resources that hold a policy of the queue: itself, and those of a kind beside it.

    Raises:
        Unreadable: It is not known which queue a resource of that kind belongs to.
    """
    own = (queue,) if has_policy(queue, key) else ()
    return own + graph.referring(queue, "queueUrl", kind)


def redrive_policies_of(queue: Resource, graph: Graph) -> tuple[Resource, ...]:
    """The resources that hold a redrive policy of the queue."""
    return policies_of(queue, graph, "redrivePolicy", REDRIVE_POLICY)


def redrive_policy_in(holder: Resource) -> Properties:
    """The redrive policy of a queue or of a resource beside it; empty if there is none."""
    if holder.values.get("redrivePolicy") == "":
        return Properties(dict, "redrivePolicy")
    return holder.object("redrivePolicy")


def sources_of(holder: Resource, graph: Graph) -> tuple[Resource, ...]:
    """The queues of the stack whose redrive policy the resource holds."""
    if holder.type != QUEUE:
        return graph.referenced(holder, "queueUrl", QUEUE)
    return (holder,) if has_policy(holder, "redrivePolicy") else ()


def targets_of(holder: Resource, graph: Graph) -> tuple[Resource, ...]:
    """The queues of the stack that the redrive policy in the resource names."""
    return graph.referenced(holder, "redrivePolicy", QUEUE)


def dead_letter_queues_of(queue: Resource, graph: Graph) -> tuple[Resource, ...]:
    """The queues of the stack that take the queue's dead letters.

    A policy that is not known and comes from no queue leads out of the stack.
    """
    found, _ = survey(redrive_policies_of(queue, graph), lambda holder: targets_of(holder, graph))
    return tuple(dict.fromkeys(target for _, targets in found for target in targets))


def redrives_to(queue: Resource, graph: Graph) -> tuple[Resource, ...]:
    """The resources that hold a redrive policy which names the queue."""
    return graph.links("redrivePolicy", of=(QUEUE, REDRIVE_POLICY), to=(QUEUE,)).to(queue)


def dead_letter_sources(queue: Resource, graph: Graph) -> tuple[Resource, ...]:
    """The queues of the stack whose dead letters the queue takes."""
    return tuple(
        dict.fromkeys(
            source
            for holder in redrives_to(queue, graph)
            for source in read_of(holder, lambda holder: sources_of(holder, graph))
        )
    )


def retention_seconds(queue: Resource) -> int | float:
    """How long the queue keeps a message that nobody deletes."""
    seconds = read_of(queue, lambda queue: queue.number("messageRetentionSeconds"))
    return LIMITS["messageRetentionSeconds"].default if seconds is None else seconds


FAILURE_QUEUES: Final[Mapping[str, str]] = {
    "aws:cloudwatch/eventBus:EventBus": "deadLetterConfig",
    "aws:cloudwatch/eventTarget:EventTarget": "deadLetterConfig",
    "aws:customerprofiles/domain:Domain": "deadLetterQueueUrl",
    "aws:iot/topicRule:TopicRule": "errorAction",
    "aws:lambda/eventSourceMapping:EventSourceMapping": "destinationConfig",
    "aws:lambda/function:Function": "deadLetterConfig",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": "destinationConfig",
    "aws:pipes/pipe:Pipe": "sourceParameters",
    "aws:scheduler/schedule:Schedule": "target",
    "aws:sns/topicSubscription:TopicSubscription": "redrivePolicy",
}
"""By resource type, the property that names the queue; a test holds it to the provider's SDK."""

BESIDE: Final[Mapping[str, tuple[str, str]]] = {
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": (
        "destinationConfig.onFailure.destination",
        "destinationConfig.onSuccess.destination",
    ),
    "aws:scheduler/schedule:Schedule": ("target.deadLetterConfig.arn", "target.arn"),
}
"""Where the property names a queue for the work itself, too: the paths of failures and of work."""


def takes_failures(queue: Resource, graph: Graph) -> bool:
    """Whether a resource of the stack sends to the queue what it could not deliver or handle.

    Raises:
        Unreadable: Of a resource it is not known which queue it names there, and no other names
            this one.
    """
    sources = graph.of_type(*FAILURE_QUEUES)
    found, missed = survey(sources, lambda source: _names(source, queue, graph))
    if any(names for _, names in found):
        return True
    if missed:
        raise missed[0]
    return False


def _names(source: Resource, queue: Resource, graph: Graph) -> bool:
    if queue not in graph.referenced(source, FAILURE_QUEUES[source.type], QUEUE):
        return False
    if source.type not in BESIDE:
        return True
    failures, work = BESIDE[source.type]
    if not source.has(failures) or queue in _queues_at(source, work, graph):
        return False
    if named := _queues_at(source, failures, graph):
        return queue in named
    # This queue is one of the two: it takes failures if it does not take the work.
    if source.is_known(work):
        return True
    if source.is_known(failures):
        return False
    raise Unreadable(failures, "is not known yet")


def _queues_at(source: Resource, path: str, graph: Graph) -> tuple[Resource, ...]:
    text = source.text(path) if source.is_known(path) else None
    return graph.identified(QUEUE, text) if text else ()


ORDERS: Final = Example(
    type=QUEUE,
    name="orders",
    properties={
        "fifoQueue": True,
        "redrivePolicy": json.dumps(
            {
                "deadLetterTargetArn": "arn:aws:sqs:eu-west-1:111122223333:orders-dead.fifo",
                "maxReceiveCount": 5,
            }
        ),
    },
    references={"redrivePolicy": ("orders-dead",)},
)
"""A FIFO queue that redrives to `ORDERS_DEAD`."""
ORDERS_DEAD: Final = Example(type=QUEUE, name="orders-dead", properties={"fifoQueue": True})


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
            problem=f"it takes the dead letters of {_listed_names(sources)} and has a redrive "
            f"policy itself, to {listed(targets) if targets else 'a queue outside this stack'}",
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
    remedy="Give each source a dead-letter queue of its own",
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
            problem=f"it takes the dead letters of {_listed_names(sources)}",
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
            wanted=f"`redrivePermission` 'byQueue' for {_listed_names(sources)}",
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
                wanted=f"'byQueue' for {_listed_names(sources)}",
                fix="Set `redrivePermission` to 'byQueue', and `sourceQueueArns` to the `arn` of "
                "each source",
            )
            return
    named = graph.referenced(policy, "redriveAllowPolicy", QUEUE)
    missing = tuple(source for source in sources if source not in named)
    if missing:
        yield Finding(
            problem=f"its redrive allow policy does not name {_listed_names(missing)}",
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


def _listed_names(queues: tuple[Resource, ...]) -> str:
    # A program may register its resources in another order each time.
    return listed(sorted(queue.name for queue in queues))
