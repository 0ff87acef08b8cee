"""Orders come in over a FIFO queue; a function writes them to a table."""

import pulumi
import pulumi_aws as aws

environment = pulumi.get_stack()
FUNCTION_TIMEOUT_SECONDS = 60
VISIBILITY_SECONDS = 6 * FUNCTION_TIMEOUT_SECONDS


def fifo_queue(
    name: str, redrive_policy: pulumi.Input[str] | None = None, *, retention_days: int
) -> aws.sqs.Queue:
    """An encrypted FIFO queue."""
    return aws.sqs.Queue(
        name,
        name=f"{name}-{environment}.fifo",
        fifo_queue=True,
        content_based_deduplication=True,
        sqs_managed_sse_enabled=True,
        visibility_timeout_seconds=VISIBILITY_SECONDS,
        message_retention_seconds=retention_days * 86_400,
        redrive_policy=redrive_policy,
    )


dead_letters = fifo_queue("orders-dead-letters", retention_days=14)
orders = fifo_queue(
    "orders",
    pulumi.Output.json_dumps({"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": 5}),
    retention_days=4,
)
table = aws.dynamodb.Table(
    "orders-table",
    name=f"orders-{environment}",
    billing_mode="PAY_PER_REQUEST",
    hash_key="id",
    attributes=[{"name": "id", "type": "S"}],
    point_in_time_recovery={"enabled": True},
)
role = aws.iam.Role(
    "writer-role",
    name=f"orders-writer-{environment}",
    assume_role_policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    ),
)
aws.iam.RolePolicy(
    "writer-access",
    role=role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": table.arn},
                {
                    "Effect": "Allow",
                    "Action": [
                        "sqs:ReceiveMessage",
                        "sqs:DeleteMessage",
                        "sqs:GetQueueAttributes",
                    ],
                    "Resource": orders.arn,
                },
            ],
        }
    ),
)
writer = aws.lambda_.Function(
    "writer",
    name=f"orders-writer-{environment}",
    role=role.arn,
    runtime="python3.13",
    handler="writer.handle",
    timeout=FUNCTION_TIMEOUT_SECONDS,
    code=pulumi.AssetArchive(
        {"writer.py": pulumi.StringAsset("def handle(event, context):\n    return event\n")}
    ),
    environment={"variables": {"TABLE": table.name}},
)
aws.lambda_.EventSourceMapping(
    "orders-to-writer", event_source_arn=orders.arn, function_name=writer.arn, batch_size=10
)
pulumi.export("queueUrl", orders.url)
pulumi.export("tableName", table.name)
