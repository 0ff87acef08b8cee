"""Every option of a resource that packs or the state see."""

import pulumi_aws as aws
from pulumi import CustomTimeouts, ResourceOptions

first = aws.sqs.Queue("first", opts=ResourceOptions(protect=True))
aws.sqs.Queue(
    "ignoring",
    delay_seconds=1,
    opts=ResourceOptions(
        ignore_changes=["delaySeconds", 'tags["Owner"]'], replace_on_changes=["name"]
    ),
)
aws.sqs.Queue("replaced", opts=ResourceOptions(delete_before_replace=True))
aws.sqs.Queue("replaced-after", opts=ResourceOptions(delete_before_replace=False))
aws.sqs.Queue("kept", opts=ResourceOptions(retain_on_delete=True))
aws.sqs.Queue(
    "timed",
    opts=ResourceOptions(custom_timeouts=CustomTimeouts(create="90m", update="1h", delete="30s")),
)
aws.sqs.Queue("hidden", opts=ResourceOptions(additional_secret_outputs=["url"]))
aws.sqs.Queue("following", opts=ResourceOptions(deleted_with=first))
aws.sqs.Queue("replaced-with", opts=ResourceOptions(replace_with=[first]))
aws.sqs.Queue("after", opts=ResourceOptions(depends_on=[first, first]))
