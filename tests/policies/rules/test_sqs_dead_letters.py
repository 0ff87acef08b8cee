"""Dead-letter queues: each queue has one, of its own type, that keeps messages long enough."""

import pytest

from aws_policy_pack.rules.sqs.dead_letters import (
    dead_letter_queue_required,
    dead_letter_queue_same_type,
    dead_letter_retention,
)
from aws_policy_pack.rules.sqs.links import REDRIVE_ALLOW_POLICY, REDRIVE_POLICY
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack, urn_of
from aws_policy_pack.type_tokens import QUEUE
from tests.policies.rules.reading import problems
from tests.policies.rules.sqs_stacks import (
    ACCOUNT,
    DEVELOPER_GUIDE,
    allow_beside,
    nobody_knows_whose,
    queue,
    redrive_beside,
    redrive_to,
)

LONE = "the queue has no redrive policy, and nothing sends its failures to it"


def test_a_queue_without_dead_letter_queue_is_told() -> None:
    [report] = analyze_stack(dead_letter_queue_required, [queue("orders")])
    assert (report.level, report.name) == ("advisory", "orders")
    assert report.message == (
        f"orders: {LONE}; wanted a dead-letter queue, or the queue's logical name in `skip` of "
        "sqs-dead-letter-queue-required. Fix: Add a queue of the same type and name its `arn` in "
        f"`redrivePolicy`. {DEVELOPER_GUIDE}/sqs-dead-letter-queues.html"
    )


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param([], id="no-queues"),
        pytest.param([queue("orders", to="dead"), queue("dead")], id="known-policy"),
        pytest.param(
            [queue("orders", to="dead", redrivePolicy=UNKNOWN), queue("dead")], id="unknown-policy"
        ),
        pytest.param(
            [
                Example(
                    type=QUEUE, name="orders", properties={"redrivePolicy": redrive_to("dead")}
                ),
                queue("dead"),
            ],
            id="literal-arn",
        ),
        pytest.param(
            [queue("orders"), queue("dead"), redrive_beside("orders", "dead")],
            id="beside-the-queue",
        ),
        pytest.param(
            [queue("orders", redrivePolicy=redrive_to("elsewhere"))], id="queue-of-another-stack"
        ),
        pytest.param(
            [queue("orders", redriveAllowPolicy='{"redrivePermission": "byQueue"}')],
            id="takes-dead-letters-of-another-stack",
        ),
        pytest.param([queue("orders"), allow_beside("orders")], id="takes-them-by-a-resource"),
        pytest.param([queue("orders", redriveAllowPolicy="{}")], id="takes-them-by-default"),
    ],
)
def test_a_queue_with_a_dead_letter_queue_passes(stack: list[Example]) -> None:
    assert analyze_stack(dead_letter_queue_required, stack) == []


@pytest.mark.parametrize(
    ("stack", "lone"),
    [
        pytest.param([queue("orders", redrivePolicy="")], ["orders"], id="empty-policy"),
        pytest.param([queue("orders", redrivePolicy=None)], ["orders"], id="null-policy"),
        pytest.param(
            [queue("orders", redrivePolicy=UNKNOWN)],
            ["orders"],
            id="policy-that-the-provider-fills",
        ),
        pytest.param(
            [queue("orders", redriveAllowPolicy='{"redrivePermission": "denyAll"}')],
            ["orders"],
            id="nobody-may-redrive-to-it",
        ),
        pytest.param(
            [queue("a"), queue("b", to="dead"), queue("dead"), queue("c")],
            ["a", "c"],
            id="among-others",
        ),
        pytest.param(
            [queue("orders"), redrive_beside("other", "dead"), queue("other"), queue("dead")],
            ["orders"],
            id="policy-of-another-queue",
        ),
    ],
)
def test_every_queue_without_one_is_found(stack: list[Example], lone: list[str]) -> None:
    found = analyze_stack(dead_letter_queue_required, stack)
    assert problems(found) == [f"{name}: {LONE}" for name in lone]


@pytest.mark.parametrize(
    ("skip", "lone"),
    [
        pytest.param(["orders"], ["events-1"], id="name"),
        pytest.param(["events-*"], ["orders"], id="glob"),
        pytest.param(["*"], [], id="all"),
        pytest.param(["other"], ["orders", "events-1"], id="another-name"),
    ],
)
def test_queues_can_be_skipped(skip: list[str], lone: list[str]) -> None:
    found = analyze_stack(
        dead_letter_queue_required, [queue("orders"), queue("events-1")], config={"skip": skip}
    )
    assert [report.name for report in found] == lone


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        pytest.param(REDRIVE_POLICY, "redrivePolicy", id="redrive-policy"),
        pytest.param(REDRIVE_ALLOW_POLICY, "redriveAllowPolicy", id="allow-policy"),
    ],
)
def test_a_policy_of_an_unknown_queue_may_be_this_ones(kind: str, key: str) -> None:
    found = analyze_stack(
        dead_letter_queue_required, [queue("orders"), nobody_knows_whose(kind, key)]
    )
    assert problems(found) == ["not evaluated: stray: `queueUrl` is not known yet"]


