"""Tags that a provider adds to all that it makes."""

import pulumi
import pulumi_aws as aws

tags = {"Project": "conformance", "Environment": "dev", "ManagedBy": "pulumi"}
tagging = aws.Provider("tagging", region="us-east-1", default_tags={"tags": tags})
opts = pulumi.ResourceOptions(provider=tagging)
aws.sqs.Queue("tagged", opts=opts)
own = aws.sqs.Queue("own", tags={"Environment": "test", "Team": "orders"}, opts=opts)
aws.sqs.Queue("unknown", tags={"Other": own.arn}, opts=opts)
aws.sqs.QueuePolicy("untaggable", queue_url=own.url, policy="{}", opts=opts)
aws.sqs.Queue("untagged")
