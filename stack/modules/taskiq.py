"""TaskIQ: the queue of step executions and the workers that take from it."""

from collections.abc import Sequence

import pulumi

from components.ecs import Cluster, Container, HealthCheck
from components.fargate_service import ServiceSpec, create_fargate_service
from components.iam import Allow
from components.naming import Naming
from components.sqs_fifo import FifoQueue, create_fifo_queue
from config import QueueSettings, StackSettings, WorkerSettings
from modules.dagster_image import DATA_PREFIX, WRITABLE_PATHS, DagsterImage
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
