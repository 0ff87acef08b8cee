"""Physical names tell the environment."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.config import ConfigError
from aws_policy_pack.profiles import read_settings
from aws_policy_pack.rules.names.form import carry_environment
from aws_policy_pack.testing import UNKNOWN, Report, analyze

QUEUE = "aws:sqs/queue:Queue"
INSTANCE = "aws:rds/instance:Instance"


def messages(found: list[Report]) -> list[str]:
    """The texts, without what the SDK puts before that of a rule that could not run."""
    return [report.text for report in found]


def judge(
    kind: str,
    properties: Mapping[str, object],
    config: Mapping[str, object] | None = None,
    name: str = "subject",
) -> list[str]:
    return messages(analyze(carry_environment, properties, type=kind, config=config, name=name))


def said(path: str, name: str, token: str) -> str:
    return (
        f"subject: `{path}` is '{name}', without the word '{token}'; wanted a name with that word "
        f"(`token` of names-carry-environment). Fix: Put '{token}' into the name, with a "
        f"hyphen or slash around it. {carry_environment.url}"
    )


@pytest.mark.parametrize(
    ("kind", "properties", "config", "expected"),
    [
        pytest.param(
            QUEUE,
            {"name": "orders-test"},
            {"token": "dev"},
            said("name", "orders-test", "dev"),
            id="the configured word",
        ),
        pytest.param(
            QUEUE,
            {"name": "devices"},
            {"token": "dev"},
            said("name", "devices", "dev"),
            id="part of a word",
        ),
        pytest.param(
            QUEUE,
            {"name": "mydev.fifo"},
            {"token": "dev"},
            said("name", "mydev.fifo", "dev"),
            id="the end of a word",
        ),
        pytest.param(
            "aws:ecs/taskDefinition:TaskDefinition",
            {"family": "web"},
            {"token": "dev"},
            said("family", "web", "dev"),
            id="a family",
        ),
        pytest.param(
            "aws:s3/bucket:Bucket",
            {"bucket": "data"},
            {"token": "dev"},
            said("bucket", "data", "dev"),
            id="a bucket",
        ),
        pytest.param(
            "aws:iam/role:Role",
            {"name": "runner"},
            {"token": "dev"},
            said("name", "runner", "dev"),
            id="a role",
        ),
        pytest.param(
            "aws:ec2/securityGroup:SecurityGroup",
            {"name": "db"},
            {"token": "dev"},
            said("name", "db", "dev"),
            id="a security group, whose VPC may be shared",
        ),
        pytest.param(
            INSTANCE,
            {"identifier": "db-dev", "finalSnapshotIdentifier": "db-final"},
            {"token": "dev"},
            said("finalSnapshotIdentifier", "db-final", "dev"),
            id="a final snapshot",
        ),
        pytest.param(
            QUEUE,
            {"name": "subject-1a2b3c"},
            {"token": "dev"},
            said("name", "subject-1a2b3c", "dev"),
            id="six random digits",
        ),
        pytest.param(
            QUEUE,
            {"name": "other-1a2b3c4"},
            {"token": "dev"},
            said("name", "other-1a2b3c4", "dev"),
            id="random digits behind another name than the logical one",
        ),
        pytest.param(
            QUEUE,
            {"name": "tasks-1a2b3c4"},
            {"token": "dev"},
            said("name", "tasks-1a2b3c4", "dev"),
            id="random digits behind a name that sorts later",
        ),
        pytest.param(
            INSTANCE,
            {"identifier": "subject-1a2b3c4", "finalSnapshotIdentifier": "db-final"},
            {"token": "dev"},
            said("finalSnapshotIdentifier", "db-final", "dev"),
            id="a final snapshot beside a generated name",
        ),
        pytest.param(
            QUEUE, {"name": "orders"}, {"token": "d"}, said("name", "orders", "d"), id="one letter"
        ),
        pytest.param(
            QUEUE,
            {"name": "orders"},
            {"token": "dev", "types": ["aws:sns/*", "aws:sqs/*"]},
            said("name", "orders", "dev"),
            id="a type that is named",
        ),
    ],
)
def test_a_name_without_the_environment_is_found(
    kind: str, properties: Mapping[str, object], config: Mapping[str, object], expected: str
) -> None:
    assert judge(kind, properties, config) == [expected]


@pytest.mark.parametrize(
    ("kind", "properties", "config"),
    [
        pytest.param(QUEUE, {"name": "orders"}, {}, id="no word"),
        pytest.param(QUEUE, {"name": UNKNOWN}, {}, id="no word and an unknown name"),
        pytest.param(INSTANCE, {"identifier": "db"}, {"types": ["*"]}, id="types and no word"),
        pytest.param(QUEUE, {"name": "dev-orders"}, {"token": "dev"}, id="in front"),
        pytest.param(QUEUE, {"name": "dev"}, {"token": "dev"}, id="alone"),
        pytest.param(QUEUE, {"name": "orders_DEV_1"}, {"token": "dev"}, id="in another case"),
        pytest.param(QUEUE, {"name": "orders-eu-dev-1"}, {"token": "EU_dev"}, id="two words"),
        pytest.param(
            "aws:cloudwatch/logGroup:LogGroup", {"name": "/a/dev/b"}, {"token": "dev"}, id="a path"
        ),
        pytest.param(QUEUE, {}, {"token": "dev"}, id="no name"),
        pytest.param(QUEUE, {"name": None}, {"token": "dev"}, id="null"),
        pytest.param(QUEUE, {"namePrefix": "orders-"}, {"token": "dev"}, id="a prefix"),
        pytest.param(QUEUE, {"name": "subject-1a2b3c4"}, {"token": "dev"}, id="a generated name"),
        pytest.param(
            QUEUE, {"name": "subject-1a2b3c4.fifo"}, {"token": "dev"}, id="a generated FIFO name"
        ),
        pytest.param(
            QUEUE,
            {"name": "orders"},
            {"token": "dev", "types": ["aws:sns/*"]},
            id="a type that is not named",
        ),
        pytest.param(
            INSTANCE,
            {"identifier": "db-dev", "finalSnapshotIdentifier": "db-final-dev"},
            {"token": "dev"},
            id="both names of a database",
        ),
    ],
)
def test_a_name_with_the_environment_passes(
    kind: str, properties: Mapping[str, object], config: Mapping[str, object]
) -> None:
    assert judge(kind, properties, config) == []


def test_a_generated_name_may_be_in_lower_case() -> None:
    assert judge(QUEUE, {"name": "orders-1a2b3c4"}, {"token": "dev"}, name="Orders") == []


@pytest.mark.parametrize(
    "kind",
    [
        "aws:ecs/service:Service",
        "aws:servicediscovery/service:Service",
        "aws:lb/listenerRule:ListenerRule",
        "aws:cloudwatch/eventRule:EventRule",
    ],
)
def test_names_inside_something_that_has_a_name_are_not_looked_at(kind: str) -> None:
    assert kind not in carry_environment.types


def test_a_name_that_is_not_known_is_not_judged() -> None:
    assert judge(QUEUE, {"name": UNKNOWN}, {"token": "dev"}) == [
        "not evaluated: subject: `name` is not known yet"
    ]


def test_an_empty_word_is_refused() -> None:
    with pytest.raises(ConfigError, match="token: '' is not accepted"):
        read_settings({"names-carry-environment": {"token": ""}}, [carry_environment])
