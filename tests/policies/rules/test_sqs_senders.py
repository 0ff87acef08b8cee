"""Whether a queue lets in the services that send to it."""

import json
from dataclasses import replace

import pytest

from aws_policy_pack.rules.sqs.access import (
    ORDERS,
    SALES,
    SENT_TO,
    SUBSCRIBED,
    TOPIC_ARN,
    senders_allowed,
)
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack

EVENT_RULE_ARN = "arn:aws:events:eu-west-1:111122223333:rule/nightly"
BUCKET_ARN = "arn:aws:s3:::uploads"


def policy(
    service: object = "sns.amazonaws.com", *, source: object = None, **statement: object
) -> Example:
    condition = {"Condition": {"ArnLike": {"aws:SourceArn": source}}} if source else {}
    document = {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": service},
                "Action": "sqs:SendMessage",
                "Resource": SENT_TO,
                **condition,
                **statement,
            }
        ]
    }
    return Example(
        type="aws:sqs/queuePolicy:QueuePolicy",
        name="policy",
        properties={"policy": json.dumps(document)},
        references={"queueUrl": ("orders",)},
    )


NIGHTLY = (
    Example(
        type="aws:cloudwatch/eventRule:EventRule",
        name="nightly",
        properties={"name": "nightly", "arn": EVENT_RULE_ARN},
    ),
    Example(
        type="aws:cloudwatch/eventTarget:EventTarget",
        name="target",
        properties={"rule": "nightly", "arn": SENT_TO},
        references={"rule": ("nightly",), "arn": ("orders",)},
    ),
)
UPLOADS = (
    Example(type="aws:s3/bucket:Bucket", name="uploads", properties={"arn": BUCKET_ARN}),
    Example(
        type="aws:s3/bucketNotification:BucketNotification",
        name="notification",
        properties={"bucket": "uploads", "queues": [{"queueArn": SENT_TO, "events": []}]},
        references={"bucket": ("uploads",), "queues": ("orders",)},
    ),
)
SUBSCRIPTION = (SALES, SUBSCRIBED)
EACH = [
    pytest.param(SUBSCRIPTION, "sns.amazonaws.com", TOPIC_ARN, id="topic"),
    pytest.param(NIGHTLY, "events.amazonaws.com", EVENT_RULE_ARN, id="events"),
    pytest.param(UPLOADS, "s3.amazonaws.com", BUCKET_ARN, id="bucket"),
]


def told(*stack: Example) -> list[str]:
    return [report.message for report in analyze_stack(senders_allowed, [ORDERS, *stack])]


@pytest.mark.parametrize(("sender", "service", "source"), EACH)
def test_a_queue_that_lets_its_sender_in_passes(
    sender: tuple[Example, ...], service: str, source: str
) -> None:
    assert told(*sender, policy(service)) == []
    assert told(*sender, policy(service, source=source)) == []
    assert told(*sender, policy(service, source=[f"{source[:-3]}*", "arn:aws:x"])) == []
    assert told(*sender, policy(["lambda.amazonaws.com", service], Action="SQS:*")) == []
    assert told(*sender, policy(service, Principal="*")) == []


@pytest.mark.parametrize("key", ["aws:SourceAccount", "aws:SourceOrgID", "AWS:SOURCEORGID"])
def test_conditions_on_anything_but_the_source_are_passed_over(key: str) -> None:
    condition = {"StringEquals": {key: "111122223333"}}
    assert told(*SUBSCRIPTION, policy(Condition=condition)) == []


@pytest.mark.parametrize("key", ["aws:SourceArn", "AWS:SOURCEARN"])
def test_the_source_is_compared_whatever_the_case_of_its_key(key: str) -> None:
    condition = {"ArnLike": {key: "arn:aws:x"}}
    (message,) = told(*SUBSCRIPTION, policy(Condition=condition))
    assert "whose policy does not let" in message


