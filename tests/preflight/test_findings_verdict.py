"""The order of the verdict, what fails it, and what it keeps secret."""

from dataclasses import replace

import pytest

from pulumi_preflight.findings import Finding, Level, Ran, Reported
from pulumi_preflight.model import DuplicateUrn, SourcePosition
from pulumi_preflight.verdict import Result, verdict_line
from tests.preflight.builders import CONTEXT, QUEUE, SERVICE, urn
from tests.preflight.samples import (
    REPORTED,
    STACK,
    UNTAGGED,
    deployment,
    finding,
    resource,
    verdict,
)


def test_findings_are_sorted_by_file_line_and_rule() -> None:
    findings = (
        finding("b", urn(SERVICE, "web")),
        finding("a", urn(SERVICE, "web")),
        finding("z", urn(QUEUE, "jobs")),
        finding("whole", STACK.urn),
    )
    expected = [(None, "whole"), (7, "z"), (20, "a"), (20, "b")]
    for order in (findings, findings[::-1]):
        found = verdict(Reported(findings=order)).findings
        assert [(item.line, item.rule) for item in found] == expected


def test_a_urn_registered_twice_is_a_mandatory_finding_with_both_places() -> None:
    places = (SourcePosition(file="b.py", line=9), SourcePosition(file="a.py", line=3))
    twice = DuplicateUrn(urn=urn(QUEUE, "jobs"), positions=places)
    found = verdict(Reported(), deployment(duplicates=(twice,)))
    assert found.findings == (
        Finding(
            rule="duplicate-urn",
            pack="preflight",
            level=Level.MANDATORY,
            severity="high",
            urn=urn(QUEUE, "jobs"),
            file="b.py",
            line=9,
            message="jobs: registered 2 times as aws:sqs/queue:Queue with one parent, at a.py:3 "
            "and b.py:9; wanted once, since the engine stops at the second.",
            fix="Give one of them another logical name, or remove it.",
            url="https://www.pulumi.com/docs/iac/concepts/resources/names/",
        ),
    )
    assert not found.passed


@pytest.mark.parametrize("name", ["mail", "a::b"])
def test_a_urn_that_two_parents_give_is_told_with_both_and_why(name: str) -> None:
    parents = tuple(urn("acme:index:Tenant", tenant) for tenant in ("red", "blue"))
    twice = DuplicateUrn(urn=urn(QUEUE, name), positions=(None, None), parents=parents)
    [found] = verdict(Reported(), deployment(duplicates=(twice,))).findings
    assert found.message == (
        f"{name}: registered 2 times as aws:sqs/queue:Queue below red and blue; "
        "wanted once, since the engine stops at the second."
    )
    assert found.fix == (
        "A URN holds the types of the parents, not their names: put the parent's name into the "
        f"logical name, such as 'red-{name}'."
    )


@pytest.mark.parametrize(
    ("level", "passed"), [(Level.ADVISORY, True), (Level.MANDATORY, False)], ids=["advisory", "not"]
)
def test_only_a_mandatory_finding_fails(*, level: Level, passed: bool) -> None:
    assert verdict(Reported(findings=(replace(UNTAGGED, level=level),))).passed is passed


def test_secrets_of_inputs_and_config_are_kept_out_of_messages() -> None:
    context = replace(
        CONTEXT, config={"shop:key": "s3cr3t", "shop:plain": "dev"}, secrets=["s3cr3t"]
    )
    told = finding("leak", urn(QUEUE, "jobs"), message="hunter2, s3cr3t, dev", fix="not hunter2")
    (found,) = verdict(Reported(findings=(told,)), context=context).findings
    assert (found.message, found.fix) == ("[secret], [secret], dev", "not [secret]")


def test_logical_names_stay_readable_beside_a_secret_that_is_a_word_of_theirs() -> None:
    context = replace(CONTEXT, secrets=["orders"])
    message = "orders-web: its password is orders, as is that of orders-web"
    told = finding("leak", urn(QUEUE, "orders-web"), message=message)
    named = deployment(resources=(resource(QUEUE, "orders-web", line=1),))
    judged = verdict(Reported(findings=(told,)), named, context=context)
    (found,) = judged.findings
    assert found.message == "orders-web: its password is [secret], as is that of orders-web"
    assert found.urn == urn(QUEUE, "orders-web")
    assert [each.name for each in judged.resources] == ["orders-web"]


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        pytest.param("the latest image", "the latest image", id="short-inside-a-word"),
        pytest.param("key=test;", "key=[secret];", id="short-between-signs"),
        pytest.param("xpassword1x", "x[secret]x", id="long-anywhere"),
    ],
)
def test_a_short_secret_is_hidden_as_a_word_alone(message: str, shown: str) -> None:
    context = replace(CONTEXT, secrets=["test", "password1"])
    told = finding("leak", urn(QUEUE, "jobs"), message=message)
    (found,) = verdict(Reported(findings=(told,)), context=context).findings
    assert found.message == shown


@pytest.mark.parametrize(
    ("kept", "line"),
    [
        pytest.param(
            Reported(),
            "PASS: 0 mandatory findings, 0 advisory, 0 waived, 0 not evaluated",
            id="nothing",
        ),
        pytest.param(
            REPORTED,
            "FAIL: 2 mandatory findings, 1 advisory, 1 waived, 2 not evaluated",
            id="one-of-each",
        ),
    ],
)
def test_the_verdict_line_counts_every_kind(kept: Reported, line: str) -> None:
    assert verdict_line(verdict(kept)) == line


def test_each_rule_has_its_most_telling_result() -> None:
    def ran(rule: str, level: Level | None = Level.ADVISORY, idle: str | None = None) -> Ran:
        return Ran(rule=rule, pack=UNTAGGED.pack, level=level, idle=idle)

    reported = Reported(
        findings=(replace(UNTAGGED, rule="a"),),
        waived=tuple(replace(each, rule=rule) for each in REPORTED.waived for rule in "abc"),
        not_evaluated=tuple(
            replace(each, rule=rule) for each in REPORTED.not_evaluated for rule in "ab"
        ),
        rules=(*map(ran, "abcd"), ran("e", None), ran("f", idle="nothing there")),
    )
    packs = {each.pack for each in (*REPORTED.waived, *REPORTED.not_evaluated)}
    assert packs == {UNTAGGED.pack}
    assert {each.ran.rule: each.result for each in verdict(reported).rules} == {
        "a": Result.FOUND,
        "b": Result.NOT_EVALUATED,
        "c": Result.WAIVED,
        "d": Result.PASSED,
        "e": Result.DISABLED,
        "f": Result.IDLE,
    }
