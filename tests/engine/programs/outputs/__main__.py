"""Outputs of every kind."""

import pulumi
import pulumi_aws as aws

queue = aws.sqs.Queue("queue", tags={"a": "b"})
pulumi.export("text", "plain")
pulumi.export("number", 3)
pulumi.export("fraction", 0.5)
pulumi.export("truth", queue.fifo_queue)
pulumi.export("nothing", None)
pulumi.export("list", [1, "two", None, [3]])
pulumi.export("object", {"camelCase": 1, "snake_case": {"deep": [queue.name]}})
pulumi.export("tags", queue.tags)
pulumi.export("unset", queue.redrive_policy)
