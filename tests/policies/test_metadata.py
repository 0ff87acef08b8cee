"""What the pack says of itself and of its rules, beside what the rules find."""

from dataclasses import replace
from typing import Any

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as proto

from aws_policy_pack.analyzer import Analyzer
from aws_policy_pack.docs import example_remedies
from aws_policy_pack.metadata import (
    REMEDIES,
    About,
    about_package,
    display_name_of,
    framework_of,
    remedy_of,
)
from aws_policy_pack.pack import Pack
from aws_policy_pack.registry import RULES
from aws_policy_pack.rule import AnyRule


class Context:
    """Takes what the engine passes over."""

    def set_trailing_metadata(self, metadata: object) -> None:
        """Forgets it."""


CONTEXT: Any = Context()


def told(about: About | None = None) -> proto.AnalyzerInfo:
    analyzer = Analyzer(Pack("pack", "1.0.0", RULES), about)
    return analyzer.GetAnalyzerInfo(empty_pb2.Empty(), CONTEXT)


def rule(rule_id: str) -> AnyRule:
    return next(each for each in RULES if each.id == rule_id)


@pytest.mark.parametrize("each", [pytest.param(each, id=each.id) for each in RULES])
def test_every_rule_says_what_to_do_and_not_why(each: AnyRule) -> None:
    remedy = remedy_of(each)
    assert remedy.endswith(".")
    assert not remedy.endswith("..")
    assert remedy[0].isupper()
    assert remedy != each.why
    assert not {"it", "this", "these", "that"} & {*remedy.lower().split()[1:2]}


def test_what_to_do_is_what_bad_examples_are_told() -> None:
    assert REMEDIES.read_text(encoding="utf-8") == example_remedies(RULES)


def test_what_a_rule_says_itself_comes_first() -> None:
    own = replace(rule("sqs-long-polling"), remedy="Wait")
    assert remedy_of(own) == "Wait."
    assert remedy_of(rule("sqs-long-polling")) == "Set `receiveWaitTimeSeconds` to 20."


def test_a_rule_of_somebody_else_may_say_nothing() -> None:
    assert remedy_of(replace(rule("sqs-long-polling"), id="shop-rule")) == ""


@pytest.mark.parametrize(
    ("controls", "name", "version", "reference"),
    [
        pytest.param(
            ("CKV_AWS_27", "Security Hub SQS.1", "NIST.800-53.r5 SC-28", "Security Hub SQS.3"),
            "AWS Security Hub",
            "",
            "SQS.1, SQS.3",
            id="security-hub-before-nist",
        ),
        pytest.param(
            ("cdk-nag AwsSolutions-SQS2", "NIST.800-53.r5 SC-28", "NIST.800-53.r5 SC-28(1)"),
            "NIST SP 800-53",
            "Rev. 5",
            "SC-28, SC-28(1)",
            id="nist",
        ),
    ],
)
def test_the_framework_comes_of_the_controls(
    controls: tuple[str, ...], name: str, version: str, reference: str
) -> None:
    framework = framework_of(replace(RULES[0], controls=controls))
    assert framework
    assert (framework.name, framework.version) == (name, version)
    assert framework.reference == reference
    assert framework.specification.startswith("https://")


@pytest.mark.parametrize("controls", [(), ("CKV_AWS_27", "cdk-nag AwsSolutions-SQS2")])
def test_checks_of_linters_are_no_framework(controls: tuple[str, ...]) -> None:
    assert framework_of(replace(RULES[0], controls=controls)) is None


@pytest.mark.parametrize(
    ("rule_id", "name"),
    [
        ("sqs-dead-letter-queue-same-type", "SQS dead letter queue same type"),
        ("lb-tls-policy", "LB TLS policy"),
        ("names-within-limits", "Names within limits"),
        ("cost-ecs-desired-count", "Cost ECS desired count"),
    ],
)
def test_a_rule_has_a_name_for_readers(rule_id: str, name: str) -> None:
    assert display_name_of(rule(rule_id)) == name


def test_the_pack_says_of_each_rule_what_there_is() -> None:
    policies = {policy.name: policy for policy in told().policies}
    policy = policies["sqs-encryption"]
    assert policy.displayName == "SQS encryption"
    assert (policy.framework.name, policy.framework.reference) == ("AWS Security Hub", "SQS.1")
    assert policy.remediation_steps == remedy_of(rule("sqs-encryption"))
    assert list(policy.tags) == ["sqs", *rule("sqs-encryption").controls]
    assert not policies["sqs-fifo-delay"].HasField("framework")


def test_the_package_says_what_the_pack_is() -> None:
    info = told(about_package())
    assert info.displayName == "AWS policy pack"
    assert info.description.startswith("A Pulumi CrossGuard pack for AWS")
    assert info.readme.startswith("# aws-policy-pack\n")
    assert info.provider == "aws"
    assert {"pulumi", "crossguard", "aws"} <= set(info.tags)


def test_a_pack_of_somebody_else_is_not_told_to_be_ours() -> None:
    info = told()
    assert [info.displayName, info.description, info.readme, info.provider, info.repository] == [
        ""
    ] * 5
    assert not info.tags


@pytest.mark.parametrize(
    ("urls", "repository"),
    [
        pytest.param(None, "", id="none"),
        pytest.param(["Homepage, https://example.com"], "", id="another"),
        pytest.param(["Repository, https://example.com/r"], "https://example.com/r", id="one"),
        pytest.param(
            ["Homepage, https://example.com", "source, https://example.com/s"],
            "https://example.com/s",
            id="source",
        ),
    ],
)
def test_the_repository_is_that_of_the_package(
    urls: list[str] | None, repository: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Told(dict[str, str]):
        def get_all(self, _name: str) -> list[str] | None:
            return urls

    given = Told(Summary="s", Description="d", Keywords="a,b")
    monkeypatch.setattr("aws_policy_pack.metadata.metadata", lambda _name: given)
    assert about_package() == About(
        display_name="AWS policy pack",
        description="s",
        readme="d",
        provider="aws",
        tags=("a", "b"),
        repository=repository,
    )
