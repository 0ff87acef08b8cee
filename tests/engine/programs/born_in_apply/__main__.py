"""A resource that is made inside `apply`, which no preview of the engine can show."""

import pulumi_aws as aws

first = aws.sqs.Queue("first")
first.arn.apply(lambda arn: aws.sqs.Queue("second", tags={"After": arn}))
