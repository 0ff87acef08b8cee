"""Two resources of one type, name and parent."""

import pulumi_aws as aws

aws.sqs.Queue("jobs")
aws.sqs.Queue("jobs", delay_seconds=5)
