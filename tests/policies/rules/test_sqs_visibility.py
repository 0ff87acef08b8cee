"""How long a received message stays hidden, compared with who works on it."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from aws_policy_pack.rules.sqs.limits import (
    ALIAS,
    MAPPING,
    visibility_function_timeout,
    visibility_timeout,
)
from aws_policy_pack.rules.sqs.links import REDRIVE_POLICY
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack, urn_of
from aws_policy_pack.type_tokens import FUNCTION, QUEUE
from tests.policies.rules.reading import problems
from tests.policies.rules.sqs_stacks import (
    DEVELOPER_GUIDE,
    nobody_knows_whose,
    queue,
    redrive_beside,
    redrive_to,
)

URL = f"{DEVELOPER_GUIDE}/sqs-visibility-timeout.html"


@pytest.mark.parametrize(
    ("stack", "message"),
    [
        pytest.param(
            [queue("orders", visibilityTimeoutSeconds=20)],
            "`visibilityTimeoutSeconds` is 20; wanted at least 30 (`taskTimeoutSeconds` 30 times "
            "`factor` 1 of sqs-visibility-timeout). Fix: Set `visibilityTimeoutSeconds` to 30 or "
            "more",
            id="shorter-than-the-task",
        ),
        pytest.param(
            [queue("orders", to="dead", messageRetentionSeconds=150), queue("dead")],
            "a message is hidden 30 seconds for each of 5 receives, and expires after 150; wanted "
            "`visibilityTimeoutSeconds` times `maxReceiveCount` below `messageRetentionSeconds`. "
            "Fix: Raise `messageRetentionSeconds`, or lower one of the other two",
            id="expires-before-its-last-try",
        ),
    ],
)
def test_each_mistake_is_told(stack: list[Example], message: str) -> None:
    [report] = analyze_stack(visibility_timeout, stack)
    assert (report.level, report.name) == ("advisory", "orders")
    assert report.message == f"orders: {message}. {URL}"


def test_the_numbers_of_a_finding_are_written_out() -> None:
    config = {"taskTimeoutSeconds": 1_800, "factor": 1.5}
    [report] = analyze_stack(visibility_timeout, [queue("orders")], config=config)
    assert report.message == (
        "orders: `visibilityTimeoutSeconds` is not set; wanted at least 2700 (`taskTimeoutSeconds` "
        "1800 times `factor` 1.5 of sqs-visibility-timeout). Fix: Set `visibilityTimeoutSeconds` "
        f"to 2700 or more. {URL}"
    )
    orders = queue(
        "orders",
        to="dead",
        receives=100,
        visibilityTimeoutSeconds=43_200,
        messageRetentionSeconds=1_209_600,
    )
    assert problems(analyze_stack(visibility_timeout, [orders, queue("dead")])) == [
        (
            "orders: a message is hidden 43200 seconds for each of 100 receives, and expires after "
            "1209600"
        )
    ]


@pytest.mark.parametrize(
    ("visibility", "config", "wanted"),
    [
        pytest.param(None, {}, None, id="absent-is-30"),
        pytest.param(30, {}, None, id="equal"),
        pytest.param("30", {}, None, id="equal-as-text"),
        pytest.param(29, {}, "30 (`taskTimeoutSeconds` 30 times `factor` 1", id="a-second-less"),
        pytest.param(
            None,
            {"taskTimeoutSeconds": 31},
            "31 (`taskTimeoutSeconds` 31 times `factor` 1",
            id="absent-and-too-short",
        ),
        pytest.param(60, {"taskTimeoutSeconds": 20, "factor": 3}, None, id="factor-equal"),
        pytest.param(
            59,
            {"taskTimeoutSeconds": 20, "factor": 3},
            "60 (`taskTimeoutSeconds` 20 times `factor` 3",
            id="factor-too-short",
        ),
        pytest.param(
            59,
            {"taskTimeoutSeconds": 40, "factor": 1.5},
            "60 (`taskTimeoutSeconds` 40 times `factor` 1.5",
            id="fraction",
        ),
        pytest.param(
            1_800, {"taskTimeoutSeconds": 0.5, "overrides": {"orders": 1_800}}, None, id="override"
        ),
        pytest.param(
            1_799,
            {"overrides": {"orders": 1_800, "*": 1}},
            "1800 (`overrides.orders` 1800 times `factor` 1",
            id="override-too-short",
        ),
        pytest.param(
            9,
            {"overrides": {"ord*": 10, "o*": 5}},
            "10 (`overrides.ord*` 10 times `factor` 1",
            id="longest-glob",
        ),
        pytest.param(30, {"overrides": {"other": 40}}, None, id="override-of-another-queue"),
        pytest.param(43_200, {"taskTimeoutSeconds": 43_200}, None, id="longest"),
        pytest.param(0, {}, "30 (`taskTimeoutSeconds` 30 times `factor` 1", id="zero-is-legal"),
    ],
)
def test_a_message_stays_hidden_while_its_task_runs(
    visibility: object, config: Mapping[str, object], wanted: str | None
) -> None:
    found = analyze_stack(
        visibility_timeout,
        [queue("orders", visibilityTimeoutSeconds=visibility)],
        config=config,
    )
    assert [
        report.message.partition("; wanted at least ")[2].partition(" of sqs-")[0]
        for report in found
    ] == ([] if wanted is None else [wanted])


def test_nobody_works_on_dead_letters() -> None:
    inside = [queue("orders", to="dead"), queue("dead", visibilityTimeoutSeconds=1)]
    beside = [
        queue("orders"),
        queue("dead", visibilityTimeoutSeconds=1),
        redrive_beside("orders", "dead", redrivePolicy=redrive_to("dead")),
    ]
    assert analyze_stack(visibility_timeout, inside) == []
    assert analyze_stack(visibility_timeout, beside) == []


@pytest.mark.parametrize(
    ("visibility", "receives", "retention", "is_found"),
    [
        pytest.param(100, 10, 1_001, False, id="a-second-left"),
        pytest.param(100, 10, 1_000, True, id="just-expired"),
        pytest.param(100, 10, 999, True, id="expired"),
        pytest.param(None, 10, 301, False, id="default-visibility"),
        pytest.param(None, 10, 300, True, id="default-visibility-expired"),
        pytest.param(43_200, 7, None, False, id="default-retention"),
        pytest.param(43_200, 8, None, True, id="default-retention-expired"),
    ],
)
def test_a_message_does_not_expire_before_its_last_try(
    visibility: int | None,
    receives: int,
    retention: int | None,
    is_found: bool,  # noqa: FBT001 - a pytest parameter
) -> None:
    orders = queue(
        "orders",
        to="dead",
        receives=receives,
        visibilityTimeoutSeconds=visibility,
        messageRetentionSeconds=retention,
    )
    alone = replace(orders, properties={**orders.properties, "redrivePolicy": ""}, references={})
    policy = redrive_beside("orders", "dead", redrivePolicy=redrive_to("dead", receives))
    inside = [orders, queue("dead")]
    beside = [alone, queue("dead"), policy]
    assert bool(analyze_stack(visibility_timeout, inside)) is is_found
    assert bool(analyze_stack(visibility_timeout, beside)) is is_found


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param(
            [queue("orders", visibilityTimeoutSeconds=UNKNOWN)],
            ["not evaluated: orders: `visibilityTimeoutSeconds` is not known yet"],
            id="unknown",
        ),
        pytest.param(
            [queue("orders", visibilityTimeoutSeconds={"a": 1})],
            ["not evaluated: orders: `visibilityTimeoutSeconds` is an object, not a number"],
            id="wrong-kind",
        ),
        pytest.param(
            [queue("orders", to="dead", messageRetentionSeconds=UNKNOWN), queue("dead")],
            ["not evaluated: orders: `messageRetentionSeconds` is not known yet"],
            id="unknown-retention",
        ),
        pytest.param(
            [
                queue("orders", visibilityTimeoutSeconds=10),
                queue("dead"),
                redrive_beside("orders", "dead"),
            ],
            [
                "orders: `visibilityTimeoutSeconds` is 10",
                "not evaluated: orders-redrive: `redrivePolicy` is not known yet",
            ],
            id="unknown-policy-beside-a-short-timeout",
        ),
        pytest.param(
            [queue("orders"), nobody_knows_whose(REDRIVE_POLICY, "redrivePolicy")],
            ["not evaluated: stray: `queueUrl` is not known yet"],
            id="policy-of-an-unknown-queue",
        ),
        pytest.param([queue("orders", redrivePolicy="{}")], [], id="no-count"),
        pytest.param([queue("orders", redrivePolicy=UNKNOWN)], [], id="the-provider-fills-it"),
        pytest.param([Example(type=QUEUE, name="orders")], [], id="nothing-set"),
    ],
)
def test_what_cannot_be_read_is_told(stack: list[Example], expected: list[str]) -> None:
    assert problems(analyze_stack(visibility_timeout, stack)) == expected


def reading(
    queue_says: Mapping[str, object], function_says: Mapping[str, object], *, by: str = "bill"
) -> list[Example]:
    """A queue that a function reads, itself or by an alias."""
    return [
        Example(type=QUEUE, name="orders", properties=queue_says),
        Example(type=FUNCTION, name="bill", properties=function_says),
        Example(type=ALIAS, name="live", references={"functionName": ("bill",)}),
        Example(
            type=MAPPING,
            name="read",
            references={"eventSourceArn": ("orders",), "functionName": (by,)},
        ),
    ]


def test_a_function_that_may_run_longer_than_a_message_is_hidden_is_told() -> None:
    [report] = analyze_stack(visibility_function_timeout, reading({}, {"timeout": 60}))
    assert (report.level, report.part) == ("mandatory", "")
    assert report.message == (
        "orders: a message is hidden 30 seconds, and the function 'bill' that reads the queue may "
        "run for 60; wanted at least 60, and six times that as AWS advises. Fix: Raise "
        "`visibilityTimeoutSeconds`, or lower `timeout` of the function. "
        "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"
    )
    assert report.related == (urn_of(FUNCTION, "bill"), urn_of(MAPPING, "read"))


@pytest.mark.parametrize("by", ["bill", "live"])
@pytest.mark.parametrize(
    ("visibility", "timeout", "count"),
    [
        pytest.param(None, 30, 0, id="default of the queue"),
        pytest.param(None, 31, 1, id="default of the queue is short"),
        pytest.param(3, None, 0, id="default of the function"),
        pytest.param(2, None, 1, id="default of the function is long"),
        pytest.param(0, 1, 1, id="not hidden at all"),
        pytest.param("900", "900", 0, id="texts"),
        pytest.param(899, 900, 1, id="a second short"),
        pytest.param(360, 60, 0, id="six times as long"),
    ],
)
def test_a_message_stays_hidden_while_a_function_runs(
    by: str, visibility: object, timeout: object, count: int
) -> None:
    stack = reading({"visibilityTimeoutSeconds": visibility}, {"timeout": timeout}, by=by)
    assert len(analyze_stack(visibility_function_timeout, stack)) == count


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param(
            reading({"visibilityTimeoutSeconds": UNKNOWN}, {}),
            ["not evaluated: orders: `visibilityTimeoutSeconds` is not known yet"],
            id="queue",
        ),
        pytest.param(
            reading({}, {"timeout": UNKNOWN}),
            ["not evaluated: bill: `timeout` is not known yet"],
            id="function",
        ),
        pytest.param(
            [
                *reading({}, {}, by="live")[:2],
                Example(type=ALIAS, name="live", properties={"functionName": UNKNOWN}),
                reading({}, {}, by="live")[3],
            ],
            ["not evaluated: live: `functionName` is not known yet"],
            id="alias",
        ),
        pytest.param(
            [
                queue("orders"),
                Example(
                    type=MAPPING,
                    name="read",
                    properties={"functionName": "elsewhere"},
                    references={"eventSourceArn": ("orders",)},
                ),
            ],
            [],
            id="a function of another stack",
        ),
        pytest.param(
            [
                Example(type=FUNCTION, name="bill", properties={"timeout": 900}),
                Example(
                    type=MAPPING,
                    name="read",
                    properties={"eventSourceArn": "arn:aws:kinesis:eu-west-1:1:stream/a"},
                    references={"functionName": ("bill",)},
                ),
            ],
            [],
            id="a stream",
        ),
    ],
)
def test_a_mapping_whose_timeouts_are_not_known_is_not_found(
    stack: list[Example], expected: list[str]
) -> None:
    assert problems(analyze_stack(visibility_function_timeout, stack)) == expected
