"""A program with a mistake."""

import pulumi_aws as aws

aws.sqs.Queue("jobs")
raise RuntimeError("the list of queues is empty")
