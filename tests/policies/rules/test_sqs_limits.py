"""The numbers of a queue: what SQS takes, and what polling costs."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.rules.sqs.limits import fifo_delay, long_polling, message_limits
from aws_policy_pack.testing import UNKNOWN, analyze, remediate
from tests.policies.rules.reading import problems
from tests.policies.rules.sqs_stacks import DEVELOPER_GUIDE

CREATE_QUEUE = (
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html"
)


def test_a_number_out_of_range_is_told() -> None:
    [report] = analyze(message_limits, {"messageRetentionSeconds": 59})
    assert report.level == "mandatory"
    assert report.message == (
        "subject: `messageRetentionSeconds` is 59; wanted 60 to 1209600 seconds. Fix: Set "
        f"`messageRetentionSeconds` to a value in this range, or drop it. {CREATE_QUEUE}"
    )


@pytest.mark.parametrize(
    ("attribute", "least", "most", "unit"),
    [
        pytest.param("messageRetentionSeconds", 60, 1_209_600, "seconds", id="retention"),
        pytest.param("delaySeconds", 0, 900, "seconds", id="delay"),
        pytest.param("receiveWaitTimeSeconds", 0, 20, "seconds", id="wait"),
        pytest.param("maxMessageSize", 1_024, 1_048_576, "bytes", id="size"),
        pytest.param("visibilityTimeoutSeconds", 0, 43_200, "seconds", id="visibility"),
        pytest.param("kmsDataKeyReusePeriodSeconds", 60, 86_400, "seconds", id="reuse of a key"),
    ],
)
def test_both_bounds_are_inside_the_range(attribute: str, least: int, most: int, unit: str) -> None:
    for value in (None, least, most, str(least), str(most)):
        assert analyze(message_limits, {attribute: value}) == []
    for value in (least - 1, most + 1, str(most + 1)):
        [report] = analyze(message_limits, {attribute: value})
        assert report.message.startswith(
            f"subject: `{attribute}` is {value}; wanted {least} to {most} {unit}. Fix: "
        )


def test_a_number_that_cannot_be_read_does_not_hide_the_others() -> None:
    properties = {
        "messageRetentionSeconds": UNKNOWN,
        "receiveWaitTimeSeconds": 21,
        "maxMessageSize": [1],
    }
    assert problems(analyze(message_limits, properties)) == [
        "subject: `receiveWaitTimeSeconds` is 21",
        "not evaluated: subject: `messageRetentionSeconds` is not known yet",
        "not evaluated: subject: `maxMessageSize` is a list, not a number",
    ]


def test_a_word_that_sqs_does_not_know_is_told() -> None:
    [report] = analyze(message_limits, {"fifoThroughputLimit": "perGroup"})
    assert report.message == (
        "subject: `fifoThroughputLimit` is 'perGroup'; wanted 'perMessageGroupId' or 'perQueue'. "
        "Fix: Set `fifoThroughputLimit` to one of these words, or drop it. " + CREATE_QUEUE
    )


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        pytest.param({"deduplicationScope": "group"}, ["deduplicationScope"], id="scope"),
        pytest.param({"deduplicationScope": "messageGroup"}, [], id="scope of groups"),
        pytest.param({"deduplicationScope": "queue"}, [], id="scope of the queue"),
        pytest.param({"deduplicationScope": ""}, [], id="no scope"),
        pytest.param({"fifoThroughputLimit": "perQueue"}, [], id="limit"),
        pytest.param(
            {"fifoThroughputLimit": "perqueue", "deduplicationScope": "Queue"},
            ["deduplicationScope", "fifoThroughputLimit"],
            id="other case",
        ),
        pytest.param(
            {"sqsManagedSseEnabled": True, "kmsMasterKeyId": UNKNOWN}, ["encryption"], id="both"
        ),
        pytest.param(
            {"sqsManagedSseEnabled": False, "kmsMasterKeyId": "alias/a"},
            ["encryption"],
            id="the other one switched off",
        ),
        pytest.param({"sqsManagedSseEnabled": True, "kmsMasterKeyId": ""}, [], id="own"),
        pytest.param({"kmsMasterKeyId": "alias/a"}, [], id="key"),
    ],
)
def test_words_and_encryption_are_those_of_sqs(
    properties: Mapping[str, object], expected: list[str]
) -> None:
    assert [report.part for report in analyze(message_limits, properties)] == expected


def test_a_delay_on_a_fifo_queue_is_told() -> None:
    [report] = analyze(fifo_delay, {"fifoQueue": True, "delaySeconds": 30})
    assert report.message == (
        "subject: `delaySeconds` is 30 on a FIFO queue, for every message in it; wanted 0, or the "
        "queue's logical name in `delayedFifoQueues` of sqs-fifo-delay. Fix: Drop "
        f"`delaySeconds`, or declare that the queue is to delay. {fifo_delay.url}"
    )


@pytest.mark.parametrize(
    ("properties", "config", "expected"),
    [
        pytest.param({"fifoQueue": True, "delaySeconds": 0}, [], [], id="fifo-without-delay"),
        pytest.param({"fifoQueue": True}, [], [], id="absent"),
        pytest.param({"delaySeconds": 30}, [], [], id="standard"),
        pytest.param({"fifoQueue": UNKNOWN, "delaySeconds": 0}, [], [], id="type-not-needed"),
        pytest.param({"fifoQueue": True, "delaySeconds": 30}, ["sub*"], [], id="declared"),
        pytest.param(
            {"fifoQueue": True, "delaySeconds": 1},
            ["other"],
            ["subject: `delaySeconds` is 1 on a FIFO queue, for every message in it"],
            id="another-queue-declared",
        ),
        pytest.param(
            {"fifoQueue": UNKNOWN, "delaySeconds": 30},
            [],
            ["not evaluated: subject: `fifoQueue` is not known yet"],
            id="unknown-type",
        ),
    ],
)
def test_fifo_queues_delay_only_if_declared(
    properties: Mapping[str, object], config: list[str], expected: list[str]
) -> None:
    found = analyze(fifo_delay, properties, config={"delayedFifoQueues": config})
    assert problems(found) == expected


def test_short_polling_is_told() -> None:
    [report] = analyze(long_polling, {})
    assert report.level == "advisory"
    assert report.message == (
        "subject: `receiveWaitTimeSeconds` is not set; wanted at least 1 (`minSeconds` of "
        "sqs-long-polling). Fix: Set `receiveWaitTimeSeconds` to 20. "
        f"{DEVELOPER_GUIDE}/sqs-short-and-long-polling.html"
    )


@pytest.mark.parametrize(
    ("wait", "config", "expected"),
    [
        pytest.param(1, {}, [], id="shortest"),
        pytest.param("20", {}, [], id="longest-as-text"),
        pytest.param(0, {}, ["subject: `receiveWaitTimeSeconds` is 0"], id="none"),
        pytest.param(None, {}, ["subject: `receiveWaitTimeSeconds` is not set"], id="null"),
        pytest.param(10, {"minSeconds": 10}, [], id="configured"),
        pytest.param(
            9, {"minSeconds": 10}, ["subject: `receiveWaitTimeSeconds` is 9"], id="below-configured"
        ),
        pytest.param(
            UNKNOWN,
            {},
            ["not evaluated: subject: `receiveWaitTimeSeconds` is not known yet"],
            id="unknown",
        ),
        pytest.param(
            [UNKNOWN],
            {},
            ["not evaluated: subject: `receiveWaitTimeSeconds` is a list, not a number"],
            id="wrong-kind",
        ),
    ],
)
def test_a_receive_waits(wait: object, config: Mapping[str, object], expected: list[str]) -> None:
    found = analyze(long_polling, {"receiveWaitTimeSeconds": wait}, config=config)
    assert problems(found) == expected


@pytest.mark.parametrize(
    ("properties", "config", "after"),
    [
        pytest.param({}, {}, {"receiveWaitTimeSeconds": 20}, id="absent"),
        pytest.param({"receiveWaitTimeSeconds": 0}, {}, {"receiveWaitTimeSeconds": 20}, id="zero"),
        pytest.param({"receiveWaitTimeSeconds": 1}, {}, None, id="long-enough"),
        pytest.param(
            {"receiveWaitTimeSeconds": 9, "name": "orders"},
            {"minSeconds": 10},
            {"receiveWaitTimeSeconds": 20, "name": "orders"},
            id="below-configured",
        ),
    ],
)
def test_the_fix_is_the_longest_wait(
    properties: Mapping[str, object],
    config: Mapping[str, object],
    after: Mapping[str, object] | None,
) -> None:
    mended = remediate(long_polling, properties, config=config)
    assert (None if mended is None else dict(mended)) == after
