"""How answers of packs become findings."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pulumi.runtime.proto.analyzer_pb2 import (
    ADVISORY,
    DISABLED,
    MANDATORY,
    POLICY_SEVERITY_CRITICAL,
    POLICY_SEVERITY_HIGH,
    POLICY_SEVERITY_LOW,
    REMEDIATE,
    AnalyzeDiagnostic,
    EnforcementLevel,
    PolicyComplianceFramework,
    PolicyInfo,
    Remediation,
)

from pulumi_preflight.findings import About, Framework, Level
from pulumi_preflight.packs.answers import (
    PackRules,
    failed_remediation,
    reported,
)
from pulumi_preflight.packs.config_files import RuleSettings
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
    ("sent", "told"),
    [
        pytest.param(
            "jobs: count is 50; wanted at most 10. Fix: Lower it. https://example.com/a",
            "jobs: count is 50; wanted at most 10. Fix: Lower it. https://example.com/a",
            id="in-the-words-of-our-pack",
        ),
        pytest.param("Keep order.\ncount is 50.", "count is 50.", id="description-in-front"),
        pytest.param("Keep order.", "Keep order.", id="nothing-else"),
        pytest.param("Keep order.\n", "Keep order.", id="description-and-an-empty-message"),
        pytest.param("Keep order. No", "Keep order. No", id="description-within-a-line"),
        pytest.param("a\nb. Fix: c\nd", "a\nb. Fix: c\nd", id="several-lines"),
        pytest.param(
            "not evaluated: `a` is not known yet",
            "not evaluated: `a` is not known yet",
            id="not-evaluated-in-the-words-of-our-pack",
        ),
    ],
)
def test_a_diagnostic_without_parts_keeps_its_text_whole(sent: str, told: str) -> None:
    diagnostic = AnalyzeDiagnostic(policyName="order", description="Keep order.", message=sent)
    found = reported(RULES, [diagnostic], [], urn=JOBS)
    [finding] = found.findings
    assert (finding.message, finding.problem, finding.wanted) == (told, told, None)
    assert (finding.part, finding.related, finding.is_prose) == ("", (), True)
    assert (finding.fix, finding.url) == ("Use FIFO.", "https://example.com/order")
    assert not found.not_evaluated


@given(sent=st.text(), description=st.text(max_size=10))
@example(sent="00", description="0")
def test_no_word_of_a_diagnostic_is_lost_but_the_description(sent: str, description: str) -> None:
    diagnostic = AnalyzeDiagnostic(policyName="x", description=description, message=sent)
    [finding] = reported(RULES, [diagnostic], [], urn=JOBS).findings
    told = sent.strip().removeprefix(f"{description.strip()}\n").strip()
    assert finding.message == (told or description.strip())


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


def test_a_rule_comes_with_what_the_pack_says_of_it() -> None:
    told = PolicyInfo(
        name="sized",
        displayName="Sized",
        description="Services are small.\n",
        severity=POLICY_SEVERITY_HIGH,
        remediation_steps="Ask for less.",
        url="https://example.com/sized",
        tags=["cost", "ecs"],
        framework=PolicyComplianceFramework(name="NIST", version="5", reference="SC-6"),
    )
    [ran] = PackRules(pack="demo", policies={"sized": told}).ran({})
    assert ran.about == About(
        display_name="Sized",
        description="Services are small.",
        severity="high",
        remedy="Ask for less.",
        url="https://example.com/sized",
        tags=("cost", "ecs"),
        framework=Framework(name="NIST", version="5", reference="SC-6"),
    )


def test_what_a_pack_leaves_unsaid_of_a_rule_is_empty() -> None:
    [ran] = PackRules(pack="demo", policies={"bare": PolicyInfo(name="bare")}).ran({})
    assert ran.about == About()


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
    ("sent", "property_", "told"),
    [
        pytest.param(
            "can't run policy 'order' from policy pack 'demo@v0.0.1' during preview: "
            "string value at .redrivePolicy.0.arn can't be known during preview",
            "redrivePolicy.0.arn",
            "`redrivePolicy.0.arn` is not known yet",
            id="a-policy",
        ),
        pytest.param(
            "can't run remediation 'order' from policy pack 'demo@v0.0.1' during preview: "
            "Array value at .tags can't be known during preview",
            "tags",
            "`tags` is not known yet",
            id="a-remediation",
        ),
        pytest.param(
            "can't run policy 'order' from policy pack 'demo@v0.0.1' during preview: "
            "not evaluated: jobs: `redrivePolicy` is not valid JSON",
            "",
            "not evaluated: jobs: `redrivePolicy` is not valid JSON",
            id="in-other-words",
        ),
    ],
)
@pytest.mark.parametrize(
    ("level", "evaluated"),
    [
        pytest.param(ADVISORY, False, id="advisory"),
        pytest.param(MANDATORY, True, id="mandatory-stops-the-engine"),
        pytest.param(REMEDIATE, True, id="what-a-remediation-left-stops-too"),
    ],
)
def test_the_sdks_say_that_a_rule_could_not_see_its_property(
    sent: str, property_: str, told: str, level: EnforcementLevel.ValueType, *, evaluated: bool
) -> None:
    diagnostic = AnalyzeDiagnostic(
        policyName="order",
        message=sent,
        description="Queues keep their order.",
        enforcementLevel=level,
    )
    found = reported(RULES, [diagnostic], [], urn=JOBS)
    if evaluated:
        assert [each.message for each in found.findings] == [sent]
        assert not found.not_evaluated
        return
    [entry] = found.not_evaluated
    assert not found.findings
    assert (entry.property, entry.message, entry.part) == (property_, told, property_)
    assert (entry.level, entry.fix, entry.url) == (
        Level.MANDATORY,
        None,
        "https://example.com/order",
    )


def test_a_message_that_only_mentions_evaluation_is_a_finding() -> None:
    diagnostic = AnalyzeDiagnostic(policyName="order", message="the budget was not evaluated: 3")
    assert reported(RULES, [diagnostic], [], urn=JOBS).findings


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
    ],
)
def test_a_message_of_a_million_characters_is_read_in_one_pass(message: str) -> None:
    diagnostic = AnalyzeDiagnostic(policyName="rule", message=message)
    began = time.process_time()
    reported(RULES, [diagnostic], [], urn=JOBS)
    # One pass takes some hundredths of a second, one for each character takes hours.
    assert time.process_time() - began < 20
