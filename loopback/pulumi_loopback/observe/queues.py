"""How much stands in a stack's queues."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pulumi_loopback.observe.deployment import Deployment
from pulumi_loopback.observe.show import Listing

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# SQS sends its metrics once a minute, for queues in use.
# Source: Amazon SQS developer guide, "Available CloudWatch metrics for Amazon SQS".
_MINUTE = timedelta(minutes=1)
_LOOKED_BACK = 10 * _MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A queue; the counts are messages, and SQS calls them approximate.

    Attributes:
        queue: Its name.
        visible: Those that wait.
        in_flight: Those that a worker has and has not deleted.
        delayed: Those that nobody can receive yet.
        dead_letters: All in its dead-letter queue, `None` where it has no such queue.
        oldest: Age of the oldest, as CloudWatch has it; `None` where it has none.
    """

    queue: str
    visible: int
    in_flight: int
    delayed: int
    dead_letters: int | None
    oldest: timedelta | None


def queues(stack: Deployment) -> list[Listing]:
    """The stack's queues."""
    with stack.told_plainly():
        rows = [
            _row(stack, stack.outputs[name]) for name in stack.names.queues if name in stack.outputs
        ]
    unknown = any(row.oldest is None for row in rows)
    note = "oldest -: CloudWatch has no age from the last 10 minutes" if unknown else None
    return [Listing(key="queues", rows=rows, empty="", note=note)]


def _row(stack: Deployment, url: str) -> QueueRow:
    client: SQSClient = stack.session.client("sqs", **stack.client_options)
    attributes = _attributes(client, url)
    name = url.rpartition("/")[2]
    visible, in_flight, delayed = _counts(attributes)
    return QueueRow(
        queue=name,
        visible=visible,
        in_flight=in_flight,
        delayed=delayed,
        dead_letters=_dead_letters(client, attributes),
        oldest=_oldest(stack, name),
    )


def _attributes(client: "SQSClient", url: str) -> dict[str, str]:
    told = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return {str(name): value for name, value in told["Attributes"].items()}


def _counts(attributes: dict[str, str]) -> tuple[int, int, int]:
    prefix = "ApproximateNumberOfMessages"
    return (
        int(attributes[prefix]),
        int(attributes[f"{prefix}NotVisible"]),
        int(attributes[f"{prefix}Delayed"]),
    )


def _dead_letters(client: "SQSClient", attributes: dict[str, str]) -> int | None:
    policy = attributes.get("RedrivePolicy")
    if not policy:
        return None
    dead = json.loads(policy)["deadLetterTargetArn"].rpartition(":")[2]
    url = client.get_queue_url(QueueName=dead)["QueueUrl"]
    return sum(_counts(_attributes(client, url)))


def _oldest(stack: Deployment, queue: str) -> timedelta | None:
    now = datetime.now(UTC)
    told = stack.session.client("cloudwatch", **stack.client_options).get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[{"Name": "QueueName", "Value": queue}],
        StartTime=now - _LOOKED_BACK,
        EndTime=now,
        Period=int(_MINUTE.total_seconds()),
        Statistics=["Maximum"],
    )
    points = sorted(told["Datapoints"], key=lambda point: point["Timestamp"])
    return timedelta(seconds=points[-1]["Maximum"]) if points else None
