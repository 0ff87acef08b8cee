"""What makes a queue FIFO, and what AWS demands of one that is."""

import json
from collections.abc import Iterable, Mapping

import pytest

from aws_policy_pack.rules.sqs.fifo import (
    fifo_deduplication,
    fifo_name_suffix,
    fifo_only_attributes,
    fifo_required,
    fifo_throughput_scope,
)
from aws_policy_pack.testing import UNKNOWN, Example, Report, Secret, analyze, analyze_stack
from aws_policy_pack.type_tokens import QUEUE, TOPIC
from tests.policies.rules.reading import problems

DEVELOPER_GUIDE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide"
HIGH_THROUGHPUT = "`fifoThroughputLimit` is 'perMessageGroupId'"


def test_a_standard_queue_that_must_be_fifo_is_told_why() -> None:
    [report] = analyze(fifo_required, {"name": "jobs-dev"}, config={"patterns": ["jobs-*"]})
    assert report.level == "mandatory"
    assert report.message == (
        "subject: `fifoQueue` is not set; wanted true, since the name matches 'jobs-*' (`patterns` "
        "of sqs-fifo-required). Fix: Set `fifoQueue` to true and end the name in '.fifo'; the "
        f"queue is then replaced. {DEVELOPER_GUIDE}/sqs-queue-types.html"
    )


PATTERNS = {"patterns": ["*-fifo", "*_fifo"]}


@pytest.mark.parametrize(
    ("name", "properties", "expected"),
    [
        pytest.param("orders-fifo", {}, ["`fifoQueue` is not set"], id="by-logical-name"),
        pytest.param("orders_fifo", {}, ["`fifoQueue` is not set"], id="by-second-pattern"),
        pytest.param(
            "orders", {"name": "o-fifo"}, ["`fifoQueue` is not set"], id="by-physical-name"
        ),
        pytest.param("orders", {"name": "orders"}, [], id="no-match"),
        pytest.param("Orders-FIFO", {}, [], id="other-case"),
        pytest.param("orders", {"name": None}, [], id="null-name"),
        pytest.param("orders-fifo", {"fifoQueue": True}, [], id="fifo"),
        pytest.param("orders-fifo", {"fifoQueue": "true"}, [], id="fifo-as-text"),
        pytest.param("orders-fifo", {"fifoQueue": False}, ["`fifoQueue` is false"], id="standard"),
        pytest.param(
            "orders-fifo", {"name": UNKNOWN}, ["`fifoQueue` is not set"], id="name-not-needed"
        ),
    ],
)
def test_queues_that_match_a_pattern_must_be_fifo(
    name: str, properties: Mapping[str, object], expected: list[str]
) -> None:
    found = analyze(fifo_required, properties, name=name, config=PATTERNS)
    assert problems(found) == [f"{name}: {problem}" for problem in expected]


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        pytest.param({"name": UNKNOWN}, "`name` is not known yet", id="unknown-name"),
        pytest.param({"name": ["a"]}, "`name` is a list, not text", id="name-of-another-kind"),
        pytest.param(
            {"name": "a-fifo", "fifoQueue": UNKNOWN}, "`fifoQueue` is not known yet", id="unknown"
        ),
        pytest.param(
            {"name": "a-fifo", "fifoQueue": 1}, "`fifoQueue` is 1, not true or false", id="number"
        ),
    ],
)
def test_a_queue_that_may_have_to_be_fifo_is_not_evaluated(
    properties: Mapping[str, object], reason: str
) -> None:
    found = analyze(fifo_required, properties, config=PATTERNS)
    assert problems(found) == [f"not evaluated: subject: {reason}"]


