"""Resources other than queues that send to a queue what they could not deliver or handle."""

from collections.abc import Mapping
from typing import Final

from aws_policy_pack.resource import Graph, Resource, Unreadable, survey
from aws_policy_pack.rules.sqs.links import QUEUE

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
