"""The demo of TaskIQ without Dagster: an API that enqueues tasks and workers that execute them."""

from collections.abc import Mapping

import pulumi

from components.ecs import Container, HealthCheck, TargetPort
from components.fargate_service import FargateService, ServiceSpec, create_fargate_service
from components.load_balancer import add_target
from components.naming import Naming
from config import StackSettings
from modules.foundation import Foundation
from modules.runtime import aws_environment
from modules.taskiq import HEALTH_PORT, create_queue, worker_command

API_PORT = 8000
API_PATHS = "/api/*"
RULE_PRIORITY = 10
"""Of the listener rule; the web server's, which takes all paths, comes after."""
CONCURRENCY = 4
RESULTS_PREFIX = "taskiq-demo"
WRITABLE_PATHS = ("/tmp",)  # noqa: S108 - the container's own, on a volume of its own


class TaskiqDemo(pulumi.ComponentResource):
    """Queue, image, API behind the load balancer, and workers; results lie in the bucket."""

    def __init__(
        self,
        name: str,
        *,
        settings: StackSettings,
        naming: Naming,
        foundation: Foundation,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("dagster-taskiq:modules:TaskiqDemo", name, None, opts)
        self._children = pulumi.ResourceOptions(parent=self)
        self._settings = settings.taskiq_demo
        self._naming = naming
        self._foundation = foundation
        self.queue = create_queue(
            "taskiq-demo",
            naming=naming,
            part=self._settings.queue_name,
            settings=settings.queue,
            opts=self._children,
        )
        self.repository = foundation.repository("taskiq-demo", self._children)
        self.security_group = foundation.security_group(
            "taskiq-demo", "TaskIQ demo", self._children
        )
        foundation.allow_aws("taskiq-demo", self.security_group.id, self._children)
        foundation.allow_load_balancer(
            "taskiq-demo", self.security_group.id, API_PORT, self._children
        )
        environment: Mapping[str, pulumi.Input[str]] = {
            **aws_environment(settings.aws),
            "TASKIQ_DEMO_QUEUE_NAME": self.queue.name,
            "TASKIQ_VISIBILITY_TIMEOUT": str(settings.queue.visibility_timeout_seconds),
            "RESULTS_BUCKET": foundation.bucket.name,
        }
        self.api = self._create_api(environment)
        self.worker = self._create_worker(environment)
        self.register_outputs({})

    def _create_api(self, environment: Mapping[str, pulumi.Input[str]]) -> FargateService:
        target = add_target(
            "taskiq-demo-api",
            load_balancer=self._foundation.load_balancer,
            physical_name=self._naming.physical("demo"),
            port=API_PORT,
            health_path="/health",
            path_pattern=API_PATHS,
            priority=RULE_PRIORITY,
            opts=self._children,
        )
        return create_fargate_service(
            "taskiq-demo-api",
            platform=self._foundation.platform,
            spec=ServiceSpec(
                cpu=self._settings.cpu,
                memory_mib=self._settings.memory_mib,
                desired_count=self._settings.api_desired_count,
                containers=[
                    Container(
                        name="api",
                        image=self.repository.image(self._settings.image_tag),
                        command=(
                            *("uvicorn", "taskiq_demo.api:app"),
                            "--host",
                            "0.0.0.0",  # noqa: S104 - the load balancer connects
                            *("--port", str(API_PORT)),
                        ),
                        environment=environment,
                        health_check=HealthCheck.http(API_PORT, "/health"),
                        port=API_PORT,
                        writable_paths=WRITABLE_PATHS,
                    )
                ],
                repository=self.repository,
                security_group_id=self.security_group.id,
                permissions=[
                    self.queue.grant_send(),
                    *self._foundation.bucket.grant([RESULTS_PREFIX], write=False),
                ],
                target=TargetPort(
                    target_group_arn=target.target_group_arn,
                    container="api",
                    port=API_PORT,
                    ready=target.rule,
                ),
            ),
            opts=self._children,
        )

    def _create_worker(self, environment: Mapping[str, pulumi.Input[str]]) -> FargateService:
        return create_fargate_service(
            "taskiq-demo-worker",
            platform=self._foundation.platform,
            spec=ServiceSpec(
                cpu=self._settings.cpu,
                memory_mib=self._settings.memory_mib,
                desired_count=self._settings.worker_desired_count,
                containers=[
                    Container(
                        name="worker",
                        image=self.repository.image(self._settings.image_tag),
                        command=worker_command("taskiq_demo.tasks:broker", CONCURRENCY),
                        environment={
                            **environment,
                            "TASKIQ_WORKER_HEALTH_PORT": str(HEALTH_PORT),
                        },
                        health_check=HealthCheck.http(HEALTH_PORT, "/health"),
                        writable_paths=WRITABLE_PATHS,
                        stop_timeout_seconds=120,
                    )
                ],
                repository=self.repository,
                security_group_id=self.security_group.id,
                permissions=[
                    self.queue.grant_consume(),
                    *self._foundation.bucket.grant([RESULTS_PREFIX], write=True),
                ],
            ),
            opts=self._children,
        )
