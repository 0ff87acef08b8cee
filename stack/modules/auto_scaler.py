"""The auto-scaler: sets how many TaskIQ workers run by the length of their queue."""

import pulumi

from components.ecs import Container, HealthCheck
from components.fargate_service import ServiceSpec, create_fargate_service
from components.iam import Allow
from config import StackSettings
from modules.foundation import Foundation
from modules.runtime import aws_environment
from modules.taskiq import Taskiq

HEALTH_PORT = 8081


class AutoScaler(pulumi.ComponentResource):
    """Exactly one task that watches the queue and updates the worker service."""

    def __init__(
        self,
        name: str,
        *,
        settings: StackSettings,
        max_workers: int,
        foundation: Foundation,
        taskiq: Taskiq,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("dagster-taskiq:modules:AutoScaler", name, None, opts)
        children = pulumi.ResourceOptions(parent=self)
        self.repository = foundation.repository("auto-scaler", children)
        scaler = settings.auto_scaler
        group = foundation.security_group("auto-scaler", "Auto-scaler", children)
        foundation.allow_aws("auto-scaler", group.id, children)
        container = Container(
            name="auto-scaler",
            image=self.repository.image(scaler.image_tag),
            command=("python", "-m", "auto_scaler"),
            environment={
                **aws_environment(settings.aws),
                "QUEUE_URL": taskiq.queue.url,
                "ECS_CLUSTER_NAME": foundation.platform.cluster.name,
                "ECS_WORKER_SERVICE_NAME": taskiq.worker.service.name,
                "AUTOSCALER_MIN_WORKERS": str(scaler.min_workers),
                "AUTOSCALER_MAX_WORKERS": str(max_workers),
                "AUTOSCALER_MESSAGES_PER_WORKER": str(scaler.messages_per_worker),
                "AUTOSCALER_INTERVAL_SECONDS": str(scaler.interval_seconds),
                "AUTOSCALER_SCALE_DOWN_AFTER_SECONDS": str(scaler.scale_down_after_seconds),
                "AUTOSCALER_HEALTH_PORT": str(HEALTH_PORT),
            },
            health_check=HealthCheck.http(HEALTH_PORT, "/healthz"),
        )
        self.scaler = create_fargate_service(
            "auto-scaler",
            platform=foundation.platform,
            spec=ServiceSpec(
                cpu=scaler.cpu,
                memory_mib=scaler.memory_mib,
                desired_count=1,
                singleton=True,
                containers=[container],
                repository=self.repository,
                security_group_id=group.id,
                permissions=[
                    Allow(
                        sid="ReadQueueLength",
                        actions=["sqs:GetQueueAttributes"],
                        resources=[taskiq.queue.arn],
                    ),
                    Allow(
                        sid="ScaleWorkers",
                        actions=["ecs:DescribeServices", "ecs:UpdateService"],
                        resources=[taskiq.worker.service.arn],
                    ),
                ],
            ),
            opts=children,
        )
        self.register_outputs({})
