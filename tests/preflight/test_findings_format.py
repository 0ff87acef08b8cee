"""What a pack tells beside its diagnostics gives them parts, and never takes one away."""

import json
import re
import time
from collections import Counter
from dataclasses import asdict, replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pulumi.runtime.proto.analyzer_pb2 import (
    ADVISORY,
    MANDATORY,
    POLICY_SEVERITY_HIGH,
    POLICY_SEVERITY_LOW,
    REMEDIATE,
    AnalyzeDiagnostic,
    AnalyzeRequest,
    EnforcementLevel,
    PolicyInfo,
    PolicyNotApplicable,
)
from pulumi_policy import EnforcementLevel as EnforcementLevelOfSdk
from pulumi_policy import ResourceValidationPolicy
from pulumi_policy.policy import _PolicyAnalyzerServicer

from pulumi_preflight.findings import Level, Reported
from pulumi_preflight.packs.answers import PackRules, idle_rules, reported
from pulumi_preflight.packs.config_files import RuleSettings
from tests.preflight.builders import QUEUE, urn

JOBS, MAIL = urn(QUEUE, "jobs"), urn(QUEUE, "mail")
SUMMARY = "Queues keep their order."
RULES = PackRules(
    pack="demo",
    policies={
        "order": PolicyInfo(
            name="order",
            description=SUMMARY,
            severity=POLICY_SEVERITY_LOW,
            remediation_steps="Use FIFO.",
            url="https://example.com/order",
        )
    },
    settings={"order": RuleSettings(level="mandatory")},
)
MESSAGE = "jobs is a standard queue!"
PARTS = {
    "part": "fifoQueue",
    "problem": "`fifoQueue` is not set",
    "wanted": "true",
    "fix": "Set it.",
    "url": "https://example.com/fifo",
    "related": [MAIL],
}
FINDING = {"message": MESSAGE, **PARTS}
UNSEEN = {
    "message": "cannot see `fifoQueue`",
    "property": "fifoQueue",
    "problem": "`fifoQueue` is not known yet",
}
WAIVED = {**PARTS, "reason": "legacy", "owner": "platform", "expires": "2027-01-01"}
SCHEMA = json.loads(
    resources.files("pulumi_preflight.packs").joinpath("findings.schema.json").read_text()
)


def diagnostic(
    message: str = MESSAGE,
    *,
    level: EnforcementLevel.ValueType = MANDATORY,
    about: str = "",
    rule: str = "order",
) -> AnalyzeDiagnostic:
    """What an SDK sends for a violation."""
    return AnalyzeDiagnostic(
        policyName=rule,
        description=SUMMARY,
        message=f"{SUMMARY}\n{message}",
        urn=about,
        enforcementLevel=level,
        severity=POLICY_SEVERITY_HIGH,
    )


def told(rule: str = "order", /, **kinds: object) -> PolicyNotApplicable:
    reason = json.dumps({"policyFindings": 1, **kinds})
    return PolicyNotApplicable(policy_name=rule, reason=reason)


def answered(
    diagnostics: list[AnalyzeDiagnostic], *entries: PolicyNotApplicable, stack: bool = False
) -> Reported:
    about = {JOBS, MAIL} if stack else set()
    return reported(RULES, diagnostics, entries, urn=JOBS, resources=about)


@pytest.mark.parametrize("kind", ["findings", "notEvaluated", "waived"])
def test_the_examples_fit_the_schema(kind: str) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    entries = {"findings": FINDING, "notEvaluated": UNSEEN, "waived": WAIVED}
    validator = Draft202012Validator(SCHEMA)
    validator.validate({"policyFindings": 1, kind: [entries[kind]]})
    assert not validator.is_valid({"policyFindings": 1, kind: [{"problem": "x"}]})
    assert not validator.is_valid({kind: [entries[kind]]})


def test_an_entry_gives_its_diagnostic_parts() -> None:
    [finding] = answered([diagnostic()], told(findings=[FINDING])).findings
    assert (finding.id, finding.problem, finding.wanted) == (
        "order[fifoQueue]",
        "`fifoQueue` is not set",
        "true",
    )
    assert finding.message == "jobs: `fifoQueue` is not set; wanted true."
    assert (finding.fix, finding.url) == ("Set it.", "https://example.com/fifo")
    assert finding.related == (MAIL,)
    assert (finding.urn, finding.level, finding.severity) == (JOBS, Level.MANDATORY, "high")


