"""Secrets: where their values come from, and how long they live."""

from collections.abc import Mapping
from typing import Any

import pytest
from pulumi.runtime.proto.analyzer_pb2 import AnalyzerStackConfigureRequest
from pydantic import ValidationError

from aws_policy_pack.analyzer import Analyzer
from aws_policy_pack.pack import Pack
from aws_policy_pack.rules import secrets
from aws_policy_pack.rules.secrets import (
    PARAMETER,
    SECRET,
    SECRET_ROTATION,
    SECRET_VERSION,
    VALUES,
)
from aws_policy_pack.testing import UNKNOWN, Example, Secret, analyze_stack, stack_request
from tests.policies.rules.reading import problems

TOKEN = Example(type=SECRET, name="token", properties={"arn": "arn:token", "id": "arn:token"})
GENERATED = Example(type="random:index/randomPassword:RandomPassword", name="generated")
CONTROLS_URL = (
    "https://docs.aws.amazon.com/securityhub/latest/userguide/secretsmanager-controls.html"
)


def rotation(rules: object, **properties: object) -> Example:
    return Example(
        type=SECRET_ROTATION,
        name="rotation",
        properties={"secretId": UNKNOWN, "rotationRules": rules} | properties,
        references={"secretId": ("token",)},
    )


def version(
    value: object,
    key: str = "secretString",
    *sources: str,
    ignored: tuple[str, ...] = (),
    kind: str = SECRET_VERSION,
    **properties: object,
) -> Example:
    return Example(
        type=kind,
        name="token",
        properties={key: value} | properties,
        references={key: sources} if sources else {},
        ignore_changes=ignored,
    )


def test_a_secret_that_nothing_rotates_is_told() -> None:
    [report] = analyze_stack(secrets.rotation, [TOKEN])
    assert (report.level, report.name) == ("advisory", "token")
    assert report.message == (
        "token: nothing rotates it; wanted a rotation at least every 90 days (`maxDays` of "
        "secrets-rotation). Fix: Add a `SecretRotation`, or let the service that uses the secret "
        f"manage it, as RDS does with `manageMasterUserPassword`. {CONTROLS_URL}"
    )


def test_a_rotation_that_is_too_slow_is_told_of_the_rotation() -> None:
    [report] = analyze_stack(secrets.rotation, [TOKEN, rotation({"automaticallyAfterDays": 91})])
    assert (report.level, report.name) == ("advisory", "rotation")
    assert report.message == (
        "rotation: `automaticallyAfterDays` is 91; wanted at most 90 days (`maxDays` of "
        f"secrets-rotation). Fix: Rotate automatically, and often enough. {CONTROLS_URL}"
    )


@pytest.mark.parametrize(
    ("rules", "config", "expected"),
    [
        pytest.param({"automaticallyAfterDays": 90}, {}, [], id="longest"),
        pytest.param({"automaticallyAfterDays": "90"}, {}, [], id="longest-as-text"),
        pytest.param({"automaticallyAfterDays": 30}, {"maxDays": 30}, [], id="configured"),
        pytest.param(
            {"automaticallyAfterDays": 31},
            {"maxDays": 30},
            ["rotation: `automaticallyAfterDays` is 31"],
            id="longer-than-configured",
        ),
        pytest.param({"scheduleExpression": "rate(90 days)"}, {}, [], id="rate"),
        pytest.param({"scheduleExpression": "rate( 1 day )"}, {}, [], id="one-day"),
        pytest.param(
            {"scheduleExpression": "rate(91 days)"},
            {},
            ["rotation: `scheduleExpression` is 'rate(91 days)'"],
            id="slow-rate",
        ),
        pytest.param({"scheduleExpression": "rate(48 hours)"}, {"maxDays": 2}, [], id="hours"),
        pytest.param(
            {"scheduleExpression": "rate(49 hours)"},
            {"maxDays": 2},
            ["rotation: `scheduleExpression` is 'rate(49 hours)'"],
            id="too-many-hours",
        ),
        pytest.param({"scheduleExpression": "cron(0 8 1 * ? *)"}, {}, [], id="cron"),
        pytest.param(
            {"automaticallyAfterDays": 0, "scheduleExpression": "rate(91 days)"},
            {},
            ["rotation: `scheduleExpression` is 'rate(91 days)'"],
            id="zero-days-stand-for-none",
        ),
        pytest.param({}, {}, [], id="no-rules"),
        pytest.param(None, {}, [], id="null"),
        pytest.param(
            {"automaticallyAfterDays": UNKNOWN},
            {},
            ["not evaluated: rotation: `rotationRules.automaticallyAfterDays` is not known yet"],
            id="unknown",
        ),
        pytest.param(
            [1],
            {},
            ["not evaluated: rotation: `rotationRules` is a list, not an object"],
            id="list",
        ),
    ],
)
def test_secrets_are_rotated_often_enough(
    rules: object, config: Mapping[str, object], expected: list[str]
) -> None:
    found = analyze_stack(secrets.rotation, [TOKEN, rotation(rules)], config=config)
    assert problems(found) == expected


