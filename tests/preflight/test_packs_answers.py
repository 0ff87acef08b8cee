"""How answers of packs become findings."""

import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pulumi.runtime.proto.analyzer_pb2 import (
    ADVISORY,
    DISABLED,
    MANDATORY,
    POLICY_SEVERITY_CRITICAL,
    POLICY_SEVERITY_LOW,
    REMEDIATE,
    AnalyzeDiagnostic,
    EnforcementLevel,
    PolicyInfo,
    PolicyNotApplicable,
    Remediation,
)

from pulumi_preflight.findings import Level
from pulumi_preflight.packs.answers import (
    PackRules,
    failed_remediation,
    reported,
    split_message,
)
from pulumi_preflight.packs.config_file import RuleSettings
from tests.preflight.builders import QUEUE, urn

JOBS = urn(QUEUE, "jobs")
MAIL = urn(QUEUE, "mail")
RULES = PackRules(
    pack="demo",
    policies={
        "order": PolicyInfo(
            name="order",
            description="Queues keep their order.",
            severity=POLICY_SEVERITY_LOW,
            remediation_steps="Use FIFO.",
            url="https://example.com/order",
        )
    },
    settings={"order": RuleSettings(level="remediate"), "soft": RuleSettings(level="advisory")},
)


@pytest.mark.parametrize(
    ("sent", "split"),
    [
        pytest.param(
            "jobs: count is 50; wanted at most 10. Fix: Lower it. https://example.com/a",
            ("jobs: count is 50; wanted at most 10.", "Lower it.", "https://example.com/a"),
            id="message-fix-and-url",
        ),
        pytest.param(
            "Services are small.\ncount is 50. Fix: Lower it.",
            ("count is 50.", "Lower it.", None),
            id="description-in-front",
        ),
        pytest.param("Services are small.", ("Services are small.", None, None), id="nothing-else"),
        pytest.param(
            "Services are small.\n",
            ("Services are small.", None, None),
            id="description-and-an-empty-message",
        ),
        pytest.param(
            "too big, see https://example.com/a",
            ("too big, see https://example.com/a", None, None),
            id="url-inside-a-sentence",
        ),
        pytest.param(
            "too big\nhttps://example.com/a",
            ("too big", None, "https://example.com/a"),
            id="url-on-its-own-line",
        ),
        pytest.param(
            "https://example.com/a",
            ("Services are small.", None, "https://example.com/a"),
            id="url-alone",
        ),
        pytest.param("Prefix: no fix", ("Prefix: no fix", None, None), id="fix-inside-a-word"),
        pytest.param(
            "first line\nsecond line. Fix: Do this.\nThen that.",
            ("first line\nsecond line.", "Do this.\nThen that.", None),
            id="several-lines",
        ),
    ],
)
def test_a_message_is_taken_apart(sent: str, split: tuple[str, str | None, str | None]) -> None:
    assert split_message(sent, "Services are small.") == split


@given(sent=st.text(), description=st.text(max_size=10))
@example(sent="00", description="0")
def test_taking_a_message_apart_loses_no_word_but_the_description(
    sent: str, description: str
) -> None:
    message, fix, url = split_message(sent, description)
    kept = " ".join(part for part in (message, fix and f"Fix: {fix}", url) if part).split()
    told = sent.strip().removeprefix(f"{description.strip()}\n")
    words = told.split() if message else []
    assert set(kept) >= set(words)


@pytest.mark.parametrize(
    ("sent", "level"),
    [
        pytest.param(MANDATORY, Level.MANDATORY, id="mandatory"),
        pytest.param(ADVISORY, Level.ADVISORY, id="advisory"),
        pytest.param(REMEDIATE, Level.MANDATORY, id="a-remediation-left-it"),
        pytest.param(DISABLED, Level.ADVISORY, id="disabled-never-blocks"),
    ],
)
def test_levels_are_read_as_the_engine_reads_them(
    sent: EnforcementLevel.ValueType, level: Level
) -> None:
    diagnostic = AnalyzeDiagnostic(policyName="order", message="wrong", enforcementLevel=sent)
    (finding,) = reported(RULES, [diagnostic], [], urn=JOBS).findings
    assert finding.level is level


def test_a_diagnostics_own_severity_wins_over_the_rules() -> None:
    diagnostics = [
        AnalyzeDiagnostic(policyName="order", message="a", severity=POLICY_SEVERITY_CRITICAL),
        AnalyzeDiagnostic(policyName="order", message="b"),
        AnalyzeDiagnostic(policyName="other", message="c"),
    ]
    found = reported(RULES, diagnostics, [], urn=JOBS).findings
    assert [finding.severity for finding in found] == ["critical", "low", None]


def test_a_resource_rules_violation_is_about_the_judged_resource_whatever_it_names() -> None:
    diagnostic = AnalyzeDiagnostic(policyName="order", message="wrong", urn=MAIL)
    (finding,) = reported(RULES, [diagnostic], [], urn=JOBS).findings
    assert finding.urn == JOBS


@pytest.mark.parametrize(
    ("named", "about"),
    [
        pytest.param(MAIL, MAIL, id="that-exists"),
        pytest.param(urn(QUEUE, "gone"), JOBS, id="that-does-not-exist"),
        pytest.param("", JOBS, id="none"),
    ],
)
def test_a_stack_rules_violation_may_name_a_resource(named: str, about: str) -> None:
    diagnostic = AnalyzeDiagnostic(policyName="order", message="wrong", urn=named)
    (finding,) = reported(RULES, [diagnostic], [], urn=JOBS, resources={MAIL}).findings
    assert finding.urn == about