@pytest.mark.parametrize("key", ["part", "fix", "url", "related"])
def test_parts_may_be_left_out(key: str) -> None:
    entry = {name: value for name, value in FINDING.items() if name != key}
    [finding] = answered([diagnostic()], told(findings=[entry])).findings
    expected = {"part": "", "fix": "Use FIFO.", "url": "https://example.com/order", "related": ()}
    assert getattr(finding, key) == expected[key]
    assert finding.wanted == "true"


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({**FINDING, "message": "another text"}, id="of-another-text"),
        pytest.param({**FINDING, "message": ["jobs"]}, id="without-a-text"),
        pytest.param({**FINDING, "problem": " "}, id="without-a-problem"),
        pytest.param({**FINDING, "wanted": None}, id="without-what-is-wanted"),
        pytest.param("findings", id="a-text"),
        pytest.param(None, id="null"),
    ],
)
def test_a_diagnostic_without_a_whole_entry_of_its_own_keeps_its_text(entry: object) -> None:
    [finding] = answered([diagnostic()], told(findings=[entry])).findings
    assert (finding.message, finding.level, finding.id) == (MESSAGE, Level.MANDATORY, "order")


def test_an_entry_of_another_rule_is_about_none_of_this_one() -> None:
    [finding] = answered([diagnostic()], told("other", findings=[FINDING])).findings
    assert finding.message == MESSAGE


def test_an_entry_of_another_resource_is_about_none_of_this_one() -> None:
    entries = [{**FINDING, "urn": MAIL}]
    [mine] = answered([diagnostic(about=JOBS)], told(findings=entries), stack=True).findings
    assert mine.message == MESSAGE
    [other] = answered([diagnostic(about=MAIL)], told(findings=entries), stack=True).findings
    assert other.message == "mail: `fifoQueue` is not set; wanted true."


def test_a_resource_rule_speaks_of_the_judged_resource_whatever_it_names() -> None:
    entries = [{**FINDING, "urn": MAIL}]
    [finding] = answered([diagnostic(about=JOBS)], told(findings=entries)).findings
    assert (finding.urn, finding.wanted) == (JOBS, "true")


def test_each_entry_is_about_one_diagnostic() -> None:
    entries = [FINDING, {**FINDING, "part": "other"}]
    found = answered([diagnostic()] * 3, told(findings=entries)).findings
    assert [each.id for each in found] == ["order[fifoQueue]", "order[other]", "order"]
    assert [each.is_prose for each in found] == [False, False, True]


def test_an_entry_without_a_diagnostic_is_no_finding() -> None:
    assert answered([], told(findings=[FINDING], notEvaluated=[UNSEEN])) == Reported()


def test_an_advisory_diagnostic_may_say_that_a_rule_could_not_run() -> None:
    sent = diagnostic(UNSEEN["message"], level=ADVISORY)
    found = answered([sent], told(notEvaluated=[UNSEEN]))
    assert not found.findings
    [entry] = found.not_evaluated
    assert (entry.id, entry.property) == ("order[fifoQueue]", "fifoQueue")
    assert (entry.message, entry.level) == (
        "jobs: `fifoQueue` is not known yet",
        Level.MANDATORY,
    )
    assert (entry.severity, entry.fix, entry.url) == ("high", None, "https://example.com/order")


def test_what_could_not_run_may_have_a_part_and_a_page_of_its_own() -> None:
    entry = {**UNSEEN, "part": "x", "url": "https://example.com/x", "related": [MAIL]}
    sent = diagnostic(UNSEEN["message"], level=ADVISORY)
    [unseen] = answered([sent], told(notEvaluated=[entry])).not_evaluated
    assert (unseen.part, unseen.url, unseen.related) == ("x", "https://example.com/x", (MAIL,))


