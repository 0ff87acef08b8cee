"""Functions that tests run as programs; they are loaded by other processes."""

import pulumi
import pulumi_aws as aws


def queues() -> None:
    """Two queues, one of them with a password in a tag."""
    size = pulumi.Config().get_int("size") or 1
    secret = pulumi.Config().require_secret("password")
    dead = aws.sqs.Queue("dead", message_retention_seconds=1_209_600)
    aws.sqs.Queue("jobs", delay_seconds=size, tags={"password": secret})
    pulumi.export("dead", dead.arn)


def fails() -> None:
    """Raises, with the password in its text."""
    raise ValueError(f"not {pulumi.Config().require('password')}")


def waived() -> None:
    """A queue with a waiver."""
    # preflight: waive queue-is-fifo until=2099-12-31 owner=shop reason="order does not matter"
    aws.sqs.Queue("jobs", redrive_policy="")


class Programs:
    """A function may stand in a class."""

    @staticmethod
    def empty() -> None:
        """Makes nothing."""