@pytest.mark.parametrize(
    ("enabled", "expected"),
    [
        pytest.param(True, [], id="on"),
        pytest.param(UNKNOWN, [], id="the-provider-fills-it"),
        pytest.param(None, [], id="null"),
        pytest.param(False, ["rotation: `rotationEnabled` is false"], id="off"),
    ],
)
def test_a_rotation_can_be_switched_off(enabled: object, expected: list[str]) -> None:
    stack = [TOKEN, rotation({"automaticallyAfterDays": 1}, rotationEnabled=enabled)]
    assert problems(analyze_stack(secrets.rotation, stack)) == expected


def test_the_days_are_at_least_one() -> None:
    told = secrets.rotation.config.model_validate({"maxDays": 1}).model_dump(by_alias=True)
    assert told["maxDays"] == 1
    with pytest.raises(ValidationError):
        secrets.rotation.config.model_validate({"maxDays": 0})


def test_a_rotation_of_another_secret_does_not_count() -> None:
    other = Example(type=SECRET, name="other")
    stack = [TOKEN, other, rotation({"automaticallyAfterDays": 1})]
    assert problems(analyze_stack(secrets.rotation, stack)) == ["other: nothing rotates it"]


def test_a_rotation_is_found_by_a_literal_arn_too() -> None:
    literal = Example(
        type=SECRET_ROTATION,
        name="rotation",
        properties={"secretId": "arn:token", "rotationRules": {"automaticallyAfterDays": 100}},
    )
    found = analyze_stack(secrets.rotation, [TOKEN, literal])
    assert problems(found) == ["rotation: `automaticallyAfterDays` is 100"]


def test_a_rotation_of_an_unknown_secret_may_be_this_ones() -> None:
    stray = Example(type=SECRET_ROTATION, name="stray", properties={"secretId": UNKNOWN})
    found = analyze_stack(secrets.rotation, [TOKEN, stray])
    assert problems(found) == ["not evaluated: stray: `secretId` is not known yet"]


@pytest.mark.parametrize(
    ("example", "key", "write_only"),
    [
        pytest.param(version("hunter2"), "secretString", "secretStringWo", id="text"),
        pytest.param(
            version("aHVudGVyMg==", "secretBinary"), "secretBinary", "secretStringWo", id="binary"
        ),
        pytest.param(
            version("hunter2", "value", kind=PARAMETER, type="SecureString"),
            "value",
            "valueWo",
            id="parameter",
        ),
        pytest.param(version(Secret("hunter2")), "secretString", "secretStringWo", id="secret"),
    ],
)
def test_a_literal_value_is_told_and_not_shown(example: Example, key: str, write_only: str) -> None:
    [report] = analyze_stack(secrets.no_literal_value, [example])
    assert (report.level, report.name) == ("advisory", "token")
    assert report.message == (
        f"token: `{key}` comes from the program or a plain setting of the stack; "
        "wanted a value that a resource generates, an encrypted setting of the stack, or a "
        "write-only value that the state does not keep. Fix: Generate it, with "
        "`random.RandomPassword` for example, set it with `pulumi config set --secret`, or give it "
        f"from outside as `{write_only}`. https://docs.aws.amazon.com/secretsmanager/latest/"
        "userguide/best-practices.html"
    )


