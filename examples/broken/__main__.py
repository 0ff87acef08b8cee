"""Mistakes that happen: each is planted once and marked, and `nox -s preview` finds each."""

import json

import pulumi
import pulumi_aws as aws

VISIBILITY_SECONDS = 900
TAGS = {"Project": "broken", "Environment": "local", "Owner": "examples"}


def fifo_queue(name: str, redrive_policy: pulumi.Input[str] | None = None) -> aws.sqs.Queue:
    """A sound FIFO queue but for the redrive policy that it is given."""
    return aws.sqs.Queue(
        name,
        name=f"{name}-local.fifo",
        fifo_queue=True,
        content_based_deduplication=True,
        sqs_managed_sse_enabled=True,
        receive_wait_time_seconds=20,
        visibility_timeout_seconds=VISIBILITY_SECONDS,
        message_retention_seconds=1_209_600,
        redrive_policy=redrive_policy,
        tags=TAGS,
    )


def redrive_to(queue: aws.sqs.Queue) -> pulumi.Output[str]:
    """A sound redrive policy."""
    return pulumi.Output.json_dumps({"deadLetterTargetArn": queue.arn, "maxReceiveCount": 3})


orders_dead = fifo_queue("orders-dead")

# `Output.all` gives a list, and SQS wants one ARN: sqs-redrive-policy-shape.
orders = fifo_queue(
    "orders",
    pulumi.Output.all(orders_dead.arn).apply(
        lambda arns: json.dumps({"deadLetterTargetArn": arns, "maxReceiveCount": 3})
    ),
)

# A FIFO queue needs a FIFO dead-letter queue: sqs-dead-letter-queue-same-type.
payments_dead = aws.sqs.Queue(
    "payments-dead",
    name="payments-dead-local",
    sqs_managed_sse_enabled=True,
    receive_wait_time_seconds=20,
    message_retention_seconds=1_209_600,
    tags=TAGS,
)
payments = fifo_queue("payments", redrive_to(payments_dead))

# Two queues of one physical name: names-unique-physical.
refunds_dead = fifo_queue("refunds-dead")
refunds = fifo_queue("refunds", redrive_to(refunds_dead))
returns = aws.sqs.Queue(
    "returns",
    name="refunds-local.fifo",
    fifo_queue=True,
    content_based_deduplication=True,
    sqs_managed_sse_enabled=True,
    receive_wait_time_seconds=20,
    visibility_timeout_seconds=VISIBILITY_SECONDS,
    message_retention_seconds=1_209_600,
    redrive_policy=redrive_to(refunds_dead),
    tags=TAGS,
)

# What follows is sound but for three caps that policies/profile.json sets.
cluster = aws.ecs.Cluster(
    "cluster",
    name="broken-local",
    settings=[{"name": "containerInsights", "value": "enabled"}],
    tags=TAGS,
)
logs = aws.cloudwatch.LogGroup("logs", name="/broken/tasks-local", retention_in_days=7, tags=TAGS)


def ecs_role(name: str) -> aws.iam.Role:
    """A role that ECS tasks may take on."""
    return aws.iam.Role(
        name,
        name=f"broken-{name}-local",
        assume_role_policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        ),
        tags=TAGS,
    )


execution_role, task_role = ecs_role("execution"), ecs_role("task")


def service(name: str, desired_count: int, environment: dict[str, str]) -> aws.ecs.Service:
    """A Fargate service of one container."""
    container = {
        "name": name,
        "image": "registry.example.com/broken:1.4.2",
        "essential": True,
        "user": "10001",
        "readonlyRootFilesystem": True,
        "environment": [{"name": key, "value": value} for key, value in environment.items()],
        "healthCheck": {"command": ["CMD", "python", "-m", "health"]},
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": "/broken/tasks-local",
                "awslogs-region": "us-east-1",
                "awslogs-stream-prefix": name,
            },
        },
    }
    task = aws.ecs.TaskDefinition(
        name,
        family=f"{name}-local",
        cpu="256",
        memory="512",
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
        execution_role_arn=execution_role.arn,
        task_role_arn=task_role.arn,
        container_definitions=json.dumps([container]),
        tags=TAGS,
        opts=pulumi.ResourceOptions(depends_on=[logs]),
    )
    return aws.ecs.Service(
        name,
        name=f"{name}-local",
        cluster=cluster.arn,
        task_definition=task.arn,
        launch_type="FARGATE",
        desired_count=desired_count,
        deployment_circuit_breaker={"enable": True, "rollback": True},
        network_configuration={"subnets": ["subnet-0a1b2c3d"], "assign_public_ip": False},
        tags=TAGS,
    )


# More tasks than a service may have: cost-ecs-desired-count.
service("packer", 50, {})

# A scaler of one's own may start more workers than the cap: cost-autoscaling-maximum.
service("scaler", 1, {"AUTOSCALER_MAX_WORKERS": "500"})

database_group = aws.ec2.SecurityGroup(
    "database",
    name="broken-database-local",
    description="Lets nobody in yet",
    vpc_id="vpc-0a1b2c3d4e5f6a7b8",
    tags=TAGS,
)

# A class that the profile does not allow: cost-rds-instance-class.
aws.rds.Instance(
    "database",
    identifier="broken-local",
    engine="postgres",
    engine_version="17",
    instance_class="db.r5.24xlarge",
    allocated_storage=20,
    storage_type="gp3",
    storage_encrypted=True,
    username="broken",
    manage_master_user_password=True,
    backup_retention_period=7,
    skip_final_snapshot=True,
    auto_minor_version_upgrade=True,
    iam_database_authentication_enabled=True,
    enabled_cloudwatch_logs_exports=["postgresql", "upgrade"],
    vpc_security_group_ids=[database_group.id],
    tags=TAGS,
)

# Two resources of one type and name: duplicate-urn, at which the engine would stop.
aws.cloudwatch.LogGroup("audit", name="/broken/audit-local", retention_in_days=7, tags=TAGS)
aws.cloudwatch.LogGroup("audit", name="/broken/audit-local-2", retention_in_days=7, tags=TAGS)
