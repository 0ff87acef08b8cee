"""The queue and the ECS service of its workers, as AWS tells of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from auto_scaler.policy import Reading
from auto_scaler.settings import Settings

if TYPE_CHECKING:  # The stubs are not a part of the image.
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_sqs import SQSClient

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
