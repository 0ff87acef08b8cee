"""The fleet of workers: what is read of it, how many it should have, and how that is set."""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from auto_scaler.settings import Settings

if TYPE_CHECKING:  # The stubs are not a part of the image.
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was seen at one time.

    Attributes:
        visible: Messages that wait.
        in_flight: Messages that workers have taken and not yet deleted.
        workers: How many workers ECS is told to run.
    """

    visible: int
    in_flight: int
    workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietTime:
    """Since when fewer workers would do, and the most that were needed in that time."""

    since: float
    needed: int


class ScalingPolicy:
    """More workers at once; fewer only when they have been too many for a while.

    Messages in flight count as well as waiting ones, so that a worker is not stopped for having
    taken the last message. After the quiet time the count falls to the most that was needed
    within it, not to what the last reading happens to say.
    """

    def __init__(
        self, *, minimum: int, maximum: int, messages_per_worker: int, scale_down_after: float
    ) -> None:
        self._minimum = minimum
        self._maximum = maximum
        self._messages_per_worker = messages_per_worker
        self._scale_down_after = scale_down_after
        self._quiet: QuietTime | None = None

    def needed(self, reading: Reading) -> int:
        """The workers that the messages of this reading justify, within the bounds."""
        messages = reading.visible + reading.in_flight
        return max(
            self._minimum, min(self._maximum, math.ceil(messages / self._messages_per_worker))
        )

    def decide(self, reading: Reading, now: float) -> int:
        """The count to set; that of the reading where nothing is to be changed.

        Args:
            reading: What is seen now.
            now: Seconds on a clock that never goes back.
        """
        needed = self.needed(reading)
        if needed >= reading.workers:
            self._quiet = None
            return needed
        quiet = self._quiet or QuietTime(since=now, needed=needed)
        quiet = replace(quiet, needed=max(quiet.needed, needed))
        if now - quiet.since >= self._scale_down_after:
            self._quiet = None
            return quiet.needed
        self._quiet = quiet
        return min(reading.workers, self._maximum)

    def forget(self) -> None:
        """Ends the quiet time: there was a moment in which nothing is known."""
        self._quiet = None


# A call that hangs must end well before a reading counts as missing for long.
CLIENT_CONFIG = Config(
    connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 2}
)


class FleetError(Exception):
    """ECS answered, but not with a service that can be scaled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Reads both and sets the count.

    Every method raises botocore's `ClientError` or `BotoCoreError` where AWS cannot be asked.
    """

    sqs: "SQSClient"
    ecs: "ECSClient"
    queue_url: str
    cluster: str
    service: str

    def read(self) -> Reading:
        """What the queue and the service are like now.

        Raises:
            FleetError: The service does not exist or is being deleted.
        """
        depth = self.sqs.get_queue_attributes(
            QueueUrl=self.queue_url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        services = self.ecs.describe_services(cluster=self.cluster, services=[self.service])
        active = [one for one in services["services"] if one["status"] == "ACTIVE"]
        if not active:
            raise FleetError(f"there is no active service {self.service} in {self.cluster}")
        return Reading(
            visible=int(depth["ApproximateNumberOfMessages"]),
            in_flight=int(depth["ApproximateNumberOfMessagesNotVisible"]),
            workers=active[0]["desiredCount"],
        )

    def set_workers(self, count: int) -> None:
        """Tells ECS how many workers to run; it starts and stops them in its own time."""
        self.ecs.update_service(cluster=self.cluster, service=self.service, desiredCount=count)


def connect(settings: Settings) -> Fleet:
    """Makes the clients; nothing is sent yet."""
    region = settings.aws_default_region
    return Fleet(
        sqs=boto3.client("sqs", region_name=region, config=CLIENT_CONFIG),
        ecs=boto3.client("ecs", region_name=region, config=CLIENT_CONFIG),
        queue_url=settings.queue_url,
        cluster=settings.ecs_cluster_name,
        service=settings.ecs_worker_service_name,
    )