def test_without_patterns_no_queue_must_be_fifo() -> None:
    assert analyze(fifo_required, {"name": "a-fifo"}, config={"patterns": []}) == []


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        pytest.param(
            {"name": "orders", "fifoQueue": True},
            "`name` is 'orders' while `fifoQueue` is true; wanted a name that ends in '.fifo'. "
            "Fix: Add '.fifo' to `name`",
            id="fifo-without-suffix",
        ),
        pytest.param(
            {"name": "orders.fifo"},
            "`name` is 'orders.fifo' while `fifoQueue` is not set; wanted '.fifo' at the end of "
            "the name of a FIFO queue only. Fix: Set `fifoQueue` to true, or take '.fifo' off "
            "`name`",
            id="standard-with-suffix",
        ),
        pytest.param(
            {"namePrefix": "orders.fifo", "fifoQueue": True},
            "`namePrefix` is 'orders.fifo', and the provider adds to it; wanted a prefix without "
            "'.fifo'. Fix: Take '.fifo' off `namePrefix`; the provider ends the name of a FIFO "
            "queue in it",
            id="prefix-with-suffix",
        ),
    ],
)
def test_a_name_with_the_wrong_ending_is_told(
    properties: Mapping[str, object], message: str
) -> None:
    [report] = analyze(fifo_name_suffix, properties)
    assert report.level == "mandatory"
    assert report.message == (
        f"subject: {message}. {DEVELOPER_GUIDE}/fifo-queue-message-identifiers.html"
    )


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        pytest.param({}, [], id="absent"),
        pytest.param({"name": None, "namePrefix": None, "fifoQueue": True}, [], id="null"),
        pytest.param({"name": "", "fifoQueue": True}, [], id="empty-name"),
        pytest.param({"name": "orders.fifo", "fifoQueue": True}, [], id="fifo"),
        pytest.param({"name": "orders", "fifoQueue": False}, [], id="standard"),
        pytest.param({"name": "fifo", "fifoQueue": False}, [], id="the-word-alone"),
        pytest.param({"namePrefix": "orders-", "fifoQueue": True}, [], id="prefix"),
        pytest.param({"namePrefix": "orders-fifo"}, [], id="the-word-in-a-prefix"),
        pytest.param(
            {"name": "a.fifo", "fifoQueue": False},
            ["subject: `name` is 'a.fifo' while `fifoQueue` is false"],
            id="explicitly-standard",
        ),
        pytest.param(
            {"name": "a.fifo.old", "fifoQueue": True},
            ["subject: `name` is 'a.fifo.old' while `fifoQueue` is true"],
            id="suffix-in-the-middle",
        ),
        pytest.param({"name": Secret("a.fifo"), "fifoQueue": True}, [], id="secret-name"),
        pytest.param(
            {"namePrefix": "a.fifo-"},
            ["subject: `namePrefix` is 'a.fifo-', and the provider adds to it"],
            id="prefix-of-a-standard-queue",
        ),
        pytest.param(
            {"name": "orders", "fifoQueue": UNKNOWN},
            ["not evaluated: subject: `fifoQueue` is not known yet"],
            id="unknown-type",
        ),
        pytest.param(
            {"name": UNKNOWN}, ["not evaluated: subject: `name` is not known yet"], id="unknown"
        ),
        pytest.param(
            {"name": "a.fifo", "namePrefix": UNKNOWN},
            [
                "subject: `name` is 'a.fifo' while `fifoQueue` is not set",
                "not evaluated: subject: `namePrefix` is not known yet",
            ],
            id="unknown-prefix-beside-a-wrong-name",
        ),
    ],
)
def test_the_suffix_goes_with_fifo(properties: Mapping[str, object], expected: list[str]) -> None:
    assert problems(analyze(fifo_name_suffix, properties)) == expected


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        pytest.param(
            {"name": "orders.fifo"},
            ["subject: `name` is 'orders.fifo' while `fifoTopic` is not set"],
            id="standard with suffix",
        ),
        pytest.param(
            {"name": "orders", "fifoTopic": True},
            ["subject: `name` is 'orders' while `fifoTopic` is true"],
            id="FIFO without suffix",
        ),
        pytest.param(
            {"namePrefix": "orders.fifo", "fifoTopic": True},
            ["subject: `namePrefix` is 'orders.fifo', and the provider adds to it"],
            id="prefix with suffix",
        ),
        pytest.param({"name": "orders.fifo", "fifoTopic": True}, [], id="FIFO"),
        pytest.param({"name": "orders", "fifoQueue": True}, [], id="standard"),
    ],
)
def test_the_suffix_goes_with_fifo_for_topics_too(
    properties: Mapping[str, object], expected: list[str]
) -> None:
    assert problems(analyze(fifo_name_suffix, properties, type=TOPIC)) == expected


def test_what_to_do_about_a_topic_is_said_of_a_topic() -> None:
    told = [
        *analyze(fifo_name_suffix, {"name": "a.fifo", "namePrefix": "b.fifo"}, type=TOPIC),
        *analyze(fifo_only_attributes, {"contentBasedDeduplication": True}, type=TOPIC),
    ]
    assert [(report.wanted, report.fix) for report in told] == [
        (
            "'.fifo' at the end of the name of a FIFO topic only",
            "Set `fifoTopic` to true, or take '.fifo' off `name`",
        ),
        (
            "a prefix without '.fifo'",
            "Take '.fifo' off `namePrefix`; the provider ends the name of a FIFO topic in it",
        ),
        (
            "none of it on a standard topic",
            (
                "Make the topic FIFO with `fifoTopic` true and a name that ends in '.fifo', or "
                "drop what is for FIFO alone"
            ),
        ),
    ]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        pytest.param(
            {"contentBasedDeduplication": True},
            ["subject: `contentBasedDeduplication` is true while `fifoTopic` is not set"],
            id="deduplication",
        ),
        pytest.param(
            {"fifoThroughputScope": "Topic", "archivePolicy": "{}", "fifoTopic": False},
            [
                (
                    "subject: `fifoThroughputScope` is 'Topic' and `archivePolicy` is '{}' while "
                    "`fifoTopic` is false"
                )
            ],
            id="throughput and archive",
        ),
        pytest.param({"fifoTopic": True, "contentBasedDeduplication": True}, [], id="FIFO"),
        pytest.param({"contentBasedDeduplication": False}, [], id="standard"),
    ],
)
def test_fifo_attributes_are_for_fifo_topics(
    properties: Mapping[str, object], expected: list[str]
) -> None:
    assert problems(analyze(fifo_only_attributes, properties, type=TOPIC)) == expected


