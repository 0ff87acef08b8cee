"""The page of all rules says of each what there is to say."""

from pathlib import Path

import pytest

from aws_policy_pack.docs import MANY_TYPES, rule_section, rules_page
from aws_policy_pack.profiles import load_profile
from aws_policy_pack.registry import RULES
from aws_policy_pack.rule import AnyRule, Level

every_rule = pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in RULES])


def test_the_page_has_one_row_and_one_section_for_each_rule() -> None:
    lines = rules_page(RULES).splitlines()
    rows = [line.split("]")[0].removeprefix("| [") for line in lines if line.startswith("| [")]
    sections = [line.removeprefix("### ") for line in lines if line.startswith("### ")]
    assert rows == sections == [rule.id for rule in RULES]


def test_the_profile_that_the_page_shows_has_no_mistakes(tmp_path: Path) -> None:
    shown = rules_page([]).split("```json\n")[1].split("```")[0]
    profile = tmp_path / "profile.json"
    profile.write_text(shown, encoding="utf-8")
    settings = load_profile(profile).settings
    assert settings["iam-no-users"].level is Level.DISABLED
    assert settings["sqs-encryption"].level is Level.ADVISORY


@every_rule
def test_a_section_has_all_that_is_said_of_the_rule(rule: AnyRule) -> None:
    section = rule_section(rule)
    for text in (rule.summary, rule.why, rule.url, rule.level.value, *rule.controls):
        assert text in section
    many = len(rule.types) > MANY_TYPES
    assert all(f"`{kind}`" in section for kind in rule.types[: 1 if many else None])
    assert (f"{len(rule.types)} types, such as" in section) is many


@every_rule
def test_a_section_lists_the_rules_own_settings(rule: AnyRule) -> None:
    own = [
        field.alias or name
        for name, field in rule.config.model_fields.items()
        if name not in {"on_unknown", "waivers"}
    ]
    section = rule_section(rule)
    assert all(f"| `{key}` |" in section for key in own)
    assert ("| setting |" in section) is bool(own)
