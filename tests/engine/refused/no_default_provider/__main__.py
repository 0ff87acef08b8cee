"""A resource without a provider where default ones are forbidden."""

import pulumi_aws as aws

aws.sqs.Queue("jobs")