LITERAL = "comes from the program or a plain setting of the stack"


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        pytest.param(version("made", "secretString", "generated"), [], id="generated"),
        pytest.param(version(UNKNOWN, "secretString", "generated"), [], id="generated-later"),
        pytest.param(version("made", "value", "generated", kind=PARAMETER), [], id="parameter"),
        pytest.param(version(None), [], id="null"),
        pytest.param(version(""), [], id="empty"),
        pytest.param(
            version("", secretBinary="YQ=="),
            [f"token: `secretBinary` {LITERAL}"],
            id="one-of-both-empty",
        ),
        pytest.param(version("hunter2", "secretStringWo"), [], id="write-only"),
        pytest.param(version("fill me in", ignored=("secretString",)), [], id="placeholder"),
        pytest.param(
            version("hunter2", ignored=("secretBinary",)),
            [f"token: `secretString` {LITERAL}"],
            id="another-change-ignored",
        ),
        pytest.param(
            version("a", "secretString", secretBinary="YQ==", ignored=("secretString",)),
            [f"token: `secretBinary` {LITERAL}"],
            id="one-of-both-ignored",
        ),
        pytest.param(
            version("a", "secretString", secretBinary="YQ=="),
            [f"token: `secretString` {LITERAL}", f"token: `secretBinary` {LITERAL}"],
            id="both",
        ),
        pytest.param(
            version("hunter2", "value", kind=PARAMETER, type="String"), [], id="plain-parameter"
        ),
        pytest.param(
            version("a,b", "value", kind=PARAMETER, type="StringList"), [], id="plain-list"
        ),
        pytest.param(
            version("hunter2", "value", kind=PARAMETER, type=UNKNOWN),
            ["not evaluated: token: `type` is not known yet"],
            id="parameter-of-unknown-type",
        ),
        pytest.param(
            version(UNKNOWN, "value", kind=PARAMETER, type="SecureString"),
            [],
            id="the-provider-fills-it",
        ),
        pytest.param(
            version({"password": UNKNOWN}),
            ["not evaluated: token: `secretString.password` is not known yet"],
            id="unknown-inside",
        ),
        pytest.param(
            version("arn:aws:s3:::b", "value", kind=PARAMETER, type="SecureString"),
            [],
            id="the ARN of something",
        ),
        pytest.param(version("{{resolve:ssm:/app/db}}"), [], id="a reference"),
        pytest.param(version('{"arn": "arn:aws:s3:::b", "tls": true}'), [], id="JSON of an ARN"),
        pytest.param(
            version('{"arn": "arn:aws:s3:::b", "password": "hunter2"}'),
            [f"token: `secretString` {LITERAL}"],
            id="JSON of an ARN and a password",
        ),
        pytest.param(
            version("arn:tr0ub4dor"), [f"token: `secretString` {LITERAL}"], id="not quite an ARN"
        ),
        pytest.param(version(12345), [f"token: `secretString` {LITERAL}"], id="number"),
    ],
)
def test_values_come_from_resources(example: Example, expected: list[str]) -> None:
    assert problems(analyze_stack(secrets.no_literal_value, [GENERATED, example])) == expected


def judged_with_config(value: str, *, secret: str) -> list[str]:
    """Judges a value under a configuration with one encrypted and one plain setting.

    The SDK of the provider marks every value of these types as a secret.
    """
    service: Any = Analyzer(Pack("pack", "1.0.0", (secrets.no_literal_value,)))
    configuration = AnalyzerStackConfigureRequest(
        config={"app:token": secret, "app:region": "eu-west-1"}, config_secret_keys=["app:token"]
    )
    service.ConfigureStack(configuration, None)
    response = service.AnalyzeStack(stack_request([version(Secret(value))]), None)
    return [
        each.message.partition("\n")[2].partition("; wanted")[0] for each in response.diagnostics
    ]


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        pytest.param("tr0ub4dor", "tr0ub4dor", id="as it is"),
        pytest.param('{"user": "app", "password": "a\\"b"}', 'a"b', id="in JSON"),
        pytest.param("postgres://app:tr0ub4dor@db/app", "tr0ub4dor", id="in a longer text"),
        pytest.param("dHIwdWI0ZG9y", "tr0ub4dor", id="in base64"),
        pytest.param("tr0ub4dor", '{"db": {"password": "tr0ub4dor"}}', id="of an object"),
    ],
)
def test_an_encrypted_setting_is_no_literal(value: str, secret: str) -> None:
    assert judged_with_config(value, secret=secret) == []


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        pytest.param("hunter2", "tr0ub4dor", id="another text"),
        pytest.param("eu-west-1", "tr0ub4dor", id="a setting that is not encrypted"),
        pytest.param("latest", "test", id="a short secret inside a word"),
        pytest.param("hunter2", "", id="an empty setting"),
        pytest.param("dHIwd!WI0ZG9y", "tr0ub4dor", id="what is no base64"),
    ],
)
def test_a_literal_beside_an_encrypted_setting_is_found(value: str, secret: str) -> None:
    assert judged_with_config(value, secret=secret) == [f"token: `secretString` {LITERAL}"]


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(("secretString",), id="text"),
        pytest.param(VALUES[SECRET_VERSION][0], id="both"),
    ],
)
def test_a_secret_may_come_from_a_configuration_that_nobody_tells(keys: tuple[str, ...]) -> None:
    service: Any = Analyzer(Pack("pack", "1.0.0", (secrets.no_literal_value,)))
    values = Example(
        type=SECRET_VERSION, name="token", properties=dict.fromkeys(keys, Secret("hunter2"))
    )
    response = service.AnalyzeStack(stack_request([values]), None)
    found = [each.message.partition("\n")[2] for each in response.diagnostics]
    reason = "may be an encrypted setting of the stack, and nobody tells which ones are"
    assert found == [f"not evaluated: token: `{key}` {reason}" for key in keys]
