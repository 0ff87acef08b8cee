"""JSON documents given as objects: what the SDK hands on is text."""

import pulumi
import pulumi_aws as aws

trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}],
}
role = aws.iam.Role("role", assume_role_policy=trust)
aws.iam.RolePolicy(
    "policy",
    role=role.id,
    policy={
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]}],
    },
)
aws.sqs.Queue("numbers", delay_seconds=0, visibility_timeout_seconds=30, fifo_queue=False)
pulumi.export("policy", role.assume_role_policy)
