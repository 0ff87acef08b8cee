"""How long log groups keep events, and under whose key."""

import pytest
from pydantic import ValidationError

from aws_policy_pack.rules.logs import encrypted, retention
from aws_policy_pack.testing import UNKNOWN, analyze


def test_events_that_are_kept_too_briefly_are_found() -> None:
    [report] = analyze(retention, {"retentionInDays": 5})
    assert report.level == "advisory"
    assert report.message == (
        "subject: `retentionInDays` is 5; wanted at least 7 (`minDays` of logs-retention). Fix: "
        "Set `retentionInDays` to 7 or more. https://docs.aws.amazon.com/securityhub/latest/"
        "userguide/cloudwatch-controls.html#cloudwatch-16"
    )


@pytest.mark.parametrize(
    ("days", "passes"),
    [
        pytest.param(6, False, id="one day too few"),
        pytest.param(7, True, id="just enough"),
        pytest.param(30, True, id="more than enough"),
        pytest.param("5", False, id="too few as text"),
    ],
)
def test_the_fewest_days_pass(days: object, passes: bool) -> None:  # noqa: FBT001 - a parameter
    assert (analyze(retention, {"retentionInDays": days}) == []) is passes


@pytest.mark.parametrize(
    ("group", "days"),
    [
        pytest.param({}, "not set", id="absent"),
        pytest.param({"retentionInDays": None}, "not set", id="null"),
        pytest.param({"retentionInDays": 0}, "0", id="zero"),
    ],
)
def test_a_group_that_keeps_events_for_ever_is_found(group: dict[str, object], days: str) -> None:
    [report] = analyze(retention, group)
    assert report.problem == f"`retentionInDays` is {days}, so events are kept for ever"
    assert report.wanted == "at least 7 (`minDays` of logs-retention)"


def test_a_group_of_the_delivery_class_needs_no_retention() -> None:
    assert analyze(retention, {"logGroupClass": "DELIVERY"}) == []


def test_the_fewest_days_are_configured() -> None:
    group = {"retentionInDays": 30}
    assert analyze(retention, group, config={"minDays": 30}) == []
    [report] = analyze(retention, group, config={"minDays": 31})
    assert "wanted at least 31 (`minDays` of logs-retention). Fix: Set " in report.message


def test_the_fewest_days_are_days_that_cloudwatch_knows() -> None:
    for days in (1, 3653):
        told = retention.config.model_validate({"minDays": days}).model_dump(by_alias=True)
        assert told["minDays"] == days
    for days in (0, 3654):
        with pytest.raises(ValidationError):
            retention.config.model_validate({"minDays": days})


@pytest.mark.parametrize(
    ("log_class", "passes"),
    [
        pytest.param("DELIVERY", True, id="AWS sets the days of this class"),
        pytest.param("STANDARD", False, id="standard"),
        pytest.param("INFREQUENT_ACCESS", False, id="infrequent access"),
    ],
)
def test_only_the_delivery_class_has_fixed_days(
    log_class: str,
    passes: bool,  # noqa: FBT001 - a parameter
) -> None:
    group = {"retentionInDays": 1, "logGroupClass": log_class}
    assert (analyze(retention, group) == []) is passes


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        pytest.param({"retentionInDays": UNKNOWN}, "`retentionInDays` is not known yet", id="days"),
        pytest.param(
            {"retentionInDays": 1, "logGroupClass": UNKNOWN},
            "`logGroupClass` is not known yet",
            id="class",
        ),
        pytest.param(
            {"retentionInDays": "week"},
            "`retentionInDays` is the text 'week', not a number",
            id="a word",
        ),
    ],
)
def test_days_that_cannot_be_read_are_said(properties: dict[str, object], reason: str) -> None:
    [report] = analyze(retention, properties)
    assert report.text == f"not evaluated: subject: {reason}"


@pytest.mark.parametrize("properties", [{}, {"kmsKeyId": None}])
def test_a_group_without_key_is_found(properties: dict[str, object]) -> None:
    [report] = analyze(encrypted, properties)
    assert report.level == "advisory"
    assert report.message == (
        "subject: `kmsKeyId` is not set; wanted a KMS key of the account. Fix: Set `kmsKeyId` to "
        "the ARN of a key whose policy lets CloudWatch Logs use it. "
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"
    )


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("arn:aws:kms:eu-west-1:111122223333:alias/logs", id="an ARN"),
        pytest.param(UNKNOWN, id="a key that is still to be made"),
    ],
)
def test_a_group_with_a_key_passes(key: object) -> None:
    assert analyze(encrypted, {"kmsKeyId": key}) == []