@pytest.mark.parametrize("level", [MANDATORY, REMEDIATE], ids=["mandatory", "remediate"])
@pytest.mark.parametrize(
    "lie",
    [
        pytest.param(told(notEvaluated=[{**UNSEEN, "message": MESSAGE}]), id="not-evaluated"),
        pytest.param(told(waived=[{**WAIVED, "message": MESSAGE}]), id="waived"),
        pytest.param(told(findings=[{**FINDING, "level": "advisory"}]), id="advisory"),
        pytest.param(told(findings=[]), id="nothing"),
        pytest.param(PolicyNotApplicable(policy_name="order", reason="idle"), id="idle"),
    ],
)
def test_no_entry_takes_away_what_stops_the_engine(
    level: EnforcementLevel.ValueType, lie: PolicyNotApplicable
) -> None:
    [finding] = answered([diagnostic(level=level)], lie).findings
    assert finding.level is Level.MANDATORY


def test_a_waived_violation_is_told_with_its_waiver() -> None:
    found = answered([], told(waived=[WAIVED, {**WAIVED, "urn": MAIL, "part": ""}]), stack=True)
    assert [each.urn for each in found.waived] == [JOBS, MAIL]
    assert [each.id for each in found.waived] == ["order[fifoQueue]", "order"]
    waived = found.waived[0]
    assert waived.message == "jobs: `fifoQueue` is not set; wanted true."
    assert (waived.fix, waived.url) == ("Set it.", "https://example.com/fifo")
    assert (waived.level, waived.severity, waived.related) == (Level.MANDATORY, "low", (MAIL,))
    assert (waived.reason, waived.owner, waived.expires) == ("legacy", "platform", "2027-01-01")


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        pytest.param("advisory", Level.ADVISORY, id="advice"),
        pytest.param("mandatory", Level.MANDATORY, id="the level of the rule"),
        pytest.param("disabled", Level.MANDATORY, id="no level of what is told"),
        pytest.param(None, Level.MANDATORY, id="none"),
    ],
)
def test_what_no_diagnostic_tells_the_level_of_may_be_advice(
    level: object, expected: Level
) -> None:
    sent = diagnostic(UNSEEN["message"], level=ADVISORY)
    unseen, waived = {**UNSEEN, "level": level}, {**WAIVED, "level": level}
    found = answered([sent], told(notEvaluated=[unseen], waived=[waived]))
    assert [each.level for each in (*found.not_evaluated, *found.waived)] == [expected, expected]


def test_nothing_makes_a_rule_that_advises_stop() -> None:
    advises = replace(RULES, settings={"order": RuleSettings(level="advisory")})
    entry = told(waived=[{**WAIVED, "level": "mandatory"}])
    [waived] = reported(advises, [], [entry], urn=JOBS).waived
    assert waived.level is Level.ADVISORY


def test_a_waived_violation_that_says_little_is_told_all_the_same() -> None:
    [waived] = answered([], told(waived=[{"problem": "no FIFO", "owner": 7}])).waived
    assert waived.message == "jobs: no FIFO"
    assert (waived.fix, waived.url) == ("Use FIFO.", "https://example.com/order")
    assert (waived.reason, waived.owner, waived.expires) == ("", None, None)


@pytest.mark.parametrize(
    ("reason", "is_idle"),
    [
        pytest.param("", True, id="none"),
        pytest.param("Policy does not implement remediate", True, id="words"),
        pytest.param("{not json", True, id="a-brace"),
        pytest.param("[1]", True, id="a-list"),
        pytest.param('{"waived": []}', True, id="no-version"),
        pytest.param('{"policyFindings": 1}', False, id="nothing-more"),
        pytest.param('{"policyFindings": 2}', False, id="a-later-version"),
        pytest.param('{"policyFindings": 1, "waived": "all"}', False, id="no-list"),
    ],
)
def test_a_rule_that_tells_in_this_format_was_not_idle(reason: str, *, is_idle: bool) -> None:
    entry = PolicyNotApplicable(policy_name="order", reason=reason)
    assert idle_rules([entry]) == ({"order": reason} if is_idle else {})
    assert answered([], entry) == Reported()


@pytest.mark.parametrize("version", [0, 2, True, "1", [1], None])
def test_what_a_version_that_is_not_known_tells_is_not_read(version: object) -> None:
    document = {"policyFindings": version, "findings": [FINDING], "waived": [WAIVED]}
    entry = PolicyNotApplicable(policy_name="order", reason=json.dumps(document))
    found = answered([diagnostic()], entry)
    assert [each.message for each in found.findings] == [MESSAGE]
    assert not found.waived