def test_the_first_policy_of_an_unknown_queue_is_told() -> None:
    strays = [
        Example(type=REDRIVE_POLICY, name=name, properties={"queueUrl": UNKNOWN})
        for name in ("first", "second")
    ]
    found = analyze_stack(dead_letter_queue_required, [queue("orders"), *strays])
    assert problems(found) == ["not evaluated: first: `queueUrl` is not known yet"]


def test_a_dead_letter_queue_of_the_other_type_is_told() -> None:
    stack = [queue("orders", to="dead", fifoQueue=True), queue("dead")]
    [report] = analyze_stack(dead_letter_queue_same_type, stack)
    assert (report.level, report.name) == ("mandatory", "orders")
    assert report.message == (
        "orders: it is a FIFO queue, and its dead-letter queue 'dead' is standard; wanted a FIFO "
        "dead-letter queue. Fix: Redrive to a FIFO queue; the type of 'dead' can only be changed "
        f"by replacing it. {DEVELOPER_GUIDE}/sqs-dead-letter-queues.html"
    )


def test_each_of_several_dead_letter_queues_is_told_by_itself() -> None:
    orders = Example(
        type=QUEUE,
        name="orders",
        properties={"redrivePolicy": UNKNOWN, "fifoQueue": True},
        references={"redrivePolicy": ("late", "dead", "lost")},
    )
    stack = [orders, *map(queue, ("late", "dead", "lost"))]
    reports = analyze_stack(dead_letter_queue_same_type, stack)
    assert [report.related for report in reports] == [
        (urn_of(QUEUE, name),) for name in ("late", "dead", "lost")
    ]


@pytest.mark.parametrize("source_is_fifo", [True, False])
@pytest.mark.parametrize("target_is_fifo", [True, False])
def test_types_are_compared_both_ways_and_in_both_places(
    source_is_fifo: bool,  # noqa: FBT001 - a pytest parameter
    target_is_fifo: bool,  # noqa: FBT001 - a pytest parameter
) -> None:
    words = {True: "FIFO", False: "standard"}
    expected = [
        (
            f"orders: it is a {words[source_is_fifo]} queue, and its dead-letter queue 'dead' is "
            f"{words[target_is_fifo]}"
        )
    ] * (source_is_fifo != target_is_fifo)
    dead = queue("dead", fifoQueue=target_is_fifo)
    inside = [queue("orders", to="dead", fifoQueue=source_is_fifo), dead]
    beside = [queue("orders", fifoQueue=source_is_fifo), dead, redrive_beside("orders", "dead")]
    assert problems(analyze_stack(dead_letter_queue_same_type, inside)) == expected
    assert problems(analyze_stack(dead_letter_queue_same_type, beside)) == expected


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        pytest.param(queue("orders", redrivePolicy=redrive_to("elsewhere")), [], id="same"),
        pytest.param(
            queue("orders", fifoQueue=True, redrivePolicy=redrive_to("elsewhere.fifo")),
            [],
            id="both-fifo",
        ),
        pytest.param(
            queue("orders", redrivePolicy=redrive_to("elsewhere.fifo")),
            [
                (
                    f"orders: it is a standard queue, and its dead-letter queue "
                    f"'{ACCOUNT}elsewhere.fifo' is FIFO"
                )
            ],
            id="other",
        ),
        pytest.param(queue("orders", redrivePolicy="{}"), [], id="no-arn"),
        pytest.param(queue("orders", redrivePolicy=""), [], id="empty"),
        pytest.param(queue("orders", redrivePolicy=UNKNOWN), [], id="the-provider-fills-it"),
        pytest.param(queue("orders"), [], id="absent"),
        pytest.param(
            queue("orders", redrivePolicy={"deadLetterTargetArn": ["a"]}),
            ["not evaluated: orders: `redrivePolicy.deadLetterTargetArn` is a list, not text"],
            id="a-list-in-place-of-the-arn",
        ),
    ],
)
def test_a_dead_letter_queue_of_another_stack_is_told_by_its_arn(
    orders: Example, expected: list[str]
) -> None:
    assert problems(analyze_stack(dead_letter_queue_same_type, [orders])) == expected


