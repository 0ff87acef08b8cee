"""Where results lie: objects in S3, named after their tasks."""

import asyncio
import logging
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from taskiq import TaskiqResult
from taskiq_aio_sqs import S3Backend

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