def test_fifo_attributes_of_a_standard_queue_are_told_together() -> None:
    properties = {
        "contentBasedDeduplication": True,
        "deduplicationScope": "queue",
        "fifoThroughputLimit": "perQueue",
    }
    [report] = analyze(fifo_only_attributes, properties)
    assert report.level == "mandatory"
    assert report.message == (
        "subject: `deduplicationScope` is 'queue' and `fifoThroughputLimit` is 'perQueue' and "
        "`contentBasedDeduplication` is true while `fifoQueue` is not set; wanted none of it on a "
        "standard queue. Fix: Make the queue FIFO with `fifoQueue` true and a name that ends in "
        "'.fifo', or drop what is for FIFO alone. https://docs.aws.amazon.com/"
        "AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html"
    )


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        pytest.param({}, [], id="absent"),
        pytest.param({"contentBasedDeduplication": False}, [], id="false-is-not-sent"),
        pytest.param({"deduplicationScope": None, "fifoThroughputLimit": ""}, [], id="null"),
        pytest.param(
            {"fifoQueue": True, "deduplicationScope": "queue", "contentBasedDeduplication": True},
            [],
            id="fifo",
        ),
        pytest.param(
            {"fifoQueue": True, "deduplicationScope": UNKNOWN}, [], id="fifo-with-unknown"
        ),
        pytest.param(
            {"fifoQueue": False, "deduplicationScope": "queue"},
            ["subject: `deduplicationScope` is 'queue' while `fifoQueue` is false"],
            id="scope",
        ),
        pytest.param(
            {"fifoThroughputLimit": "perQueue"},
            ["subject: `fifoThroughputLimit` is 'perQueue' while `fifoQueue` is not set"],
            id="throughput-limit",
        ),
        pytest.param(
            {"contentBasedDeduplication": "true"},
            ["subject: `contentBasedDeduplication` is true while `fifoQueue` is not set"],
            id="deduplication-as-text",
        ),
        pytest.param(
            {"fifoQueue": UNKNOWN, "deduplicationScope": "queue"},
            ["not evaluated: subject: `fifoQueue` is not known yet"],
            id="unknown-type",
        ),
        pytest.param(
            {"contentBasedDeduplication": UNKNOWN},
            ["not evaluated: subject: `contentBasedDeduplication` is not known yet"],
            id="unknown-deduplication",
        ),
        pytest.param(
            {"deduplicationScope": {"a": UNKNOWN}},
            ["not evaluated: subject: `deduplicationScope` is an object, not text"],
            id="wrong-kind",
        ),
    ],
)
def test_fifo_attributes_are_for_fifo_queues(
    properties: Mapping[str, object], expected: list[str]
) -> None:
    assert problems(analyze(fifo_only_attributes, properties)) == expected


def deduplication(
    properties: Mapping[str, object], beside: Iterable[Example] = (), declared: Iterable[str] = ()
) -> list[Report]:
    stack = [Example(type=QUEUE, name="subject", properties=properties), *beside]
    return analyze_stack(fifo_deduplication, stack, config={"queuesWithProducerIds": [*declared]})


def test_a_fifo_queue_without_deduplication_is_told() -> None:
    [report] = deduplication({"fifoQueue": True})
    assert report.level == "advisory"
    assert report.message == (
        "subject: `contentBasedDeduplication` is not set; wanted true, or the queue's logical name "
        "in `queuesWithProducerIds` of sqs-fifo-deduplication. Fix: Set "
        "`contentBasedDeduplication` to true, or declare the queue if each of its producers sends "
        f"a deduplication id. {DEVELOPER_GUIDE}/using-messagededuplicationid-property.html"
    )


