"""Every filled-in value of every type and function of the AWS SDK is held to a source."""

from collections.abc import Sequence

import pytest

from tests.sweep import arns, responses, schemas, texts
from tests.sweep.rules import TIME, Rule, Source
from tests.sweep.sweep import SDK, Value, Verdict, counts, known_counts, swept
from tools.tables.sdk import listed, modules

# CI looks at the modules that most programs use, and the night at all of them.
USUAL = ("dynamodb", "ecr", "ecs", "lambda_", "lb", "rds", "s3", "sns", "sqs")


def check(module: str, values: Sequence[Value]) -> None:
    assert [each for each in values if each.verdict is Verdict.WRONG] == []
    found, known = counts(values), known_counts()[module]
    assert found.open <= known.open, "more values than before are held to no source"
    refused = sorted(each for each in values if each.verdict is Verdict.REFUSED)
    assert found.refused <= known.refused, refused


@pytest.mark.parametrize("module", USUAL)
def test_the_values_of_a_usual_module_are_held_to_sources(module: str) -> None:
    check(module, swept(module))


@pytest.mark.nightly
@pytest.mark.parametrize("module", modules(SDK))
def test_the_values_of_a_module_are_held_to_sources(module: str) -> None:
    check(module, swept(module))


def test_all_types_are_swept() -> None:
    assert set(known_counts()) == set(modules(SDK))
    assert len(listed(SDK)) == 1748


@pytest.mark.parametrize(
    ("rule", "taken", "refused"),
    [
        pytest.param({"pattern": r"\A\d+\Z"}, "12", "a", id="pattern"),
        pytest.param({"pattern": TIME}, "2026-01-01T00:00:00Z", "Thursday", id="time"),
        pytest.param({"choices": frozenset({"on"})}, "on", "off", id="choices"),
        pytest.param({"least": 2, "most": 3}, "abc", "a", id="length"),
        pytest.param({"plain": "number", "least": 1}, 1.0, 0.0, id="least"),
        pytest.param({"plain": "boolean"}, True, "true", id="kind"),
    ],
)
def test_a_rule_takes_what_its_source_takes(
    rule: dict[str, object], taken: object, refused: object
) -> None:
    made = Rule(source=Source.SCHEMAS, **rule)  # type: ignore[arg-type] # by the field's name
    assert made.takes(taken)  # type: ignore[arg-type] # any plain value
    assert not made.takes(refused)  # type: ignore[arg-type] # any plain value


@pytest.mark.parametrize(
    ("rules", "taken", "refused"),
    [
        pytest.param(
            responses.rules("rds", "Proxy", ("auths", "authScheme")),
            "SECRETS",
            "thing",
            id="responses",
        ),
        pytest.param(
            schemas.rules("ec2", "Subnet", ("vpcId",)),
            "vpc-0123456789abcdef0",
            "thing",
            id="schemas",
        ),
        pytest.param(
            texts.rules("roleArn", "ARN of the role."),
            "arn:aws:iam::123456789012:role/app",
            "app",
            id="arn-in-a-text",
        ),
        pytest.param(
            texts.rules("mode", "Mode. Valid values are `fast` and `slow`."),
            "fast",
            "x",
            id="words",
        ),
        pytest.param(
            arns.rules(
                "featureGroupArn", "arn:aws:sagemaker:us-east-1:123456789012:feature-group/a"
            ),
            "arn:aws:sagemaker:us-east-1:123456789012:feature-group/a",
            "arn:aws:sagemaker:us-east-1:123456789012:featuregroup/a",
            id="reference",
        ),
    ],
)
def test_each_source_tells_right_from_wrong(
    rules: frozenset[Rule], taken: str, refused: str
) -> None:
    telling = [each for each in rules if each.tells_form]
    assert telling
    assert all(each.takes(taken) for each in telling)
    assert not any(each.takes(refused) for each in telling)


def test_a_text_of_something_else_tells_no_form() -> None:
    assert texts.rules("name", "Name of the role whose ARN is used.") == frozenset()
