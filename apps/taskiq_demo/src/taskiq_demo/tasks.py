"""The tasks, and the broker that `taskiq worker taskiq_demo.tasks:broker` listens to."""

import asyncio
import logging
from typing import TypeVar
from uuid import UUID, uuid4

from botocore.exceptions import BotoCoreError, ClientError
from taskiq import TaskiqEvents, TaskiqResult, TaskiqState
from taskiq.cli.worker.args import WorkerArgs
from taskiq_aio_sqs import S3Backend

from taskiq_demo.broker import DirectSQSBroker
from taskiq_demo.health import serve_health
from taskiq_demo.settings import Settings, WorkerSettings, load

RETRY_SECONDS = 5

Returned = TypeVar("Returned")

log = logging.getLogger(__name__)


class PatientS3Backend(S3Backend[Returned]):
    """Waits for S3 where a result cannot be written.

    TaskIQ would only log the error and delete the task's message: the task would be pending for
    ever. The message stays hidden while its worker waits.
    """

    async def set_result(self, task_id: str, result: TaskiqResult[Returned]) -> None:
        """Writes a result, as often as it takes."""
        while True:
            try:
                return await super().set_result(task_id, result)
            except (BotoCoreError, ClientError) as error:
                log.warning("the result of task %s could not be written: %s", task_id, error)
                await asyncio.sleep(RETRY_SECONDS)


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
def set_up_log(_state: TaskiqState) -> None:
    """Sets up the log of a process that executes tasks, where TaskIQ has not.

    TaskIQ 0.13 does so in the manager of these processes, from which they inherit it up to Python
    3.13 alone.
    """
    logging.basicConfig(level=logging.INFO, format=WorkerArgs.log_format)


@broker.on_event(TaskiqEvents.WORKER_STARTUP)
async def open_health_endpoint(state: TaskiqState) -> None:
    """Starts the endpoint of the worker's health check."""
    port = load(WorkerSettings).taskiq_worker_health_port
    state.health = await serve_health(port, broker.silence)


@broker.on_event(TaskiqEvents.WORKER_SHUTDOWN)
async def close_health_endpoint(state: TaskiqState) -> None:
    """Closes it when all tasks have ended."""
    state.health.close()
