"""Resources other than queues that send to a queue what they could not deliver or handle."""

from collections.abc import Mapping
from typing import Final

from aws_policy_pack.resource import Graph, Resource, survey
from aws_policy_pack.rules.sqs.links import QUEUE

FAILURE_QUEUES: Final[Mapping[str, tuple[str, ...]]] = {
    "aws:cloudwatch/eventBus:EventBus": ("deadLetterConfig",),
    "aws:cloudwatch/eventTarget:EventTarget": ("deadLetterConfig",),
    "aws:customerprofiles/domain:Domain": ("deadLetterQueueUrl",),
    "aws:iot/topicRule:TopicRule": ("errorAction",),
    "aws:lambda/eventSourceMapping:EventSourceMapping": (
        "destinationConfig.onFailure.destinationArn",
    ),
    "aws:lambda/function:Function": ("deadLetterConfig",),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": (
        "destinationConfig.onFailure.destination",
    ),
    "aws:pipes/pipe:Pipe": (
        "sourceParameters.dynamodbStreamParameters.deadLetterConfig.arn",
        "sourceParameters.kinesisStreamParameters.deadLetterConfig.arn",
    ),
    "aws:scheduler/schedule:Schedule": ("target.deadLetterConfig.arn",),
    "aws:sns/topicSubscription:TopicSubscription": ("redrivePolicy",),
}
"""By resource type, where the queue is named; a test holds it to the provider's SDK.

The whole property is given where all of it is about failures.
"""


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
    return any(
        queue in graph.referenced(source, path.partition(".")[0], QUEUE)
        and ("." not in path or queue in graph.identified(QUEUE, source.text(path) or ""))
        for path in FAILURE_QUEUES[source.type]
    )
