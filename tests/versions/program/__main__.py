"""Ordinary resources, as both majors of the AWS package have them."""

import pulumi
import pulumi_aws as aws


class Jobs(pulumi.ComponentResource):
    """A queue and the resources that it needs."""

    def __init__(self, name: str) -> None:
        super().__init__("shop:index:Jobs", name)
        below = pulumi.ResourceOptions(parent=self)
        dead = aws.sqs.Queue(f"{name}-dead", opts=below)
        self.queue = aws.sqs.Queue(
            name,
            fifo_queue=True,
            redrive_policy=pulumi.Output.json_dumps(
                {"deadLetterTargetArn": dead.arn, "maxReceiveCount": 5}
            ),
            opts=below,
        )
        self.register_outputs({"url": self.queue.url})


config = pulumi.Config()
jobs = Jobs("jobs")
zones = aws.get_availability_zones(state="available")
aws.cloudwatch.LogGroup("logs", retention_in_days=7)
aws.ssm.Parameter("token", type="SecureString", value=config.require_secret("token"))
pulumi.export("url", jobs.queue.url)
pulumi.export("zones", zones.names)
