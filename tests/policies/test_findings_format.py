"""What the pack tells beside its diagnostics is the documented format, and preflight reads it."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from aws_policy_pack.analyzer import Analyzer
from aws_policy_pack.changes import Change
from aws_policy_pack.config import Waiver
from aws_policy_pack.evaluation import Outcome, Said, Violation, Waived, reason_of
from aws_policy_pack.pack import Pack
from aws_policy_pack.profiles import LEVEL_KEY
from aws_policy_pack.registry import RULES
from aws_policy_pack.rule import AnyRule, Level, Scope
from aws_policy_pack.rules.cost.budget import monthly_budget
from aws_policy_pack.testing import NO_CONTEXT, Example, resource_request, stack_request, urn_of
from pulumi_preflight.findings import Reported
from pulumi_preflight.packs.answers import PackRules, reported
from pulumi_preflight.packs.config_files import RuleSettings

VALIDATOR = Draft202012Validator(
    json.loads(
        resources.files("pulumi_preflight.packs").joinpath("findings.schema.json").read_text()
    )
)
SAID = Said(
    name="x",
    problem="'a' is wrong",
    wanted="'b'",
    fix="Set it.",
    url="https://example.com",
    part="key",
    related=("urn:y",),
)
PARTS = {
    "urn": "urn:x",
    "part": "key",
    "problem": "'a' is wrong",
    "wanted": "'b'",
    "fix": "Set it.",
    "url": "https://example.com",
    "related": ["urn:y"],
}
FOUND = Violation(said=SAID, urn="urn:x", level=Level.MANDATORY)
UNSEEN = Violation(
    said=Said(name="x", problem="`key` is not known yet"),
    urn="urn:x",
    level=Level.ADVISORY,
    unreadable="key",
)
WAIVED = Waived(
    said=SAID,
    urn="urn:x",
    waiver=Waiver(resource="x", reason="accepted", owner="team", expires=dt.date(2026, 6, 15)),
)


def told(outcome: Outcome) -> Any:  # noqa: ANN401 - a JSON document
    document = json.loads(reason_of(outcome))
    VALIDATOR.validate(document)
    return document


def test_a_finding_is_sent_with_its_parts_and_the_text_of_its_diagnostic() -> None:
    message = "x: 'a' is wrong; wanted 'b'. Fix: Set it. https://example.com"
    assert told(Outcome(violations=(FOUND,))) == {
        "policyFindings": 1,
        "findings": [{"message": message, **PARTS}],
    }


def test_what_could_not_run_is_sent_with_its_property() -> None:
    assert told(Outcome(violations=(UNSEEN,))) == {
        "policyFindings": 1,
        "notEvaluated": [
            {
                "message": "not evaluated: x: `key` is not known yet",
                "property": "key",
                "urn": "urn:x",
                "problem": "`key` is not known yet",
            }
        ],
    }


def test_what_would_only_have_advised_says_so() -> None:
    unseen, waived = replace(UNSEEN, is_advice=True), replace(WAIVED, is_advice=True)
    document = told(Outcome(violations=(unseen,), waived=(waived,)))
    entries = [*document["notEvaluated"], *document["waived"]]
    assert [entry["level"] for entry in entries] == ["advisory", "advisory"]


def test_a_waived_finding_is_sent_with_all_that_an_auditor_asks() -> None:
    assert told(Outcome(waived=(WAIVED,))) == {
        "policyFindings": 1,
        "waived": [{"reason": "accepted", "owner": "team", "expires": "2026-06-15", **PARTS}],
    }


def test_all_kinds_travel_together_and_nothing_is_sent_of_nothing() -> None:
    document = told(Outcome(violations=(FOUND, UNSEEN, FOUND), waived=(WAIVED,)))
    counts = {kind: len(entries) for kind, entries in document.items() if kind != "policyFindings"}
    assert counts == {"findings": 2, "notEvaluated": 1, "waived": 1}
    assert reason_of(Outcome()) == ""


@pytest.mark.parametrize(
    "rule", [pytest.param(rule, id=rule.id) for rule in RULES if rule.scope is not Scope.PACK]
)
def test_preflight_finds_the_parts_of_all_that_a_rule_says(rule: AnyRule) -> None:
    pack = Pack("pack", "1.0.0", [rule])
    pack.configure({rule.id: {LEVEL_KEY: rule.level.value, **rule.example_config}})
    bad, told = rule.bad, {}
    if rule.before is not None:
        before: Any = rule.before
        told[urn_of(rule.types[0], "subject")] = Change(operation="update", before=before)
    service = Analyzer(pack, changes=lambda: told)
    if isinstance(bad, Mapping):
        request = resource_request(rule.types[0], bad)
        answer, about = service.Analyze(request, NO_CONTEXT), request.urn
        others = set[str]()
    else:
        answer, about = service.AnalyzeStack(stack_request(bad), NO_CONTEXT), "stack"
        others = {urn_of(each.type, each.name) for each in bad}
    for entry in answer.not_applicable:
        if entry.reason.startswith("{"):
            VALIDATOR.validate(json.loads(entry.reason))
    rules = PackRules(pack="pack", policies={})
    found = reported(rules, answer.diagnostics, answer.not_applicable, urn=about, resources=others)
    assert len(found.findings) == len(answer.diagnostics) > 0
    assert not any(each.is_prose for each in found.findings)


def judged_by_budget(**config: object) -> Reported:
    """What preflight makes of two resources without a price, of which a waiver accepts one."""
    waiver = {"resource": "two", "reason": "350 USD", "owner": "data", "expires": "2999-12-31"}
    pack = Pack("pack", "1.0.0", [monthly_budget])
    pack.configure({monthly_budget.id: {LEVEL_KEY: "mandatory", "waivers": [waiver], **config}})
    unpriced = "aws:mwaa/environment:Environment"
    stack = stack_request([Example(type=unpriced, name=name) for name in ("one", "two")])
    answer = Analyzer(pack).AnalyzeStack(stack, NO_CONTEXT)
    settings = {monthly_budget.id: RuleSettings(level="mandatory")}
    rules = PackRules(pack="pack", policies={}, settings=settings)
    return reported(rules, answer.diagnostics, answer.not_applicable, urn="stack")


@pytest.mark.parametrize(
    "config",
    [
        pytest.param({}, id="no price"),
        pytest.param({"onUnknown": "fail"}, id="no price where that fails"),
        pytest.param({"priceFolder": "/nowhere"}, id="no table"),
    ],
)
def test_without_a_budget_nothing_about_prices_is_mandatory(config: dict[str, object]) -> None:
    told = judged_by_budget(**config)
    entries = (*told.findings, *told.not_evaluated, *told.waived)
    assert {each.level.value for each in entries} == {"advisory"}


@pytest.mark.parametrize(
    "config",
    [
        pytest.param({"budgetBase": 1}, id="no price"),
        pytest.param({"budgetWorst": 1, "priceFolder": "/nowhere"}, id="no table"),
    ],
)
def test_under_a_budget_what_has_no_price_is_mandatory(config: dict[str, object]) -> None:
    told = judged_by_budget(**config)
    assert {each.level.value for each in (*told.findings, *told.waived)} == {"mandatory"}