@pytest.mark.parametrize(
    "arn", [pytest.param({"arn": UNKNOWN}, id="unknown"), pytest.param({}, id="absent")]
)
def test_a_source_whose_arn_is_not_known_may_be_the_one_of_the_condition(
    arn: dict[str, object],
) -> None:
    source = replace(NIGHTLY[0], properties={"name": "nightly", **arn})
    lets_in = policy("events.amazonaws.com", source=EVENT_RULE_ARN)
    assert told(source, NIGHTLY[1], lets_in) == []


@pytest.mark.parametrize(("sender", "service", "source"), EACH)
def test_a_queue_without_a_policy_for_its_sender_is_found(
    sender: tuple[Example, ...], service: str, source: str
) -> None:
    for stack, problem in (
        (sender, "which has no policy"),
        ((*sender, policy("lambda.amazonaws.com")), "whose policy does not let"),
        ((*sender, policy(service, source=f"{source}-other")), "whose policy does not let"),
        ((*sender, policy(service, Action="sqs:ReceiveMessage")), "whose policy does not let"),
        ((*sender, policy(service, Effect="Deny")), "whose policy does not let"),
    ):
        (message,) = told(*stack)
        assert problem in message
        assert f"allows 'sqs:SendMessage' to '{service}'" in message


def test_the_finding_is_about_the_sender() -> None:
    (message,) = told(*SUBSCRIPTION)
    assert message == (
        "orders-of-sales: `endpoint` sends to the queue 'orders', which has no policy; wanted a "
        "statement in the queue's policy that allows 'sqs:SendMessage' to 'sns.amazonaws.com'. "
        "Fix: Add a `QueuePolicy` with this statement, and the ARN of what sends as "
        f"`aws:SourceArn`. {senders_allowed.url}"
    )


def test_a_policy_in_the_queue_itself_counts() -> None:
    own = replace(ORDERS, properties={**ORDERS.properties, **policy().properties})
    assert analyze_stack(senders_allowed, [own, *SUBSCRIPTION]) == []


def subscribed(**properties: object) -> Example:
    return replace(SUBSCRIBED, properties={**SUBSCRIBED.properties, **properties}, references={})


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param([subscribed(protocol="lambda")], id="another-protocol"),
        pytest.param([subscribed(endpoint="arn:aws:sqs:x:1:far")], id="a-queue-elsewhere"),
        pytest.param(
            [
                NIGHTLY[0],
                replace(
                    NIGHTLY[1], properties={**NIGHTLY[1].properties, "roleArn": "arn:aws:iam::1:r"}
                ),
            ],
            id="a-target-with-a-role",
        ),
        pytest.param([], id="nobody-sends"),
    ],
)
def test_what_sends_nothing_to_a_queue_of_the_stack_passes(stack: list[Example]) -> None:
    assert told(SALES, *stack) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param("endpoint", SENT_TO, id="endpoint"),
        pytest.param(
            "redrivePolicy", json.dumps({"deadLetterTargetArn": SENT_TO}), id="dead-letters"
        ),
    ],
)
def test_a_queue_that_is_named_by_its_arn_is_found(path: str, value: str) -> None:
    far = subscribed(**{"protocol": "sqs", "endpoint": "arn:aws:sqs:x:1:far", path: value})
    (message,) = told(SALES, far)
    assert f"`{path}` sends to the queue 'orders'" in message


def test_dead_letters_of_another_protocol_are_sent_to_the_queue() -> None:
    redrive = json.dumps({"deadLetterTargetArn": SENT_TO})
    (message,) = told(SALES, subscribed(protocol="lambda", redrivePolicy=redrive))
    assert "`redrivePolicy` sends to the queue 'orders'" in message


def test_a_policy_that_is_not_known_yet_counts_where_it_comes_from_the_sender() -> None:
    unknown = replace(policy(), properties={"policy": UNKNOWN})
    made = replace(unknown, references={"queueUrl": ("orders",), "policy": ("orders", "sales")})
    assert told(*SUBSCRIPTION, made) == []
    (message,) = told(*SUBSCRIPTION, unknown)
    assert message.endswith("not evaluated: policy: `policy` is not known yet")
    assert told(*SUBSCRIPTION, replace(unknown, name="other"), made) == []