@pytest.mark.parametrize(
    ("properties", "declared", "expected"),
    [
        pytest.param({}, [], [], id="standard"),
        pytest.param({"fifoQueue": False, "contentBasedDeduplication": False}, [], [], id="false"),
        pytest.param({"fifoQueue": True, "contentBasedDeduplication": True}, [], [], id="content"),
        pytest.param({"fifoQueue": True}, ["orders", "sub*"], [], id="declared"),
        pytest.param(
            {"fifoQueue": True, "contentBasedDeduplication": False},
            ["orders"],
            ["subject: `contentBasedDeduplication` is false"],
            id="another-queue-declared",
        ),
        pytest.param(
            {"fifoQueue": True, "contentBasedDeduplication": None},
            [],
            ["subject: `contentBasedDeduplication` is not set"],
            id="null",
        ),
        pytest.param(
            {"fifoQueue": True, "contentBasedDeduplication": UNKNOWN},
            [],
            ["not evaluated: subject: `contentBasedDeduplication` is not known yet"],
            id="unknown",
        ),
        pytest.param(
            {"fifoQueue": UNKNOWN},
            [],
            ["not evaluated: subject: `fifoQueue` is not known yet"],
            id="unknown-type",
        ),
        pytest.param(
            {"fifoQueue": True, "contentBasedDeduplication": 2},
            [],
            ["not evaluated: subject: `contentBasedDeduplication` is 2, not true or false"],
            id="wrong-kind",
        ),
    ],
)
def test_fifo_queues_deduplicate(
    properties: Mapping[str, object], declared: list[str], expected: list[str]
) -> None:
    assert problems(deduplication(properties, declared=declared)) == expected


DEAD = {"fifoQueue": True, "id": "dead", "arn": "arn:aws:sqs:eu-west-1:111122223333:dead.fifo"}
REDRIVEN = Example(
    type=QUEUE,
    name="orders",
    properties={
        "id": "orders",
        "fifoQueue": True,
        "contentBasedDeduplication": True,
        "redrivePolicy": json.dumps({"deadLetterTargetArn": DEAD["arn"], "maxReceiveCount": 3}),
    },
)
REDRIVE = Example(
    type="aws:sqs/redrivePolicy:RedrivePolicy",
    name="orders-redrive",
    properties={"queueUrl": "orders", "redrivePolicy": UNKNOWN},
    references={"redrivePolicy": ("subject",)},
)
UNDELIVERED = Example(
    type="aws:cloudwatch/eventTarget:EventTarget",
    name="sales",
    properties={"deadLetterConfig": {"arn": DEAD["arn"]}},
)
NOT_SET = ["subject: `contentBasedDeduplication` is not set"]


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        pytest.param([REDRIVEN], [], id="redriven by a queue"),
        pytest.param([REDRIVE], [], id="redriven by a resource beside a queue"),
        pytest.param([REDRIVEN, UNDELIVERED], NOT_SET, id="a service sends to it, too"),
        pytest.param([UNDELIVERED], NOT_SET, id="a service alone sends to it"),
    ],
)
def test_a_dead_letter_queue_that_only_redrives_feed_needs_no_deduplication(
    beside: list[Example], expected: list[str]
) -> None:
    assert problems(deduplication(DEAD, beside)) == expected


def test_high_throughput_without_its_scope_is_told() -> None:
    [report] = analyze(fifo_throughput_scope, {"fifoThroughputLimit": "perMessageGroupId"})
    assert report.level == "mandatory"
    assert report.message == (
        "subject: `deduplicationScope` is not set while `fifoThroughputLimit` is "
        "'perMessageGroupId'; wanted `deduplicationScope` 'messageGroup'. Fix: Set "
        "`deduplicationScope` to 'messageGroup', or drop `fifoThroughputLimit`. "
        f"{DEVELOPER_GUIDE}/high-throughput-fifo.html"
    )


@pytest.mark.parametrize(
    ("limit", "scope", "expected"),
    [
        pytest.param(None, None, [], id="neither"),
        pytest.param(None, UNKNOWN, [], id="no-limit"),
        pytest.param("perQueue", "queue", [], id="per-queue"),
        pytest.param("perMessageGroupId", "messageGroup", [], id="high-throughput"),
        pytest.param(
            "perMessageGroupId",
            "queue",
            [f"subject: `deduplicationScope` is 'queue' while {HIGH_THROUGHPUT}"],
            id="scope-of-the-queue",
        ),
        pytest.param(
            "perMessageGroupId",
            UNKNOWN,
            ["not evaluated: subject: `deduplicationScope` is not known yet"],
            id="unknown-scope",
        ),
        pytest.param(
            UNKNOWN,
            "queue",
            ["not evaluated: subject: `fifoThroughputLimit` is not known yet"],
            id="unknown-limit",
        ),
        pytest.param(
            [UNKNOWN],
            "queue",
            ["not evaluated: subject: `fifoThroughputLimit` is a list, not text"],
            id="wrong-kind",
        ),
    ],
)
def test_high_throughput_needs_the_message_group_as_scope(
    limit: object, scope: object, expected: list[str]
) -> None:
    properties = {"fifoQueue": True, "fifoThroughputLimit": limit, "deduplicationScope": scope}
    assert problems(analyze(fifo_throughput_scope, properties)) == expected