@pytest.mark.parametrize(
    ("sent", "entries"),
    [
        pytest.param(
            "Queues keep their order.\nnot evaluated: jobs: `redrivePolicy` is not known yet",
            [("redrivePolicy", "jobs: `redrivePolicy` is not known yet")],
            id="our-pack",
        ),
        pytest.param(
            "not evaluated: `policy` is not valid JSON: line 1; column 2",
            [("policy", "`policy` is not valid JSON: line 1; column 2")],
            id="our-pack-without-a-name",
        ),
        pytest.param(
            "not evaluated: a: `x[0].y` is not known yet; not evaluated: b: `z` is not known yet",
            [("x[0].y", "a: `x[0].y` is not known yet"), ("z", "b: `z` is not known yet")],
            id="several-properties",
        ),
        pytest.param(
            "can't run policy 'order' from policy pack 'demo@v0.0.1' during preview: "
            "string value at .redrivePolicy.0.arn can't be known during preview",
            [("redrivePolicy.0.arn", "`redrivePolicy.0.arn` is not known yet")],
            id="the-sdks",
        ),
        pytest.param(
            "can't run remediation 'order' from policy pack 'demo@v0.0.1' during preview: "
            "Array value at .tags can't be known during preview",
            [("tags", "`tags` is not known yet")],
            id="the-sdks-in-a-remediation",
        ),
    ],
)
def test_a_rule_that_could_not_see_its_property_is_no_finding(
    sent: str, entries: list[tuple[str, str]]
) -> None:
    diagnostic = AnalyzeDiagnostic(
        policyName="order", message=sent, description="Queues keep their order."
    )
    found = reported(RULES, [diagnostic], [], urn=JOBS)
    assert not found.findings
    assert [(entry.property, entry.message) for entry in found.not_evaluated] == entries
    assert {(entry.level, entry.fix) for entry in found.not_evaluated} == {(Level.MANDATORY, None)}


def test_a_message_that_only_mentions_evaluation_is_a_finding() -> None:
    diagnostic = AnalyzeDiagnostic(policyName="order", message="the budget was not evaluated: 3")
    assert reported(RULES, [diagnostic], [], urn=JOBS).findings


WAIVER = {
    "message": "jobs: no FIFO; wanted FIFO. https://example.com/b",
    "urn": MAIL,
    "reason": "legacy",
    "owner": "platform",
    "expires": "2027-01-01",
}


@pytest.mark.parametrize(
    "waived",
    [pytest.param([WAIVER, WAIVER], id="a-list"), pytest.param(WAIVER, id="a-single-one")],
)
def test_waived_violations_are_read_from_the_reason(waived: object) -> None:
    entry = PolicyNotApplicable(policy_name="order", reason=json.dumps({"waived": waived}))
    found = reported(RULES, [], [entry], urn=JOBS, resources={MAIL}).waived
    assert len(found) == (2 if isinstance(waived, list) else 1)
    assert {(item.urn, item.level, item.severity) for item in found} == {
        (MAIL, Level.MANDATORY, "low")
    }
    assert {(item.message, item.fix, item.url) for item in found} == {
        ("jobs: no FIFO; wanted FIFO.", "Use FIFO.", "https://example.com/b")
    }
    assert {(item.reason, item.owner, item.expires) for item in found} == {
        ("legacy", "platform", "2027-01-01")
    }


@pytest.mark.parametrize(
    "reason",
    [
        pytest.param("", id="none"),
        pytest.param("Policy does not implement remediate", id="words"),
        pytest.param("{not json", id="a-brace"),
        pytest.param('{"other": 1}', id="other-json"),
        pytest.param('{"waived": "all"}', id="no-object"),
    ],
)
def test_other_reasons_of_rules_that_do_not_apply_are_dropped(reason: str) -> None:
    entry = PolicyNotApplicable(policy_name="order", reason=reason)
    assert not reported(RULES, [], [entry], urn=JOBS).waived


def test_a_remediation_that_failed_is_an_advisory_finding() -> None:
    remediation = Remediation(policyName="order", diagnostic="cannot add tags")
    (finding,) = failed_remediation(RULES, remediation, JOBS).findings
    assert (finding.level, finding.urn, finding.message) == (
        Level.ADVISORY,
        JOBS,
        "cannot add tags",
    )


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("z" + "\n" * 1_000_000 + "y", id="newlines"),
        pytest.param("z. " + " " * 1_000_000 + "y", id="spaces"),
        pytest.param("z. http://a " * 100_000 + "y", id="urls"),
        pytest.param(" Fix:" * 200_000, id="fixes"),
        pytest.param("can't run policy '" + "' during preview: " * 60_000, id="no-value"),
        pytest.param(
            "can't run policy '" + " value at ." * 90_000 + " can't be known during preview",
            id="no-preview",
        ),
        pytest.param("not evaluated: " + "`a` " * 250_000, id="properties"),
    ],
)
def test_a_message_of_a_million_characters_is_read_in_one_pass(message: str) -> None:
    diagnostic = AnalyzeDiagnostic(policyName="rule", message=message)
    began = time.process_time()
    reported(RULES, [diagnostic], [], urn=JOBS)
    # One pass takes some hundredths of a second, one for each character takes hours.
    assert time.process_time() - began < 20
