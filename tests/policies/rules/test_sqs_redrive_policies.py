"""The redrive policy itself: its shape, and how often a message is tried."""

import json
from collections.abc import Mapping

import pytest

from aws_policy_pack.rules.sqs.dead_letters import max_receive_count, redrive_policy_shape
from aws_policy_pack.rules.sqs.links import REDRIVE_POLICY
from aws_policy_pack.testing import UNKNOWN, Secret, analyze
from aws_policy_pack.type_tokens import QUEUE
from tests.policies.rules.reading import problems

ARN = "arn:aws:sqs:eu-west-1:111122223333:orders-dead.fifo"
SHAPE_URL = (
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/"
    "API_SetQueueAttributes.html"
)
both_places = pytest.mark.parametrize(
    "place",
    [pytest.param(QUEUE, id="in-the-queue"), pytest.param(REDRIVE_POLICY, id="beside-the-queue")],
)


def policy(target: object = ARN, count: object = 5, **others: object) -> str:
    return json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": count, **others})


@both_places
def test_a_list_in_place_of_the_arn_is_told(place: str) -> None:
    [report] = analyze(
        redrive_policy_shape, {"redrivePolicy": policy([ARN])}, type=place, name="orders"
    )
    assert report.level == "mandatory"
    assert report.message == (
        f"orders: `deadLetterTargetArn` is ['{ARN}']; wanted the ARN of one SQS queue as text. "
        "Fix: Give the `arn` of the dead-letter queue to `Output.json_dumps` as it is; "
        f"`Output.all` makes a list of it. {SHAPE_URL}"
    )


@pytest.mark.parametrize(
    ("redrive_policy", "message"),
    [
        pytest.param(
            policy("orders-dead"),
            "`deadLetterTargetArn` is 'orders-dead'; wanted the ARN of one SQS queue as text. Fix: "
            "Set it to the `arn` of the dead-letter queue",
            id="name-for-an-arn",
        ),
        pytest.param(
            policy(count=1_001),
            "`maxReceiveCount` is 1001; wanted a whole number from 1 to 1000. Fix: Set "
            "`maxReceiveCount` to how often a message may be received",
            id="too-many-receives",
        ),
        pytest.param(
            policy(maxReceives=3),
            "`redrivePolicy` has 'maxReceives' beside what SQS knows; wanted `deadLetterTargetArn` "
            "and `maxReceiveCount` only. Fix: Remove or correct these keys",
            id="unknown-key",
        ),
        pytest.param(
            "orders-dead",
            "`redrivePolicy` is 'orders-dead'; wanted an object of `deadLetterTargetArn` and "
            "`maxReceiveCount` as JSON text. Fix: Write it with `Output.json_dumps` from a dict of "
            "these two keys",
            id="no-json",
        ),
    ],
)
def test_each_mistake_is_told_with_its_fix(redrive_policy: str, message: str) -> None:
    [report] = analyze(redrive_policy_shape, {"redrivePolicy": redrive_policy})
    assert report.message == f"subject: {message}. {SHAPE_URL}"


@both_places
@pytest.mark.parametrize(
    "redrive_policy",
    [
        pytest.param(policy(), id="number"),
        pytest.param(policy(count="5"), id="number-as-text"),
        pytest.param(policy(count=1), id="fewest-receives"),
        pytest.param(policy(count=1_000), id="most-receives"),
        pytest.param(policy(count="1000"), id="most-receives-as-text"),
        pytest.param(policy(ARN.removesuffix(".fifo")), id="standard-queue"),
        pytest.param(policy("arn:aws-cn:sqs:cn-north-1:111122223333:a_b-C1"), id="partition"),
        pytest.param({"deadLetterTargetArn": ARN, "maxReceiveCount": 5}, id="object"),
        pytest.param(Secret(policy()), id="secret"),
        pytest.param("", id="empty"),
        pytest.param(None, id="null"),
    ],
)
def test_a_sound_redrive_policy_passes(redrive_policy: object, place: str) -> None:
    found = analyze(redrive_policy_shape, {"redrivePolicy": redrive_policy}, type=place)
    assert found == []


