"""What a rule of level `remediate` mends before the resource is judged."""

import pulumi
import pulumi_aws as aws

tags = {"Project": "conformance", "Environment": "prod", "ManagedBy": "pulumi"}
queue = aws.sqs.Queue("queue", tags=tags)
aws.sqs.Queue("second", tags={**tags, "First": queue.tags.apply(lambda tags: tags["Environment"])})
pulumi.export("tags", queue.tags)
