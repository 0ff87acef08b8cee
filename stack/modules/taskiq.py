"""TaskIQ: its queue, its workers, what scales them, and a demo without Dagster."""

from collections.abc import Mapping, Sequence

import pulumi

from components.conventions import Naming
from components.ecs import Cluster, Container, HealthCheck, TargetPort
from components.fargate_service import FargateService, ServiceSpec, create_fargate_service
from components.iam import Allow
from components.load_balancer import add_target
from components.sqs_fifo import FifoQueue, create_fifo_queue
from config import QueueSettings, StackSettings, WorkerSettings
from modules.dagster_image import DATA_PREFIX, WRITABLE_PATHS, DagsterImage, aws_environment
from modules.foundation import COMPUTE_LOG_PREFIX, Foundation

HEALTH_PORT = 8080
WAIT_FOR_TASKS_SECONDS = 110
"""How long a stopping worker lets its steps go on; Fargate kills it after 120."""


class Taskiq(pulumi.ComponentResource):
    """Queue, dead-letter queue, and the worker service, whose count the auto-scaler owns."""

    def __init__(
        self,
        name: str,
        *,
        settings: StackSettings,
        naming: Naming,
        foundation: Foundation,
        image: DagsterImage,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("dagster-taskiq:modules:Taskiq", name, None, opts)
        children = pulumi.ResourceOptions(parent=self)
        self.queue = create_queue(
            "steps",
            naming=naming,
            part=settings.queue_name,
            settings=settings.queue,
            opts=children,
        )
        self.environment = {
            "TASKIQ_QUEUE_NAME": self.queue.name,
            "TASKIQ_VISIBILITY_TIMEOUT": str(settings.queue.visibility_timeout_seconds),
        }
        group = foundation.security_group("taskiq-worker", "TaskIQ workers", children)
        foundation.allow_aws("taskiq-worker", group.id, children)
        foundation.allow_database("taskiq-worker", group.id, children)
        worker = settings.services.worker
        self.worker = create_fargate_service(
            "taskiq-worker",
            platform=foundation.platform,
            spec=ServiceSpec(
                cpu=worker.cpu,
                memory_mib=worker.memory_mib,
                desired_count=worker.desired_count,
                scaled_elsewhere=True,
                containers=[self._container(image, worker)],
                repository=image.repository,
                security_group_id=group.id,
                secret_arns=[image.secret_arn],
                permissions=[
                    self.queue.grant_consume(),
                    *foundation.bucket.grant([DATA_PREFIX, COMPUTE_LOG_PREFIX], write=True),
                    _protect_own_tasks(foundation.platform.cluster),
                ],
            ),
            opts=children,
        )
        self.register_outputs({"queueUrl": self.queue.url})

    def _container(self, image: DagsterImage, settings: WorkerSettings) -> Container:
        return Container(
            name="worker",
            image=image.image,
            command=worker_command("dagster_app.worker:broker", settings.concurrency),
            environment={
                **image.environment,
                **self.environment,
                "TASKIQ_WORKER_HEALTH_PORT": str(HEALTH_PORT),
            },
            secrets=image.secrets,
            health_check=HealthCheck.http(HEALTH_PORT, "/health"),
            writable_paths=WRITABLE_PATHS,
            stop_timeout_seconds=120,
        )


def create_queue(
    name: str,
    *,
    naming: Naming,
    part: str,
    settings: QueueSettings,
    opts: pulumi.ResourceOptions,
) -> FifoQueue:
    """Creates a queue with the environment's queue settings."""
    return create_fifo_queue(
        name,
        naming=naming,
        part=part,
        visibility_timeout_seconds=settings.visibility_timeout_seconds,
        retention_seconds=settings.message_retention_seconds,
        dead_letter_retention_seconds=settings.dead_letter_retention_seconds,
        max_receive_count=settings.max_receive_count,
        opts=opts,
    )


def worker_command(broker: str, concurrency: int) -> Sequence[str]:
    """A TaskIQ worker of one process that holds no more messages than it executes.

    Where its process ends by itself, so does the container: ECS starts a new one, and gives up a
    deployment whose containers end again and again.
    """
    return (
        "taskiq",
        "worker",
        broker,
        "-w",
        "1",
        "--max-async-tasks",
        str(concurrency),
        "--max-prefetch",
        "0",
        "--max-fails",
        "1",
        "--shutdown-timeout",
        "10",
        "--wait-tasks-timeout",
        str(WAIT_FOR_TASKS_SECONDS),
    )


def _protect_own_tasks(cluster: Cluster) -> Allow:
    """Lets a worker protect its task from scale-in while a step runs.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
    """
    return Allow(
        sid="ProtectOwnTasks",
        actions=["ecs:UpdateTaskProtection"],
        resources=[cluster.arn.apply(lambda arn: f"{arn.replace(':cluster/', ':task/')}/*")],
    )


SCALER_HEALTH_PORT = 8081


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
                "AUTOSCALER_HEALTH_PORT": str(SCALER_HEALTH_PORT),
            },
            health_check=HealthCheck.http(SCALER_HEALTH_PORT, "/healthz"),
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


API_PORT = 8000
API_PATHS = "/api/*"
RULE_PRIORITY = 10
"""Of the listener rule; the web server's, which takes all paths, comes after."""
CONCURRENCY = 4
RESULTS_PREFIX = "taskiq-demo"
DEMO_WRITABLE_PATHS = ("/tmp",)  # noqa: S108 - the container's own, on a volume of its own


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
                        writable_paths=DEMO_WRITABLE_PATHS,
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
                        writable_paths=DEMO_WRITABLE_PATHS,
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
