"""One of everything that a change may meet; the tests edit this text."""

import pulumi
import pulumi_aws as aws
from pulumi import ROOT_STACK_RESOURCE, Alias, ResourceOptions  # noqa: F401 - for the edits

NOTHING = '{"Version":"2012-10-17","Statement":[]}'


class Group(pulumi.ComponentResource):
    """A component whose children carry its name."""

    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__("shop:index:Group", name, None, opts)
        queue = aws.sqs.Queue(f"{name}-queue", opts=ResourceOptions(parent=self))
        aws.sqs.QueuePolicy(
            f"{name}-policy", queue_url=queue.url, policy="{}", opts=ResourceOptions(parent=queue)
        )


dead = aws.sqs.Queue("dead", name="dead-dev", visibility_timeout_seconds=30)
aws.sqs.Queue(
    "orders",
    redrive_policy=pulumi.Output.json_dumps(
        {"deadLetterTargetArn": dead.arn, "maxReceiveCount": 3}
    ),
)
plain = aws.sqs.Queue("plain")
aws.sqs.QueuePolicy("plain-policy", queue_url=plain.url, policy=NOTHING)
aws.sqs.Queue(
    "ignoring",
    delay_seconds=1,
    tags={"Owner": "a", "Team": "a"},
    opts=ResourceOptions(ignore_changes=["delaySeconds", 'tags["Owner"]']),
)
aws.sqs.Queue(
    "forced", max_message_size=2048, opts=ResourceOptions(replace_on_changes=["maxMessageSize"])
)
aws.sqs.Queue("following", opts=ResourceOptions(deleted_with=plain))
group = Group("group")
aws.ssm.Parameter("secret", type="SecureString", value=pulumi.Output.secret("hunter2"))
aws.s3.BucketObjectv2("object", bucket="assets", key="a.txt", source=pulumi.StringAsset("one"))
aws.sqs.Queue("kept", opts=ResourceOptions(retain_on_delete=True))
aws.sqs.Queue("last")
