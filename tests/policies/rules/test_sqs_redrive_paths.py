"""Where dead letters go in the end, and who may send them there."""

import json

import pytest

from aws_policy_pack.rules.sqs.links import (
    REDRIVE_ALLOW_POLICY,
    REDRIVE_POLICY,
    dead_letter_queue_shared,
    redrive_allow_policy,
    redrive_cycle,
)
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
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

DEAD_LETTERS_URL = f"{DEVELOPER_GUIDE}/sqs-dead-letter-queues.html"


def allowed(permission: str | None, *sources: str) -> str:
    return json.dumps(
        {
            "redrivePermission": permission,
            "sourceQueueArns": [f"{ACCOUNT}{source}" for source in sources],
        }
    )


def test_a_circle_is_told_once() -> None:
    stack = [queue("b", to="c"), queue("a", to="b"), queue("c", to="a")]
    [report] = analyze_stack(redrive_cycle, stack)
    assert (report.level, report.name) == ("advisory", "a")
    assert report.message == (
        "a: its dead letters come back to it: 'a' -> 'b' -> 'c' -> 'a'; wanted a dead-letter queue "
        "without a redrive policy at the end. Fix: Remove the redrive policy of the queue that is "
        f"to keep the dead letters. {DEAD_LETTERS_URL}"
    )


def test_a_dead_letter_queue_that_redrives_is_told() -> None:
    stack = [queue("a", to="dead"), queue("b", to="dead"), queue("dead", to="end"), queue("end")]
    [report] = analyze_stack(redrive_cycle, stack)
    assert (report.level, report.name) == ("advisory", "dead")
    assert report.message == (
        "dead: it takes the dead letters of 'a', 'b' and has a redrive policy itself, to 'end'; "
        "wanted no redrive policy on a dead-letter queue. Fix: Remove its redrive policy. "
        f"{DEAD_LETTERS_URL}"
    )


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param([], [], id="no-queues"),
        pytest.param([queue("a", to="dead"), queue("dead")], [], id="one-step"),
        pytest.param(
            [queue("a", to="dead"), queue("dead", redrivePolicy=UNKNOWN)],
            [],
            id="policy-that-the-provider-fills",
        ),
        pytest.param(
            [queue("a", to="a")],
            ["a: its dead letters come back to it: 'a' -> 'a'"],
            id="to-itself",
        ),
        pytest.param(
            [queue("a", to="b"), queue("b"), redrive_beside("b", "a")],
            ["a: its dead letters come back to it: 'a' -> 'b' -> 'a'"],
            id="through-a-policy-beside-a-queue",
        ),
        pytest.param(
            [queue("a", to="b"), queue("b", to="b")],
            ["b: its dead letters come back to it: 'b' -> 'b'"],
            id="into-a-circle",
        ),
        pytest.param(
            [queue("a", to="b"), queue("b", redrivePolicy=redrive_to("elsewhere"))],
            [
                (
                    "b: it takes the dead letters of 'a' and has a redrive policy itself, to a "
                    "queue outside this stack"
                )
            ],
            id="out-of-the-stack",
        ),
        pytest.param(
            [queue("a", to="b"), queue("b", to="c"), queue("c", to="d"), queue("d")],
            [
                "b: it takes the dead letters of 'a' and has a redrive policy itself, to 'c'",
                "c: it takes the dead letters of 'b' and has a redrive policy itself, to 'd'",
            ],
            id="chain",
        ),
        pytest.param(
            [queue("a", to="b"), queue("b", to="a"), queue("c", to="d"), queue("d", to="c")],
            [
                "a: its dead letters come back to it: 'a' -> 'b' -> 'a'",
                "c: its dead letters come back to it: 'c' -> 'd' -> 'c'",
            ],
            id="two-circles",
        ),
        pytest.param(
            [queue("a"), nobody_knows_whose(REDRIVE_POLICY, "redrivePolicy")],
            ["not evaluated: stray: `queueUrl` is not known yet"],
            id="policy-of-an-unknown-queue",
        ),
    ],
)
def test_dead_letters_stay_where_they_are_put(stack: list[Example], expected: list[str]) -> None:
    assert problems(analyze_stack(redrive_cycle, stack)) == expected


