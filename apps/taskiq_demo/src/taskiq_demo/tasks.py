"""The tasks, and the broker that `taskiq worker taskiq_demo.tasks:broker` listens to."""

import asyncio
from uuid import UUID, uuid4

from taskiq import TaskiqEvents, TaskiqState

from taskiq_demo.broker import DirectSQSBroker
from taskiq_demo.health import serve_health
from taskiq_demo.results import PatientS3Backend
from taskiq_demo.settings import Settings, WorkerSettings, load

RESULTS_PREFIX = "taskiq-demo"
"""Key prefix of the results, the only one that the tasks' roles may use."""

settings = load(Settings)
results: PatientS3Backend[float] = PatientS3Backend(
    settings.results_bucket,
    base_path=RESULTS_PREFIX,
    region_name=settings.aws_default_region,
)
broker = DirectSQSBroker(
    settings.taskiq_demo_queue_name,
    region=settings.aws_default_region,
    visibility_timeout=settings.taskiq_visibility_timeout,
)
broker.with_result_backend(results)


@broker.task(task_name="demo.sleep")
async def sleep(seconds: float) -> float:
    """Takes its time, as work does, and gives the seconds that it took."""
    await asyncio.sleep(seconds)
    return seconds


async def enqueue_sleep(seconds: float) -> UUID:
    """Enqueues the task in a message group of its own, so that it waits for no other.

    Raises:
        SendTaskError: SQS did not take the message.
    """
    task_id = uuid4()
    kicker = sleep.kicker().with_task_id(str(task_id)).with_labels(group_id=str(task_id))
    await kicker.kiq(seconds)
    return task_id


@broker.on_event(TaskiqEvents.WORKER_STARTUP)
async def open_health_endpoint(state: TaskiqState) -> None:
    """Starts the endpoint of the worker's health check."""
    port = load(WorkerSettings).taskiq_worker_health_port
    state.health = await serve_health(port, broker.silence)


@broker.on_event(TaskiqEvents.WORKER_SHUTDOWN)
async def close_health_endpoint(state: TaskiqState) -> None:
    """Closes it when all tasks have ended."""
    state.health.close()