def test_a_queue_without_redrive_policy_passes() -> None:
    assert analyze(redrive_policy_shape, {}) == []


@pytest.mark.parametrize(
    ("redrive_policy", "expected"),
    [
        pytest.param("[]", ["`redrivePolicy` is '[]'"], id="list"),
        pytest.param("[" * 100_000, [f"`redrivePolicy` is '{'[' * 100_000}'"], id="too-deep"),
        pytest.param(["a"], ["`redrivePolicy` is ['a']"], id="list-of-the-wire"),
        pytest.param(False, ["`redrivePolicy` is false"], id="boolean"),
        pytest.param(
            "{}",
            ["`deadLetterTargetArn` is not set", "`maxReceiveCount` is not set"],
            id="nothing-in-it",
        ),
        pytest.param(policy(None), ["`deadLetterTargetArn` is not set"], id="null-arn"),
        pytest.param(policy([[ARN]]), [f"`deadLetterTargetArn` is [['{ARN}']]"], id="nested-list"),
        pytest.param(
            policy({"Ref": "dead"}), ["`deadLetterTargetArn` is {'Ref': 'dead'}"], id="object-arn"
        ),
        pytest.param(
            policy("arn:aws:sns:eu-west-1:111122223333:a"),
            ["`deadLetterTargetArn` is 'arn:aws:sns:eu-west-1:111122223333:a'"],
            id="arn-of-a-topic",
        ),
        pytest.param(
            policy(f"{ARN},{ARN}"), [f"`deadLetterTargetArn` is '{ARN},{ARN}'"], id="two-arns"
        ),
        pytest.param(policy(f" {ARN}"), [f"`deadLetterTargetArn` is ' {ARN}'"], id="blank"),
        pytest.param(policy(count=0), ["`maxReceiveCount` is 0"], id="zero"),
        pytest.param(policy(count="0"), ["`maxReceiveCount` is '0'"], id="zero-as-text"),
        pytest.param(policy(count="1001"), ["`maxReceiveCount` is '1001'"], id="text-too-many"),
        pytest.param(policy(count=2.5), ["`maxReceiveCount` is 2.5"], id="fraction"),
        pytest.param(policy(count=True), ["`maxReceiveCount` is true"], id="boolean-count"),
        pytest.param(policy(count="five"), ["`maxReceiveCount` is 'five'"], id="word"),
        pytest.param(policy(count="-1"), ["`maxReceiveCount` is '-1'"], id="negative-text"),
        pytest.param(policy(count=None), ["`maxReceiveCount` is not set"], id="null-count"),
        pytest.param(policy(count=[5]), ["`maxReceiveCount` is [5]"], id="count-as-a-list"),
        pytest.param(
            policy([ARN], 0, a=1, b=2),
            [
                "`redrivePolicy` has 'a', 'b' beside what SQS knows",
                f"`deadLetterTargetArn` is ['{ARN}']",
                "`maxReceiveCount` is 0",
            ],
            id="all-at-once",
        ),
    ],
)
def test_any_other_shape_is_found(redrive_policy: object, expected: list[str]) -> None:
    found = analyze(redrive_policy_shape, {"redrivePolicy": redrive_policy})
    assert problems(found) == [f"subject: {problem}" for problem in expected]


@pytest.mark.parametrize(
    ("redrive_policy", "path"),
    [
        pytest.param(UNKNOWN, "redrivePolicy", id="unknown"),
        pytest.param(
            {"deadLetterTargetArn": UNKNOWN, "maxReceiveCount": 5},
            "redrivePolicy.deadLetterTargetArn",
            id="unknown-arn",
        ),
        pytest.param(
            {"deadLetterTargetArn": [UNKNOWN]},
            "redrivePolicy.deadLetterTargetArn[0]",
            id="unknown-in-a-list",
        ),
    ],
)
def test_a_policy_that_is_not_known_is_not_evaluated(redrive_policy: object, path: str) -> None:
    found = analyze(redrive_policy_shape, {"redrivePolicy": redrive_policy})
    assert problems(found) == [f"not evaluated: subject: `{path}` is not known yet"]


