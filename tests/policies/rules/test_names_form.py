"""The form of physical names: AWS's and a team's own."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.config import ConfigError
from aws_policy_pack.profiles import read_settings
from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules.names.form import follow_pattern, within_limits
from aws_policy_pack.rules.names.unique import unique_physical
from aws_policy_pack.testing import UNKNOWN, analyze

QUEUE = "aws:sqs/queue:Queue"
TOPIC = "aws:sns/topic:Topic"
ALB = "aws:lb/loadBalancer:LoadBalancer"
TABLE = "aws:dynamodb/table:Table"
INSTANCE = "aws:rds/instance:Instance"
ZEROS = "0" * 26
SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html"
ELB = (
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/"
    "API_CreateLoadBalancer.html"
)
DYNAMODB = (
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
    "HowItWorks.NamingRulesDataTypes.html"
)


def judge(
    rule: AnyRule,
    kind: str,
    properties: Mapping[str, object],
    config: Mapping[str, object] | None = None,
) -> list[str]:
    """The texts, without what the SDK puts before that of a rule that could not run."""
    found = analyze(rule, properties, type=kind, config=config)
    return [report.text for report in found]


@pytest.mark.parametrize(
    ("kind", "properties", "problem", "wanted", "fix"),
    [
        pytest.param(
            QUEUE,
            {"name": "a" * 81},
            f"`name` is '{'a' * 81}', 81 characters",
            f"1 to 80 characters ({SQS})",
            "Shorten the name",
            id="one character too long",
        ),
        pytest.param(
            TABLE,
            {"name": "ab"},
            "`name` is 'ab', 2 characters",
            f"3 to 255 characters ({DYNAMODB})",
            "Lengthen the name",
            id="one character too short",
        ),
        pytest.param(
            QUEUE,
            {"name": "orders dev"},
            "`name` is 'orders dev', not of the form that AWS takes",
            "letters, digits, hyphens and underscores, and at the end `.fifo` if it is FIFO "
            f"({SQS})",
            "Change the name to that form",
            id="a character that AWS does not take",
        ),
        pytest.param(
            ALB,
            {"namePrefix": "orders-"},
            f"`namePrefix` 'orders-' makes names like 'orders-{ZEROS}', 33 characters",
            f"1 to 32 characters ({ELB})",
            "Shorten the name",
            id="a prefix one character too long",
        ),
        pytest.param(
            ALB,
            {"namePrefix": "-web"},
            f"`namePrefix` '-web' makes names like '-web{ZEROS}', not of the form that AWS takes",
            "letters, digits and hyphens, with no hyphen at either end, and without `internal-` in "
            f"front ({ELB})",
            "Change the name to that form",
            id="a prefix that begins names as AWS does not take them",
        ),
        pytest.param(
            QUEUE,
            {"namePrefix": "a" * 50, "fifoQueue": True},
            f"`namePrefix` '{'a' * 50}' makes names like '{'a' * 50}{ZEROS}.fifo', 81 characters",
            f"1 to 80 characters ({SQS})",
            "Shorten the name",
            id="a prefix that leaves no room for .fifo",
        ),
        pytest.param(
            TOPIC,
            {"namePrefix": "a" * 226, "fifoTopic": True},
            f"`namePrefix` '{'a' * 226}' makes names like '{'a' * 226}{ZEROS}.fifo', "
            "257 characters",
            "1 to 256 characters (https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html)",
            "Shorten the name",
            id="a prefix of a topic that leaves no room for .fifo",
        ),
        pytest.param(
            INSTANCE,
            {"identifier": "db", "finalSnapshotIdentifier": "db-final-"},
            "`finalSnapshotIdentifier` is 'db-final-', not of the form that AWS takes",
            "letters, digits and single hyphens, with a letter in front and no hyphen at the end "
            "(https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html)",
            "Change the name to that form",
            id="the name of a final snapshot",
        ),
    ],
)
def test_a_name_that_aws_does_not_take_is_found(
    kind: str, properties: Mapping[str, object], problem: str, wanted: str, fix: str
) -> None:
    expected = f"subject: {problem}; wanted {wanted}. Fix: {fix}. {within_limits.url}"
    assert judge(within_limits, kind, properties) == [expected]


@pytest.mark.parametrize(
    ("properties", "parts"),
    [
        pytest.param({"name": "a b" * 12}, ["length of name", "form of name"], id="a name"),
        pytest.param({"namePrefix": "orders-"}, ["length of namePrefix"], id="a long prefix"),
        pytest.param({"namePrefix": "-web"}, ["form of namePrefix"], id="a wrong prefix"),
    ],
)
def test_a_finding_says_whether_it_is_about_the_name_or_the_prefix(
    properties: Mapping[str, object], parts: list[str]
) -> None:
    found = analyze(within_limits, properties, type=ALB)
    assert [report.part for report in found] == parts


def test_length_and_characters_are_both_told() -> None:
    assert len(judge(within_limits, QUEUE, {"name": "a b" * 30})) == 2


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        pytest.param(QUEUE, {"name": "a" * 80}, id="the longest"),
        pytest.param(TABLE, {"name": "abc"}, id="the shortest"),
        pytest.param(QUEUE, {"name": f"{'a' * 75}.fifo"}, id="the longest with .fifo"),
        pytest.param(ALB, {"namePrefix": "order-"}, id="the longest prefix"),
        pytest.param(
            QUEUE, {"namePrefix": "a" * 49, "fifoQueue": True}, id="the longest FIFO prefix"
        ),
        pytest.param(QUEUE, {"namePrefix": "a" * 54}, id="the longest prefix without .fifo"),
        pytest.param(QUEUE, {}, id="no name"),
        pytest.param(QUEUE, {"name": None, "namePrefix": None}, id="null"),
        pytest.param(QUEUE, {"name": "", "namePrefix": ""}, id="empty texts"),
        pytest.param(INSTANCE, {"identifier": "db"}, id="no final snapshot"),
        pytest.param("aws:lb/listenerRule:ListenerRule", {"priority": 7}, id="a priority"),
    ],
)
def test_a_name_that_aws_takes_passes(kind: str, properties: Mapping[str, object]) -> None:
    assert judge(within_limits, kind, properties) == []


@pytest.mark.parametrize("path", ["name", "namePrefix"])
def test_a_name_that_is_not_known_is_not_judged(path: str) -> None:
    assert judge(within_limits, QUEUE, {path: UNKNOWN}) == [
        f"not evaluated: subject: `{path}` is not known yet"
    ]


def test_priorities_have_no_form_to_look_at() -> None:
    assert "aws:lb/listenerRule:ListenerRule" not in within_limits.types


def off(path: str, name: str, pattern: str, glob: str) -> str:
    return (
        f"subject: `{path}` is '{name}'; wanted a name that matches {pattern} (`patterns.{glob}` "
        "of names-follow-pattern). Fix: Rename it, or agree on another pattern in the pack's "
        f"config. {follow_pattern.url}"
    )


@pytest.mark.parametrize(
    ("kind", "properties", "config", "expected"),
    [
        pytest.param(
            QUEUE,
            {"name": "Orders"},
            follow_pattern.example_config,
            off("name", "Orders", "[a-z0-9._/-]+", "*"),
            id="a capital letter",
        ),
        pytest.param(
            QUEUE,
            {"name": "orders"},
            {"patterns": {"aws:sqs/*": "shop-.*", "*": ".*"}},
            off("name", "orders", "shop-.*", "aws:sqs/*"),
            id="the most specific glob",
        ),
        pytest.param(
            QUEUE,
            {"name": "shop-1-x"},
            {"patterns": {"*": "shop-[0-9]+"}},
            off("name", "shop-1-x", "shop-[0-9]+", "*"),
            id="more than the pattern",
        ),
        pytest.param(
            INSTANCE,
            {"identifier": "db", "finalSnapshotIdentifier": "Final"},
            follow_pattern.example_config,
            off("finalSnapshotIdentifier", "Final", "[a-z0-9._/-]+", "*"),
            id="each name of a resource",
        ),
    ],
)
def test_a_name_off_the_pattern_is_found(
    kind: str, properties: Mapping[str, object], config: Mapping[str, object], expected: str
) -> None:
    assert judge(follow_pattern, kind, properties, config) == [expected]


@pytest.mark.parametrize(
    ("kind", "properties", "config"),
    [
        pytest.param(QUEUE, {"name": "orders-dev.fifo"}, {}, id="the default"),
        pytest.param("aws:kms/alias:Alias", {"name": "alias/a_b"}, {}, id="an alias"),
        pytest.param(QUEUE, {}, {}, id="no name"),
        pytest.param(QUEUE, {"name": ""}, {}, id="an empty name"),
        pytest.param(
            QUEUE, {"name": "Orders"}, {"patterns": {"aws:sns/*": "x"}}, id="no pattern for it"
        ),
        pytest.param(
            QUEUE,
            {"name": "orders"},
            {"patterns": {"*": "never", QUEUE: "orders"}},
            id="the type's own pattern",
        ),
    ],
)
def test_a_name_on_the_pattern_passes(
    kind: str, properties: Mapping[str, object], config: Mapping[str, object]
) -> None:
    assert judge(follow_pattern, kind, properties, config) == []


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("aws:apigateway/method:Method", id="the method of a request"),
        pytest.param("aws:apigatewayv2/route:Route", id="a route"),
        pytest.param("aws:s3/bucketObjectv2:BucketObjectv2", id="the key of an object"),
        pytest.param("aws:lambda/permission:Permission", id="a statement"),
        pytest.param("aws:lb/listener:Listener", id="a port"),
    ],
)
def test_what_something_else_decides_has_no_pattern(kind: str) -> None:
    assert kind in unique_physical.types
    assert kind not in follow_pattern.types


def test_a_name_that_is_not_known_is_not_matched() -> None:
    assert judge(follow_pattern, QUEUE, {"name": UNKNOWN}, follow_pattern.example_config) == [
        "not evaluated: subject: `name` is not known yet"
    ]


def test_a_pattern_that_is_no_regular_expression_is_refused() -> None:
    raw = {"names-follow-pattern": {"patterns": {"*": "("}}}
    with pytest.raises(ConfigError, match="no regular expression: missing \\)"):
        read_settings(raw, [follow_pattern])
