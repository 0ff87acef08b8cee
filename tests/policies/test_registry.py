"""Every rule that is written is registered, and says what it must; choosing works."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

import aws_policy_pack.rules
from aws_policy_pack.registry import RULES, rules_in, select
from aws_policy_pack.rule import AnyRule, Scope, Severity

every_rule = pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in RULES])
DECORATORS = {"resource_rule", "stack_rule"}
OF_THE_PACK = {rule.id for rule in RULES if rule.scope is Scope.PACK}


def decorated(folder: Path) -> list[str]:
    """The ids of all functions under a folder that are decorated as rules, read as text."""
    return [
        ast.literal_eval(decorator.args[0])
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) in DECORATORS
    ]


def test_every_decorated_function_is_registered_once() -> None:
    [folder] = aws_policy_pack.rules.__path__
    assert [rule.id for rule in RULES] == sorted([*decorated(Path(folder)), *OF_THE_PACK])


def test_two_rules_of_one_id_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "rules_of_a_test"
    package.mkdir()
    (package / "__init__.py").touch()
    for area in ("first", "second"):
        (package / f"{area}.py").write_text(
            "from dataclasses import replace\n"
            "from aws_policy_pack.rules.kms import rotation\n"
            "of_another = replace(rotation)\n"
        )
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(TypeError, match=r"rules_of_a_test\.first: another .* id kms-rotation"):
        rules_in(import_module("rules_of_a_test"))


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