@pytest.mark.parametrize(
    ("stack", "unknown"),
    [
        pytest.param(
            [queue("orders", to="dead", fifoQueue=UNKNOWN), queue("dead")], "orders", id="source"
        ),
        pytest.param(
            [queue("orders", to="dead"), queue("dead", fifoQueue=UNKNOWN)], "dead", id="target"
        ),
    ],
)
def test_a_type_that_is_not_known_is_told_of_its_queue(stack: list[Example], unknown: str) -> None:
    found = analyze_stack(dead_letter_queue_same_type, stack)
    assert problems(found) == [f"not evaluated: {unknown}: `fifoQueue` is not known yet"]


def test_a_policy_from_outside_that_is_not_known_is_not_evaluated() -> None:
    topic = Example(type="aws:sns/topic:Topic", name="topic")
    orders = Example(
        type=QUEUE,
        name="orders",
        properties={"redrivePolicy": UNKNOWN},
        references={"redrivePolicy": ("topic",)},
    )
    found = analyze_stack(dead_letter_queue_same_type, [topic, orders])
    assert problems(found) == ["not evaluated: orders: `redrivePolicy` is not known yet"]
    assert analyze_stack(dead_letter_queue_required, [topic, orders]) == []


def test_a_shorter_retention_of_dead_letters_is_told() -> None:
    stack = [queue("orders", to="dead"), queue("dead", messageRetentionSeconds=86_400)]
    [report] = analyze_stack(dead_letter_retention, stack)
    assert (report.level, report.name) == ("advisory", "dead")
    assert report.message == (
        "dead: it takes the dead letters of 'orders' and keeps them 86400 seconds; wanted at least "
        "345600 (`messageRetentionSeconds` of 'orders'). Fix: Set `messageRetentionSeconds` to "
        f"345600 or more. {DEVELOPER_GUIDE}/setting-up-dead-letter-queue-retention.html"
    )


@pytest.mark.parametrize(
    ("source", "target", "is_found"),
    [
        pytest.param(None, None, False, id="both-absent"),
        pytest.param(345_600, None, False, id="target-absent-and-equal"),
        pytest.param(345_601, None, True, id="target-absent-and-shorter"),
        pytest.param(None, 345_600, False, id="source-absent-and-equal"),
        pytest.param(None, 345_599, True, id="source-absent-and-longer"),
        pytest.param(1_000, 1_000, False, id="equal"),
        pytest.param(1_000, 999, True, id="a-second-shorter"),
        pytest.param(1_000, 1_001, False, id="longer"),
        pytest.param("1000", "999", True, id="numbers-as-text"),
    ],
)
def test_dead_letters_are_kept_at_least_as_long(
    source: object,
    target: object,
    is_found: bool,  # noqa: FBT001 - a pytest parameter
) -> None:
    dead = queue("dead", messageRetentionSeconds=target)
    inside = [queue("orders", to="dead", messageRetentionSeconds=source), dead]
    beside = [
        queue("orders", messageRetentionSeconds=source),
        dead,
        redrive_beside("orders", "dead"),
    ]
    assert bool(analyze_stack(dead_letter_retention, inside)) is is_found
    assert bool(analyze_stack(dead_letter_retention, beside)) is is_found


def test_each_source_is_compared_once() -> None:
    stack = [
        queue("a", to="dead", messageRetentionSeconds=600),
        queue("b", to="dead", messageRetentionSeconds=60),
        queue("c", to="dead", messageRetentionSeconds=700),
        redrive_beside("c", "dead"),
        queue("dead", messageRetentionSeconds=500),
    ]
    assert problems(analyze_stack(dead_letter_retention, stack)) == [
        "dead: it takes the dead letters of 'a' and keeps them 500 seconds",
        "dead: it takes the dead letters of 'c' and keeps them 500 seconds",
    ]


@pytest.mark.parametrize(
    ("stack", "reason"),
    [
        pytest.param(
            [queue("a", to="dead", messageRetentionSeconds=UNKNOWN), queue("dead")],
            "a: `messageRetentionSeconds` is not known yet",
            id="source",
        ),
        pytest.param(
            [queue("a", to="dead"), queue("dead", messageRetentionSeconds=UNKNOWN)],
            "dead: `messageRetentionSeconds` is not known yet",
            id="target",
        ),
        pytest.param(
            [queue("a", to="dead"), queue("dead", messageRetentionSeconds=[1])],
            "dead: `messageRetentionSeconds` is a list, not a number",
            id="wrong-kind",
        ),
        pytest.param(
            [
                queue("dead"),
                Example(
                    type=REDRIVE_POLICY,
                    name="stray",
                    properties={"queueUrl": UNKNOWN, "redrivePolicy": redrive_to("dead")},
                ),
            ],
            "stray: `queueUrl` is not known yet",
            id="source-of-a-policy-beside-it",
        ),
    ],
)
def test_a_retention_that_cannot_be_read_is_told_of_its_resource(
    stack: list[Example], reason: str
) -> None:
    found = analyze_stack(dead_letter_retention, stack)
    assert problems(found) == [f"not evaluated: {reason}"]
