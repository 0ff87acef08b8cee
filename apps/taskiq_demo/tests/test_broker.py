"""What goes to SQS and what is taken from it; the client answers as each test tells it."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from taskiq import AckableMessage

from taskiq_demo import broker as broker_module
from taskiq_demo.broker import DirectSQSBroker
from taskiq_demo.tasks import broker as demo_broker
from taskiq_demo.tasks import sleep

TASK = sleep.kicker().with_task_id("task-1")._prepare_message(0.5)  # noqa: SLF001 - as it is sent


def message(body: str | None = None, number: int = 1) -> dict[str, str]:
    """A message as SQS gives it; a task where no other body is given."""
    if body is None:
        body = demo_broker.formatter.dumps(TASK).message.decode()
    return {"MessageId": f"m{number}", "ReceiptHandle": f"r{number}", "Body": body}


class Client:
    """SQS: each receive is answered by what the test has put there, in order.

    Requests about a message are noted in `done`, or refused with the next of `errors`.
    """

    def __init__(self) -> None:
        self.answers: asyncio.Queue[list[dict[str, str]] | Exception] = asyncio.Queue()
        self.received: list[dict[str, Any]] = []
        self.asked = asyncio.Event()
        self.errors: list[Exception] = []
        self.done: list[tuple[str, object]] = []
        self.handled: asyncio.Queue[None] = asyncio.Queue()

    async def get_queue_url(self, **_: str) -> dict[str, str]:
        return {"QueueUrl": "https://queue"}

    async def receive_message(self, **asked: object) -> dict[str, Any]:
        self.received.append(asked)
        self.asked.set()
        answer = await self.answers.get()
        if isinstance(answer, Exception):
            raise answer
        return {"Messages": answer} if answer else {}

    async def change_message_visibility(self, **asked: object) -> None:
        self._do(f"hidden for {asked['VisibilityTimeout']}", asked["ReceiptHandle"])

    async def delete_message(self, **asked: object) -> None:
        self._do("deleted", asked["ReceiptHandle"])

    def _do(self, what: str, receipt: object) -> None:
        self.handled.put_nowait(None)
        if self.errors:
            raise self.errors.pop(0)
        self.done.append((what, receipt))


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> DirectSQSBroker:
    """The demo's broker, with its task."""
    monkeypatch.setattr(broker_module, "RETRY_SECONDS", 0)
    made = DirectSQSBroker("demo.fifo", region="eu-west-1", visibility_timeout=900)
    made.register_task(sleep.original_func, task_name=sleep.task_name)
    return made


def connect(broker: DirectSQSBroker) -> tuple[Client, AsyncGenerator[AckableMessage, None]]:
    """Its client, and its listener."""
    client = Client()
    broker._sqs_client = client  # type: ignore[assignment]  # noqa: SLF001 - startup makes the real one
    return client, broker.listen()


async def first(listener: AsyncGenerator[AckableMessage, None]) -> bytes:
    """The body of the next message, done with at once."""
    async with asyncio.timeout(5):
        found = await anext(listener)
    await found.ack()  # type: ignore[misc]
    return found.data


def test_nothing_is_received_before_a_message_is_asked_for(broker: DirectSQSBroker) -> None:
    async def run() -> None:
        client, listener = connect(broker)
        for number in range(3):
            client.answers.put_nowait([message(number=number)])

        await first(listener)
        await asyncio.sleep(0)

        (asked,) = client.received
        assert asked["MaxNumberOfMessages"] == 1
        assert asked["VisibilityTimeout"] == 900

    asyncio.run(run())


def test_an_error_of_sqs_does_not_end_the_worker(
    broker: DirectSQSBroker, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> bytes:
        client, listener = connect(broker)
        client.answers.put_nowait(EndpointConnectionError(endpoint_url="https://queue"))
        client.answers.put_nowait([])
        client.answers.put_nowait([message()])
        return await first(listener)

    assert demo_broker.formatter.loads(asyncio.run(run())).task_id == "task-1"
    assert 'Could not connect to the endpoint URL: "https://queue"' in caplog.text


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param("junk", "it is no task", id="no-task"),
        pytest.param(
            '{"task_id": "1", "task_name": "demo.new", "labels": {}, "args": [], "kwargs": {}}',
            "there is no task demo.new",
            id="a-task-of-a-newer-release",
        ),
    ],
)
def test_a_message_that_cannot_be_executed_is_left_for_the_dead_letter_queue(
    broker: DirectSQSBroker, caplog: pytest.LogCaptureFixture, body: str, told: str
) -> None:
    async def run() -> bytes:
        client, listener = connect(broker)
        client.answers.put_nowait([message(body, number=7)])
        client.answers.put_nowait([message()])
        return await first(listener)

    assert demo_broker.formatter.loads(asyncio.run(run())).task_id == "task-1"
    assert f"message m7 is left for the dead-letter queue: {told}" in caplog.text