@pytest.mark.parametrize(
    ("count", "wanted", "fix"),
    [
        pytest.param(1, "at least 2 (`min` of sqs-max-receive-count)", "Raise", id="too-few"),
        pytest.param(11, "at most 10 (`max` of sqs-max-receive-count)", "Lower", id="too-many"),
    ],
)
@both_places
def test_a_count_out_of_bounds_is_told(count: int, wanted: str, fix: str, place: str) -> None:
    [report] = analyze(max_receive_count, {"redrivePolicy": policy(count=count)}, type=place)
    assert report.level == "advisory"
    assert report.message == (
        f"subject: `maxReceiveCount` is {count}; wanted {wanted}. Fix: {fix} `maxReceiveCount`. "
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
        "sqs-dead-letter-queues.html"
    )


@pytest.mark.parametrize(
    ("count", "config", "expected"),
    [
        pytest.param(2, {}, [], id="fewest"),
        pytest.param(10, {}, [], id="most"),
        pytest.param("10", {}, [], id="most-as-text"),
        pytest.param("11", {}, ["subject: `maxReceiveCount` is 11"], id="too-many-as-text"),
        pytest.param(1, {"min": 1}, [], id="lower-minimum"),
        pytest.param(3, {"min": 4}, ["subject: `maxReceiveCount` is 3"], id="higher-minimum"),
        pytest.param(100, {"max": 100}, [], id="higher-maximum"),
        pytest.param(5, {"max": 4}, ["subject: `maxReceiveCount` is 5"], id="lower-maximum"),
        pytest.param(None, {}, [], id="null"),
        pytest.param(
            [1],
            {},
            ["not evaluated: subject: `redrivePolicy.maxReceiveCount` is a list, not a number"],
            id="list",
        ),
    ],
)
def test_the_count_stays_within_its_bounds(
    count: object, config: Mapping[str, object], expected: list[str]
) -> None:
    found = analyze(max_receive_count, {"redrivePolicy": policy(count=count)}, config=config)
    assert problems(found) == expected


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({}, id="absent"),
        pytest.param({"redrivePolicy": None}, id="null"),
        pytest.param({"redrivePolicy": ""}, id="empty"),
        pytest.param({"redrivePolicy": "{}"}, id="no-count"),
        pytest.param(
            {"redrivePolicy": {"deadLetterTargetArn": UNKNOWN, "maxReceiveCount": 3}},
            id="unknown-arn-beside-the-count",
        ),
    ],
)
def test_without_a_count_out_of_bounds_nothing_is_found(properties: Mapping[str, object]) -> None:
    assert analyze(max_receive_count, properties) == []


@pytest.mark.parametrize(
    ("redrive_policy", "reason"),
    [
        pytest.param(UNKNOWN, "`redrivePolicy` is not known yet", id="unknown"),
        pytest.param(
            {"maxReceiveCount": UNKNOWN},
            "`redrivePolicy.maxReceiveCount` is not known yet",
            id="unknown-count",
        ),
        pytest.param("no json", "`redrivePolicy` is the text 'no json', not an object", id="text"),
        pytest.param(
            '{"maxReceiveCount": 1' + "0" * 400 + "}",
            "`redrivePolicy` is not valid JSON: 1"
            + "0" * 19
            + "... is out of the range of numbers",
            id="no-number-of-a-provider",
        ),
    ],
)
def test_a_count_that_cannot_be_read_is_not_evaluated(redrive_policy: object, reason: str) -> None:
    found = analyze(max_receive_count, {"redrivePolicy": redrive_policy})
    assert problems(found) == [f"not evaluated: subject: {reason}"]
