"""Values that only a deployment knows, in inputs, in names and in the program's own flow."""

import json

import pulumi
import pulumi_aws as aws

tags = {"Project": "conformance", "Environment": "dev", "ManagedBy": "pulumi"}
dead = aws.sqs.Queue("dead", message_retention_seconds=1209600, tags=tags)
steps = aws.sqs.Queue(
    "steps",
    # An unknown ARN makes the whole text unknown to the engine.
    redrive_policy=pulumi.Output.json_dumps(
        {"deadLetterTargetArn": dead.arn, "maxReceiveCount": 50, "typo": True}
    ),
    tags={**tags, "Dead": dead.name},
)
aws.sqs.Queue("named-after", name=steps.name.apply(lambda name: f"{name}-copy"))
aws.cloudwatch.LogGroup(
    "logs", name=pulumi.Output.concat("/aws/", steps.id), retention_in_days=3653
)
role = aws.iam.Role(
    "role",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                }
            ],
        }
    ),
)
aws.iam.RolePolicy(
    "all",
    role=role.id,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "*", "Resource": [dead.arn, "*"]}],
        }
    ),
)
pulumi.export("url", steps.url)
pulumi.export("both", pulumi.Output.all(dead.arn, steps.arn))