def test_a_shared_fifo_dead_letter_queue_is_told() -> None:
    stack = [queue("a", to="dead"), queue("b", to="dead"), queue("dead", fifoQueue=True)]
    [report] = analyze_stack(dead_letter_queue_shared, stack)
    assert (report.level, report.name) == ("advisory", "dead")
    assert report.message == (
        "dead: it takes the dead letters of 'a', 'b'; wanted one source for a FIFO dead-letter "
        "queue. Fix: Give each of these queues a dead-letter queue of its own. "
        f"{DEVELOPER_GUIDE}/sqs-configure-dead-letter-queue-redrive.html"
    )


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param([queue("dead", fifoQueue=True)], [], id="no-source"),
        pytest.param([queue("a", to="dead"), queue("dead", fifoQueue=True)], [], id="one-source"),
        pytest.param(
            [
                queue("a", to="dead"),
                redrive_beside("a", "dead"),
                queue("dead", fifoQueue=True),
            ],
            [],
            id="one-source-in-two-places",
        ),
        pytest.param(
            [queue("a", to="dead"), queue("b", to="dead"), queue("dead")], [], id="standard"
        ),
        pytest.param(
            [queue("a", to="dead"), queue("dead", fifoQueue=UNKNOWN)], [], id="type-not-needed"
        ),
        pytest.param(
            [
                queue("a", to="dead"),
                queue("b"),
                redrive_beside("b", "dead"),
                queue("dead", fifoQueue=True),
            ],
            ["dead: it takes the dead letters of 'a', 'b'"],
            id="one-of-them-beside",
        ),
        pytest.param(
            [queue("a", to="dead"), queue("b", to="dead"), queue("dead", fifoQueue=UNKNOWN)],
            ["not evaluated: dead: `fifoQueue` is not known yet"],
            id="unknown-type",
        ),
    ],
)
def test_fifo_queues_do_not_share(stack: list[Example], expected: list[str]) -> None:
    assert problems(analyze_stack(dead_letter_queue_shared, stack)) == expected