def test_a_stopping_worker_hands_a_late_message_back(broker: DirectSQSBroker) -> None:
    async def run() -> list[tuple[str, object]]:
        client, listener = connect(broker)
        asked = asyncio.ensure_future(anext(listener))
        await client.asked.wait()
        asked.cancel()
        await asyncio.sleep(0)
        client.answers.put_nowait([message()])
        with pytest.raises(asyncio.CancelledError):
            await asked
        return client.done

    assert asyncio.run(run()) == [("hidden for 0", "r1")]


def refused(code: str) -> ClientError:
    """An answer of SQS that is an error."""
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "ChangeMessageVisibility")


NO_ANSWER = EndpointConnectionError(endpoint_url="https://queue")


async def hold(
    broker: DirectSQSBroker, errors: list[Exception], requests: int
) -> list[tuple[str, object]]:
    """Takes a message, and finishes it after so many requests about it; gives what was done."""
    client, listener = connect(broker)
    client.errors += errors
    client.answers.put_nowait([message()])
    found = await anext(listener)
    async with asyncio.timeout(5):
        for _ in range(requests):
            await client.handled.get()
    await found.ack()  # type: ignore[misc]
    return client.done


@pytest.fixture
def hurried(broker: DirectSQSBroker, monkeypatch: pytest.MonkeyPatch) -> DirectSQSBroker:
    """The broker, which hides a message anew every hundredth of a second."""
    monkeypatch.setattr(broker_module, "EXTENSIONS", 90_000)
    return broker


@pytest.mark.parametrize(
    "errors",
    [
        pytest.param([], id="no-error"),
        pytest.param([NO_ANSWER, refused("InternalError")], id="errors-that-pass"),
    ],
)
def test_a_message_is_hidden_for_as_long_as_its_task_runs(
    hurried: DirectSQSBroker, errors: list[Exception]
) -> None:
    done = asyncio.run(hold(hurried, errors, requests=len(errors) + 3))

    assert done[:3] == [("hidden for 900", "r1")] * 3
    assert done[-1] == ("deleted", "r1")


def test_a_message_is_deleted_once_sqs_answers_again(broker: DirectSQSBroker) -> None:
    errors = [NO_ANSWER, refused("InternalError"), refused("RequestThrottled")]

    assert asyncio.run(hold(broker, errors, requests=0)) == [("deleted", "r1")]


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("ReceiptHandleIsInvalid", id="deleted-or-expired"),
        pytest.param("AWS.SimpleQueueService.MessageNotInflight", id="visible-again"),
        pytest.param("InvalidParameterValue", id="after-twelve-hours"),
    ],
)
def test_a_message_that_is_no_longer_the_workers_is_left_alone(
    hurried: DirectSQSBroker, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    async def run() -> list[tuple[str, object]]:
        client, listener = connect(hurried)
        client.answers.put_nowait([message()])
        client.errors.append(refused(code))
        found = await anext(listener)
        async with asyncio.timeout(5):
            await client.handled.get()
        await asyncio.sleep(0.1)
        done = list(client.done)
        client.errors.append(refused(code))
        await found.ack()  # type: ignore[misc]
        return done + client.done

    assert asyncio.run(run()) == []
    assert [text.partition(": ")[0] for text in caplog.messages] == [
        "a message could not be hidden for longer",
        "a message could not be deleted",
    ]


def test_the_queue_is_silent_from_the_question_to_the_answer(broker: DirectSQSBroker) -> None:
    async def run() -> list[bool]:
        client, listener = connect(broker)
        silent = [broker.silence() > 0]
        asked = asyncio.ensure_future(first(listener))
        await client.asked.wait()
        silent.append(broker.silence() > 0)
        client.answers.put_nowait([message()])
        await asked
        return [*silent, broker.silence() > 0]

    assert asyncio.run(run()) == [False, True, False]
