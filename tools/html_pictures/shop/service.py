"""One service of the shop, with all that it needs."""

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
from network import Network
from platform_parts import Platform

QUEUES = ("events", "jobs", "mails", "audit")
ALARMS = ("cpu", "memory", "errors", "latency", "restarts", "throttles")
SETTINGS = ("currency", "language", "log-level", "page-size")
TASKS_ASSUME = json.dumps(
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
)


class Service(pulumi.ComponentResource):
    """A task behind the load balancer, its queues, its data and its alarms."""

    def __init__(
        self, name: str, network: Network, platform: Platform, sources: Sequence["Service"]
    ) -> None:
        super().__init__("shop:service:Service", name)
        self._name = name
        self._own = pulumi.ResourceOptions(parent=self)
        self.queues = {queue: self._queue(queue) for queue in QUEUES}
        self._data(platform)
        self._runs(network, platform, sources)
        self._watched(platform)
        self.register_outputs({})

    def _queue(self, kind: str) -> aws.sqs.Queue:
        dead = aws.sqs.Queue(
            f"{self._name}-{kind}-dead",
            # A mistake of one service: what is dead is gone after a minute.
            message_retention_seconds=60 if self._name == "fraud" else 1_209_600,
            opts=self._own,
        )
        return aws.sqs.Queue(
            f"{self._name}-{kind}",
            visibility_timeout_seconds=120,
            receive_wait_time_seconds=20,
            redrive_policy=pulumi.Output.json_dumps(
                {"deadLetterTargetArn": dead.arn, "maxReceiveCount": 5}
            ),
            opts=self._own,
        )

    def _data(self, platform: Platform) -> None:
        self.table = aws.dynamodb.Table(
            f"{self._name}-table",
            billing_mode="PAY_PER_REQUEST",
            hash_key="id",
            attributes=[{"name": "id", "type": "S"}],
            opts=self._own,
        )
        self.bucket = aws.s3.Bucket(f"{self._name}-files", opts=self._own)
        aws.s3.BucketPublicAccessBlock(
            f"{self._name}-files",
            bucket=self.bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            # A mistake of one service: what is public stays public.
            restrict_public_buckets=self._name != "reviews",
            opts=self._own,
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self._name}-files",
            bucket=self.bucket.id,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": platform.key.arn,
                    }
                }
            ],
            opts=self._own,
        )
        for setting in SETTINGS:
            aws.ssm.Parameter(
                f"{self._name}-{setting}",
                name=f"/shop/{self._name}/{setting}",
                type="String",
                value="-",
                opts=self._own,
            )

    def _runs(self, network: Network, platform: Platform, sources: Sequence["Service"]) -> None:
        repository = aws.ecr.Repository(self._name, opts=self._own)
        logs = aws.cloudwatch.LogGroup(f"{self._name}-logs", retention_in_days=30, opts=self._own)
        roles = {
            kind: aws.iam.Role(
                f"{self._name}-{kind}", assume_role_policy=TASKS_ASSUME, opts=self._own
            )
            for kind in ("execution", "task")
        }
        aws.iam.RolePolicyAttachment(
            f"{self._name}-execution",
            role=roles["execution"].name,
            policy_arn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
            opts=self._own,
        )
        heard = [source.queues["events"].arn for source in sources]
        aws.iam.RolePolicy(
            f"{self._name}-queues",
            role=roles["task"].name,
            policy=pulumi.Output.json_dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            # A mistake of one service: it may do anything to every queue.
                            "Action": "sqs:*"
                            if self._name == "backoffice"
                            else ["sqs:SendMessage"],
                            "Resource": [*(queue.arn for queue in self.queues.values()), *heard],
                        }
                    ],
                }
            ),
            opts=self._own,
        )
        door = aws.ec2.SecurityGroup(
            self._name,
            vpc_id=network.vpc.id,
            description=f"The door of {self._name}",
            opts=self._own,
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-from-entrance",
            security_group_id=door.id,
            referenced_security_group_id=platform.entrance.id,
            ip_protocol="tcp",
            from_port=8080,
            to_port=8080,
            opts=self._own,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-out",
            security_group_id=door.id,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            cidr_ipv4="0.0.0.0/0",
            opts=self._own,
        )
        group = aws.lb.TargetGroup(
            self._name,
            port=8080,
            protocol="HTTP",
            target_type="ip",
            vpc_id=network.vpc.id,
            opts=self._own,
        )
        aws.lb.ListenerRule(
            self._name,
            listener_arn=platform.listener.arn,
            actions=[{"type": "forward", "target_group_arn": group.arn}],
            conditions=[{"path_pattern": {"values": [f"/{self._name}/*"]}}],
            opts=self._own,
        )
        task = aws.ecs.TaskDefinition(
            self._name,
            family=self._name,
            cpu="512",
            memory="1024",
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            execution_role_arn=roles["execution"].arn,
            task_role_arn=roles["task"].arn,
            container_definitions=pulumi.Output.json_dumps(
                [
                    {
                        "name": self._name,
                        "image": pulumi.Output.concat(repository.repository_url, ":1"),
                        "portMappings": [{"containerPort": 8080}],
                        "environment": [
                            {"name": "TABLE", "value": self.table.name},
                            {"name": "JOBS", "value": self.queues["jobs"].url},
                        ],
                        "logConfiguration": {
                            "logDriver": "awslogs",
                            "options": {
                                "awslogs-group": logs.name,
                                "awslogs-region": "us-east-1",
                                "awslogs-stream-prefix": self._name,
                            },
                        },
                    }
                ]
            ),
            opts=self._own,
        )
        aws.ecs.Service(
            self._name,
            cluster=platform.cluster.arn,
            task_definition=task.arn,
            launch_type="FARGATE",
            # A mistake of one service: far more than it needs.
            desired_count=40 if self._name == "search" else 2,
            network_configuration={
                "subnets": [subnet.id for subnet in network.private],
                "security_groups": [door.id],
            },
            load_balancers=[
                {
                    "target_group_arn": group.arn,
                    "container_name": self._name,
                    "container_port": 8080,
                }
            ],
            opts=self._own,
        )

    def _watched(self, platform: Platform) -> None:
        for alarm in ALARMS:
            aws.cloudwatch.MetricAlarm(
                f"{self._name}-{alarm}",
                comparison_operator="GreaterThanThreshold",
                evaluation_periods=3,
                metric_name=alarm,
                namespace="Shop",
                period=60,
                statistic="Average",
                threshold=80,
                dimensions={"ClusterName": platform.cluster.name, "ServiceName": self._name},
                opts=self._own,
            )
        for queue in QUEUES:
            aws.cloudwatch.MetricAlarm(
                f"{self._name}-{queue}-waits",
                comparison_operator="GreaterThanThreshold",
                evaluation_periods=3,
                metric_name="ApproximateAgeOfOldestMessage",
                namespace="AWS/SQS",
                period=60,
                statistic="Maximum",
                threshold=600,
                dimensions={"QueueName": self.queues[queue].name},
                opts=self._own,
            )
