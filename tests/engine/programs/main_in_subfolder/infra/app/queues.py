"""Makes queues."""

import pulumi_aws as aws


def make_queue(name: str) -> aws.sqs.Queue:
    """A plain queue."""
    return aws.sqs.Queue(name)
