"""TaskIQ's broker on SQS FIFO, with the rules that a shared queue needs."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from taskiq import AckableMessage
from taskiq_aio_sqs import SQSBroker, SQSQueue

if TYPE_CHECKING:  # The stubs are not a part of the image.
    from types_aiobotocore_sqs.type_defs import MessageTypeDef, ReceiveMessageResultTypeDef

POLL_SECONDS = 2
"""How long SQS may take to say that there is nothing; a stopping worker waits for its answer."""
RETRY_SECONDS = 5
EXTENSIONS = 3
"""A message is hidden anew so often within its timeout; a request may fail and be repeated."""
NO_LONGER_OURS = {
    "InvalidParameterValue",  # the receipt has expired, or SQS's twelve hours are over
    "MessageNotInflight",
    "NonExistentQueue",
    "ReceiptHandleIsInvalid",
}
"""Errors of SQS about a message that do not pass, without the namespace in front of them."""

log = logging.getLogger(__name__)


class DirectSQSBroker(SQSBroker):
    """Takes a message from the queue only when it can be executed at once.

    taskiq-aio-sqs 2.1 keeps up to 100 received messages in a buffer, where no other worker gets
    them and the auto-scaler takes them for work in progress. The id of a task is also its
    deduplication id, and the AWS SDK finds the endpoint by itself.

    Args:
        queue_name: A FIFO queue, `<name>.fifo`.
        region: Its AWS region.
        visibility_timeout: Seconds that a message stays hidden; extended while its task runs.
    """

    def __init__(self, queue_name: str, *, region: str, visibility_timeout: int) -> None:
        super().__init__(
            queue_name,
            region_name=region,
            visibility_timeout=visibility_timeout,
            enable_heartbeat=True,
            use_task_id_for_deduplication=True,
        )
        self._timeout = visibility_timeout
        self._unanswered_since: float | None = None

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        """Gives one message each time that it is asked for one.

        Raises:
            QueueNotFoundError: There is no such queue.
        """
        queue = self._default_queue
        url = await self._get_queue_url(queue.name)
        while True:
            self._unanswered_since = time.monotonic()
            for received in await self._receive(url):
                if not self._is_ours(received):
                    continue
                message = await self._to_ackable_message(received, queue, url)
                if message is not None:
                    self._unanswered_since = None
                    yield message

    def build_ack_fnx(
        self,
        queue_url: str,
        receipt_handle: str,
        *,
        heartbeat_task: asyncio.Task[None] | None = None,
        **_: object,
    ) -> Callable[[], Awaitable[None]]:
        """Gives what deletes a message; it stays hidden until that is done."""

        async def delete() -> None:
            try:
                await self._insist(
                    "deleted",
                    lambda: self._sqs_client.delete_message(
                        QueueUrl=queue_url, ReceiptHandle=receipt_handle
                    ),
                )
            finally:
                if heartbeat_task is not None:
                    heartbeat_task.cancel()

        return delete

    def silence(self) -> float:
        """Seconds for which SQS has been asked in vain; 0 while there is enough to do."""
        since = self._unanswered_since
        return 0.0 if since is None else time.monotonic() - since

    async def _receive(self, url: str) -> "list[MessageTypeDef]":
        """At most one message; an error of SQS is waited out, as no error of its ends a worker."""
        while True:
            receiving = asyncio.ensure_future(
                self._sqs_client.receive_message(
                    QueueUrl=url,
                    MaxNumberOfMessages=1,
                    WaitTimeSeconds=POLL_SECONDS,
                    VisibilityTimeout=self._timeout,
                )
            )
            try:
                return (await asyncio.shield(receiving)).get("Messages", [])
            except asyncio.CancelledError:
                await self._hand_back(url, receiving)
                raise
            except (BotoCoreError, ClientError) as error:
                log.error("no message could be received: %s", error)  # noqa: TRY400 - AWS's own sentence says it all
                await asyncio.sleep(RETRY_SECONDS)

    async def _heartbeat_loop(self, _: SQSQueue, queue_url: str, receipt_handle: str) -> None:
        """Keeps a message hidden; the one of taskiq-aio-sqs ends at the first error."""

        async def hide() -> None:
            await self._sqs_client.change_message_visibility(
                QueueUrl=queue_url, ReceiptHandle=receipt_handle, VisibilityTimeout=self._timeout
            )

        hidden = True
        while hidden:
            await asyncio.sleep(self._timeout / EXTENSIONS)
            hidden = await self._insist("hidden for longer", hide)

    async def _insist(self, what: str, request: Callable[[], Awaitable[object]]) -> bool:
        """Repeats a request about a message until SQS does it, or the message is another's."""
        while True:
            try:
                await request()
            except (BotoCoreError, ClientError) as error:
                log.warning("a message could not be %s: %s", what, error)
                if _code_of(error) in NO_LONGER_OURS:
                    return False
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return True

    async def _hand_back(
        self, url: str, receiving: "asyncio.Future[ReceiveMessageResultTypeDef]"
    ) -> None:
        """Lets others have at once what SQS still gave to a worker that is stopping."""
        try:
            for received in (await receiving).get("Messages", []):
                await self._sqs_client.change_message_visibility(
                    QueueUrl=url, ReceiptHandle=received["ReceiptHandle"], VisibilityTimeout=0
                )
        except (BotoCoreError, ClientError) as error:
            log.warning("a message may stay hidden until its timeout: %s", error)

    def _is_ours(self, received: "MessageTypeDef") -> bool:
        """Whether a message can be executed; TaskIQ would delete one that cannot.

        Left alone, it comes back after its timeout, for a worker that may know its task, and at
        last goes to the dead-letter queue.
        """
        try:
            name = self.formatter.loads(received["Body"].encode()).task_name
        except ValueError:
            name = None
        if name is not None and self.find_task(name) is not None:
            return True
        log.error(
            "message %s is left for the dead-letter queue: %s",
            received["MessageId"],
            "it is no task" if name is None else f"there is no task {name}",
        )
        return False


def _code_of(error: BotoCoreError | ClientError) -> str | None:
    """What AWS calls an error; `None` where it did not answer."""
    if not isinstance(error, ClientError):
        return None
    return error.response["Error"]["Code"].rpartition(".")[2]
