"""The gaps of SQS in moto 5.2.5, closed one by one as in `gaps`."""

from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any, TypeAlias

from moto.sqs.exceptions import InvalidParameterValue, SQSException
from moto.sqs.models import Message, Queue, SQSBackend

_DEDUPLICATION_MS = 5 * 60 * 1000

Entry: TypeAlias = dict[str, Any]
Batch: TypeAlias = Callable[
    [SQSBackend, str, Sequence[Entry]], tuple[list[str], list[dict[str, Any]]]
]


def keep_queue_policies() -> None:
    """SetQueueAttributes keeps a policy that the call does not name; `""` removes either policy.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    """
    original = Queue._set_attributes  # noqa: SLF001 - moto has no other place to set them
    Queue.BASE_ATTRIBUTES = [*Queue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]

    def set_attributes(self: Any, attributes: dict[str, Any], now: float | None = None) -> None:  # noqa: ANN401 - a queue, whose attributes moto sets by name
        kept = getattr(self, "policy", None)
        allowed = getattr(self, "redrive_allow_policy", None)
        original(self, attributes, now)
        self.policy = attributes.get("Policy", kept)
        self.redrive_allow_policy = attributes.get("RedriveAllowPolicy", allowed) or None

    Queue._set_attributes = set_attributes  # type: ignore[method-assign] # noqa: SLF001 - the same


def deduplicate_as_long_as_aws() -> None:
    """A FIFO queue drops a duplicate for five minutes, even when the first message is gone.

    Where the queue's scope is the message group, only messages of one group are duplicates. moto
    compares with the messages that wait in the queue, of all groups.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
    """
    original = Queue.add_message

    def add_message(self: Any, message: Any) -> None:  # noqa: ANN401 - moto gives them attributes by name
        # A message that moves to a dead-letter queue has been received: no duplicate.
        if not self.fifo_queue or message.approximate_receive_count:
            original(self, message)
            return
        sent: dict[tuple[str | None, str], int] = self.__dict__.setdefault("sent_ids", {})
        per_group = getattr(self, "deduplication_scope", None) == "messageGroup"
        key = (message.group_id if per_group else None, message.deduplication_id)
        end = message.sent_timestamp - _DEDUPLICATION_MS
        # The messages stand in the order in which they were sent.
        for old in list(takewhile(lambda each: sent[each] <= end, sent)):
            del sent[old]
        if key in sent:
            return
        sent[key] = message.sent_timestamp
        with self._messages_lock:
            self._messages.append(message)
            self._messages_lock.notify_all()

    Queue.add_message = add_message  # type: ignore[method-assign]


def expire_receipts_for_deletion() -> None:
    """A receipt deletes a message only while the receipt is the message's last one.

    In a FIFO queue the message's visibility timeout must also last; any other receipt is refused.
    In a standard queue the call succeeds and deletes nothing.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html,
    and aws/aws-sdk-js, issue 1750, for the refusal.
    """
    original = Queue.delete_message

    def delete_message(self: Queue, receipt_handle: str) -> None:
        message = _received_with(self, receipt_handle)
        if message is not None:
            is_last = message.receipt_handle == receipt_handle
            if self.fifo_queue and (message.visible or not is_last):
                raise _refused(receipt_handle, "The receipt handle has expired.")
            if not is_last:
                return
        original(self, receipt_handle)

    Queue.delete_message = delete_message  # type: ignore[method-assign]


def expire_receipts_for_visibility() -> None:
    """Only the last receipt changes a message's visibility timeout, and only while that lasts.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html,
    and mapbox/ecs-watchbot, issue 135, for the refusal.
    """
    original = SQSBackend.change_message_visibility

    def change(
        self: SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int
    ) -> None:
        message = _received_with(self.get_queue(queue_name), receipt_handle)
        if message is not None and (message.visible or message.receipt_handle != receipt_handle):
            raise _refused(
                receipt_handle,
                "Message does not exist or is not available for visibility timeout change.",
            )
        original(self, queue_name, receipt_handle, visibility_timeout)

    SQSBackend.change_message_visibility = change  # type: ignore[method-assign]


def refuse_entries_alone() -> None:
    """An entry of a batch that is refused does not refuse the batch.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html
    """
    for name in ("delete_message_batch", "change_message_visibility_batch"):
        setattr(SQSBackend, name, _one_by_one(getattr(SQSBackend, name)))


def _one_by_one(original: Batch) -> Batch:
    def batch(
        self: SQSBackend, queue_name: str, entries: Sequence[Entry]
    ) -> tuple[list[str], list[dict[str, Any]]]:
        done: list[str] = []
        failed: list[dict[str, Any]] = []
        for entry in entries:
            try:
                succeeded, refused = original(self, queue_name, [entry])
            except SQSException as error:
                told = {"Code": error.code, "Message": error.message, "SenderFault": True}
                succeeded, refused = [], [{"Id": entry["Id"], **told}]
            done += succeeded
            failed += refused
        return done, failed

    return batch


def _received_with(queue: Queue, receipt_handle: str) -> Message | None:
    held = queue._messages  # noqa: SLF001 - moto shows only those that are visible
    return next((each for each in held if each.had_receipt_handle(receipt_handle)), None)


def _refused(receipt_handle: str, reason: str) -> InvalidParameterValue:
    return InvalidParameterValue(
        f"Value {receipt_handle} for parameter ReceiptHandle is invalid. Reason: {reason}"
    )


GAPS_OF_QUEUES = (
    keep_queue_policies,
    deduplicate_as_long_as_aws,
    expire_receipts_for_deletion,
    expire_receipts_for_visibility,
    refuse_entries_alone,
)