@pytest.mark.parametrize("kind", ["findings", "waived"])
def test_half_of_a_character_becomes_one_that_can_be_written(kind: str) -> None:
    half = json.loads('"\\ud83d"')
    entry = dict.fromkeys((*PARTS, "reason", "owner", "expires"), f"{half}x")
    found = answered([diagnostic()], told("order", **{kind: [{**entry, "message": MESSAGE}]}))
    for each in (*found.findings, *found.waived):
        json.dumps(asdict(each), default=str, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "reason",
    [
        pytest.param('{"a":' * 100_000, id="deep-objects"),
        pytest.param('{"policyFindings": 1, "waived": ' + "[" * 100_000, id="deep-lists"),
        pytest.param('{"policyFindings": ' + "1" * 100_000 + "}", id="a-long-number"),
        pytest.param('{"policyFindings": NaN}', id="no-number"),
    ],
)
def test_a_reason_that_no_reader_takes_says_nothing(reason: str) -> None:
    entry = PolicyNotApplicable(policy_name="order", reason=reason)
    found = answered([diagnostic()], entry)
    assert [each.message for each in found.findings] == [MESSAGE]
    assert not found.waived


def test_many_equal_entries_are_read_in_one_pass() -> None:
    count = 20_000
    entries = [{**FINDING, "urn": JOBS}] * count
    began = time.process_time()
    found = answered([diagnostic()] * count, told(findings=entries))
    # One pass takes a fifth of a second; to look through all for each takes minutes.
    assert time.process_time() - began < 20
    assert len(found.findings) == count


def test_the_example_of_the_page_is_read_as_the_page_says() -> None:
    page = (Path(__file__).parents[2] / "docs/findings-format.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(\w+)\n(.*?)```", page, re.DOTALL)
    code = next(text for kind, text in blocks if kind == "python")
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the page's own example
    policy = ResourceValidationPolicy("queue-is-fifo", SUMMARY, names["queue_is_fifo"])
    service: Any = _PolicyAnalyzerServicer(
        "demo", "1.0.0", [policy], EnforcementLevelOfSdk.MANDATORY
    )
    answer = service.Analyze(AnalyzeRequest(type=QUEUE, urn=JOBS, name="jobs"), None)
    [entry] = answer.not_applicable
    Draft202012Validator(SCHEMA).validate(json.loads(entry.reason))
    [finding] = answered(list(answer.diagnostics), entry).findings
    shown = next(text for kind, text in blocks if kind == "text").splitlines()
    assert [
        finding.rule,
        f"{finding.problem}; wanted {finding.wanted}.",
        f"Fix: {finding.fix}",
    ] == [line.strip() for line in (shown[0], *shown[2:])]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
ENTRY = JSON | st.fixed_dictionaries(
    {},
    optional={
        **{key: JSON | st.text() for key in (*WAIVED, "property")},
        "message": st.sampled_from([MESSAGE, "other"]) | JSON,
        "urn": st.sampled_from([JOBS, MAIL, ""]) | JSON,
    },
)
REASONS = st.one_of(
    st.text(),
    JSON.map(json.dumps),
    st.fixed_dictionaries(
        {"policyFindings": st.just(1) | JSON},
        optional={
            kind: st.lists(ENTRY, max_size=3) | JSON
            for kind in ("findings", "notEvaluated", "waived")
        },
    ).map(json.dumps),
)


@given(
    reasons=st.lists(REASONS, max_size=3),
    sent=st.lists(
        st.builds(
            diagnostic,
            st.sampled_from([MESSAGE, "other"]),
            level=st.sampled_from([ADVISORY, MANDATORY, REMEDIATE]),
            about=st.sampled_from([JOBS, MAIL, ""]),
        ),
        max_size=4,
    ),
)
def test_whatever_stands_in_a_reason_every_diagnostic_is_told_once(
    reasons: list[str], sent: list[AnalyzeDiagnostic]
) -> None:
    entries = [PolicyNotApplicable(policy_name="order", reason=each) for each in reasons]
    found = answered(sent, *entries, stack=True)
    assert len(found.findings) + len(found.not_evaluated) == len(sent)
    stops = Counter(each.urn or JOBS for each in sent if each.enforcementLevel != ADVISORY)
    mandatory = [each for each in found.findings if each.level is Level.MANDATORY]
    assert Counter(each.urn for each in mandatory) == stops
    for each in (*found.findings, *found.not_evaluated, *found.waived):
        assert each.rule == "order"
        each.message.encode()
