"""Resources without a name of their own, and one with: the project's setting names the others."""

import json

import pulumi_aws as aws

aws.sqs.Queue("red")
aws.sqs.Queue("blue")
aws.sqs.Queue("given", name="mine-dev")
aws.sqs.Queue("first", fifo_queue=True)
aws.sns.Topic("topic")
aws.cloudwatch.LogGroup("logs", retention_in_days=7)
aws.s3.Bucket("Bucket")
trust = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"},
        }
    ],
}
aws.iam.Role("role-of-the-worker", assume_role_policy=json.dumps(trust))
aws.iam.Role("prefixed", name_prefix="worker-", assume_role_policy=json.dumps(trust))