@pytest.mark.parametrize(
    ("dead", "message"),
    [
        pytest.param(
            queue("dead"),
            "it has no redrive allow policy, so any queue of the account may redrive to it; wanted "
            "`redrivePermission` 'byQueue' for 'a'. Fix: Add a `RedriveAllowPolicy` that names the "
            "`arn` of each source",
            id="no-policy",
        ),
        pytest.param(
            queue("dead", redriveAllowPolicy=allowed("allowAll")),
            "`redrivePermission` is 'allowAll'; wanted 'byQueue' for 'a'. Fix: Set "
            "`redrivePermission` to 'byQueue', and `sourceQueueArns` to the `arn` of each source",
            id="everyone",
        ),
        pytest.param(
            queue("dead", redriveAllowPolicy=allowed("byQueue", "b")),
            "its redrive allow policy does not name 'a'; wanted all sources of the dead-letter "
            "queue. Fix: Add the `arn` of each of them to `sourceQueueArns`",
            id="another-source",
        ),
    ],
)
def test_a_dead_letter_queue_open_to_others_is_told(dead: Example, message: str) -> None:
    [report] = analyze_stack(redrive_allow_policy, [queue("a", to="dead"), dead])
    assert (report.level, report.name) == ("advisory", "dead")
    assert report.message == (
        f"dead: {message}. {DEVELOPER_GUIDE}/sqs-configure-dead-letter-queue.html"
    )


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param([queue("dead")], [], id="no-sources"),
        pytest.param(
            [queue("a", to="dead"), queue("dead", redriveAllowPolicy=allowed("byQueue", "a"))],
            [],
            id="named-in-the-queue",
        ),
        pytest.param(
            [
                queue("a", to="dead"),
                queue("b", to="dead"),
                queue("dead"),
                allow_beside("dead", "b", "a"),
            ],
            [],
            id="named-beside-the-queue",
        ),
        pytest.param(
            [
                queue("a", to="dead"),
                queue("dead"),
                allow_beside("dead", "a", redriveAllowPolicy=allowed("byQueue", "a")),
            ],
            [],
            id="named-in-a-known-policy-beside-it",
        ),
        pytest.param(
            [
                queue("a", to="dead"),
                queue("b", to="dead"),
                queue("c", to="dead"),
                queue("dead"),
                allow_beside("dead", "b"),
            ],
            ["dead: its redrive allow policy does not name 'a', 'c'"],
            id="some-not-named",
        ),
        pytest.param(
            [queue("a", to="dead"), queue("dead", redriveAllowPolicy=allowed(None))],
            ["dead: `redrivePermission` is not set"],
            id="no-permission",
        ),
        pytest.param(
            [queue("a", to="dead"), queue("dead", redriveAllowPolicy=allowed("denyAll"))],
            ["dead: `redrivePermission` is 'denyAll'"],
            id="nobody",
        ),
        pytest.param(
            [queue("a", to="dead"), queue("dead", redriveAllowPolicy="")],
            ["dead: it has no redrive allow policy, so any queue of the account may redrive to it"],
            id="empty",
        ),
        pytest.param(
            [queue("a", to="dead"), queue("dead", redriveAllowPolicy="by queue")],
            ["not evaluated: dead: `redriveAllowPolicy` is the text 'by queue', not an object"],
            id="no-json",
        ),
        pytest.param(
            [queue("a", to="dead"), queue("dead"), nobody_knows_whose(REDRIVE_ALLOW_POLICY, "a")],
            ["not evaluated: stray: `queueUrl` is not known yet"],
            id="policy-of-an-unknown-queue",
        ),
    ],
)
def test_a_dead_letter_queue_names_its_sources(stack: list[Example], expected: list[str]) -> None:
    assert problems(analyze_stack(redrive_allow_policy, stack)) == expected


@pytest.mark.parametrize(
    ("count", "permission", "is_found"),
    [
        pytest.param(10, "allowAll", True, id="ten-could-be-named"),
        pytest.param(11, "allowAll", False, id="eleven-cannot"),
        pytest.param(11, None, False, id="eleven-by-default"),
        pytest.param(11, "denyAll", True, id="eleven-denied"),
    ],
)
def test_more_sources_than_can_be_named_may_be_let_in_together(
    count: int,
    permission: str | None,
    is_found: bool,  # noqa: FBT001 - a pytest parameter
) -> None:
    sources = [queue(f"source-{number}", to="dead") for number in range(count)]
    stack = [*sources, queue("dead", redriveAllowPolicy=allowed(permission))]
    assert bool(analyze_stack(redrive_allow_policy, stack)) is is_found


@pytest.mark.parametrize(("count", "is_found"), [(10, True), (11, False)])
def test_more_sources_than_can_be_named_need_no_policy(
    count: int,
    is_found: bool,  # noqa: FBT001 - a pytest parameter
) -> None:
    sources = [queue(f"source-{number}", to="dead") for number in range(count)]
    found = analyze_stack(redrive_allow_policy, [*sources, queue("dead")])
    assert bool(found) is is_found


def test_an_allow_policy_that_comes_from_elsewhere_is_not_evaluated() -> None:
    dead = Example(
        type=QUEUE,
        name="dead",
        properties={"redriveAllowPolicy": UNKNOWN},
        references={"redriveAllowPolicy": ("topic",)},
    )
    topic = Example(type="aws:sns/topic:Topic", name="topic")
    found = analyze_stack(redrive_allow_policy, [queue("a", to="dead"), dead, topic])
    assert problems(found) == ["not evaluated: dead: `redriveAllowPolicy` is not known yet"]
