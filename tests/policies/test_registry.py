"""Every rule is registered once and says what it must; choosing works by each criterion."""

import pkgutil
import re
from types import ModuleType

import pytest

import aws_policy_pack.rules
from aws_policy_pack.registry import AREAS, RULES, select
from aws_policy_pack.rule import AnyRule, Severity

every_rule = pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in RULES])


def test_every_area_module_is_registered() -> None:
    found = {module.name for module in pkgutil.iter_modules(aws_policy_pack.rules.__path__)}
    assert found == {module.__name__.rpartition(".")[2] for module in AREAS}


@pytest.mark.parametrize("area", [pytest.param(a, id=a.__name__.split(".")[-1]) for a in AREAS])
def test_an_area_has_rules_and_they_stand_together(area: ModuleType) -> None:
    areas = [rule.area for rule in RULES]
    own = {rule.area for rule in vars(area).values() if rule in RULES}
    assert own
    for name in own:
        first, count = areas.index(name), areas.count(name)
        assert areas[first : first + count] == [name] * count


def test_ids_differ() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


@every_rule
def test_an_id_is_kebab_case_and_begins_with_the_area(rule: AnyRule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.id)


@every_rule
def test_summary_and_reason_are_sentences(rule: AnyRule) -> None:
    assert re.fullmatch(r"[A-Z`].{8,98}[^.;,\s]", rule.summary)
    assert re.fullmatch(r"[A-Z`].{8,}\.", rule.why)
    assert "\n" not in rule.summary + rule.why


@every_rule
def test_the_page_that_proves_a_rule_is_a_secure_address(rule: AnyRule) -> None:
    assert re.fullmatch(r"https://[a-z0-9.-]+/\S*[^.\s]", rule.url)


@every_rule
def test_every_setting_is_described(rule: AnyRule) -> None:
    assert all(field.description for field in rule.config.model_fields.values())


@every_rule
def test_no_other_rule_is_configured_by_the_same_model_if_it_has_settings(rule: AnyRule) -> None:
    if set(rule.config.model_fields) != {"on_unknown", "waivers"}:
        assert [other.id for other in RULES if other.config is rule.config] == [rule.id]


def test_selecting_nothing_gives_all() -> None:
    assert select() == RULES


def test_any_value_of_a_criterion_will_do_and_all_criteria_must_hold() -> None:
    chosen = select(areas=["sqs", "waivers"], severities=[Severity.MEDIUM], ids=["waivers-*"])
    assert [rule.id for rule in chosen] == ["waivers-valid"]


def test_controls_are_chosen_by_glob() -> None:
    chosen = select(controls=["Security Hub *"])
    assert chosen == tuple(
        rule for rule in RULES if any(c.startswith("Security Hub ") for c in rule.controls)
    )


@every_rule
def test_a_control_is_named_in_the_form_of_its_source(rule: AnyRule) -> None:
    """One form for each source, so that a glob such as `cdk-nag *` finds all of it."""
    forms = re.compile(
        r"Security Hub [A-Za-z0-9]+\.\d+|CKV2?_AWS_\d+|cdk-nag AwsSolutions-[A-Z0-9]+"
        r"|cfn-lint [EWI]\d{4}|NIST\.800-53\.r5 [A-Z]{2}-\d+(\(\d+\))?|CIS AWS \d+(\.\d+)+"
    )
    assert [control for control in rule.controls if not forms.fullmatch(control)] == []
