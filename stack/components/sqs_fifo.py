"""An SQS FIFO queue with its dead-letter queue."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.conventions import Naming
from components.iam import POLICY_VERSION, Allow


@dataclass(frozen=True, slots=True, kw_only=True)
class FifoQueue:
    """A queue and the queue that takes what its consumers could not."""

    name: str
    url: pulumi.Output[str]
    arn: pulumi.Output[str]
    dead_letter_name: str
    dead_letter_url: pulumi.Output[str]
    dead_letter_arn: pulumi.Output[str]

    def grant_send(self) -> Allow:
        """The statement that lets a role find the queue and send to it."""
        return Allow(
            sid="SendMessages",
            actions=["sqs:GetQueueUrl", "sqs:SendMessage"],
            resources=[self.arn],
        )

    def grant_consume(self) -> Allow:
        """The statement that lets a role receive, extend and delete messages."""
        return Allow(
            sid="ConsumeMessages",
            actions=[
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:GetQueueUrl",
                "sqs:ReceiveMessage",
            ],
            resources=[self.arn],
        )


def create_fifo_queue(
    name: str,
    *,
    naming: Naming,
    part: str,
    visibility_timeout_seconds: int,
    retention_seconds: int,
    dead_letter_retention_seconds: int,
    max_receive_count: int,
    opts: pulumi.ResourceOptions,
) -> FifoQueue:
    """Creates both queues, encrypted by SQS and closed to plain HTTP.

    Deduplication and throughput are per message group (high throughput mode), and messages
    without a deduplication id are deduplicated by content.

    Args:
        name: Start of the logical names.
        naming: Physical names.
        part: The queue's part of its physical name, without environment and `.fifo`.
        visibility_timeout_seconds: How long a received message stays hidden, 0 to 43,200.
        retention_seconds: How long an unread message is kept, 60 to 1,209,600.
        dead_letter_retention_seconds: The same for the dead-letter queue. The clock of a
            message keeps running when it moves there, so this must not be the shorter one.
        max_receive_count: Receives before a message moves to the dead-letter queue.
        opts: Parent and provider.
    """
    dead_letter_name = f"{naming.physical(f'{part}-dead-letter')}.fifo"
    dead_letters = _create_queue(
        f"{name}-dead-letter-queue",
        physical_name=dead_letter_name,
        visibility_timeout_seconds=visibility_timeout_seconds,
        retention_seconds=dead_letter_retention_seconds,
        redrive_policy=None,
        opts=opts,
    )
    queue_name = f"{naming.physical(part)}.fifo"
    queue = _create_queue(
        f"{name}-queue",
        physical_name=queue_name,
        visibility_timeout_seconds=visibility_timeout_seconds,
        retention_seconds=retention_seconds,
        redrive_policy=pulumi.Output.json_dumps(
            {"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": max_receive_count}
        ),
        opts=opts,
    )
    # A resource of its own, because each queue's policy names the other queue's ARN.
    aws.sqs.RedriveAllowPolicy(
        f"{name}-redrive-allow",
        queue_url=dead_letters.url,
        redrive_allow_policy=pulumi.Output.json_dumps(
            {"redrivePermission": "byQueue", "sourceQueueArns": [queue.arn]}
        ),
        opts=opts,
    )
    return FifoQueue(
        name=queue_name,
        url=queue.url,
        arn=queue.arn,
        dead_letter_name=dead_letter_name,
        dead_letter_url=dead_letters.url,
        dead_letter_arn=dead_letters.arn,
    )


def _create_queue(
    name: str,
    *,
    physical_name: str,
    visibility_timeout_seconds: int,
    retention_seconds: int,
    redrive_policy: pulumi.Output[str] | None,
    opts: pulumi.ResourceOptions,
) -> aws.sqs.Queue:
    """Creates one FIFO queue that denies requests over plain HTTP."""
    queue = aws.sqs.Queue(
        name,
        name=physical_name,
        fifo_queue=True,
        content_based_deduplication=True,
        deduplication_scope="messageGroup",
        fifo_throughput_limit="perMessageGroupId",
        sqs_managed_sse_enabled=True,
        receive_wait_time_seconds=20,
        visibility_timeout_seconds=visibility_timeout_seconds,
        message_retention_seconds=retention_seconds,
        redrive_policy=redrive_policy,
        opts=opts,
    )
    aws.sqs.QueuePolicy(
        f"{name}-policy",
        queue_url=queue.url,
        policy=pulumi.Output.json_dumps(
            {
                "Version": POLICY_VERSION,
                "Statement": [
                    {
                        "Sid": "DenyPlainHttp",
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "sqs:*",
                        "Resource": queue.arn,
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    }
                ],
            }
        ),
        opts=opts,
    )
    return queue
