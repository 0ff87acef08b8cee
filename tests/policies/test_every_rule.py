"""What holds for every rule of the pack, through the policy SDK's own Analyze and AnalyzeStack."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_policy_pack.analyzer import Analyzer
from aws_policy_pack.pack import Pack
from aws_policy_pack.registry import RULES
from aws_policy_pack.rule import AnyRule, Scope
from aws_policy_pack.testing import (
    UNKNOWN,
    Report,
    analyze,
    analyze_stack,
    remediate,
    stack_request,
)
from tests.policies.strategies import subjects

every_rule = pytest.mark.parametrize(
    "rule", [pytest.param(rule, id=rule.id) for rule in RULES if rule.scope is not Scope.PACK]
)
resource_rules = pytest.mark.parametrize(
    "rule", [pytest.param(rule, id=rule.id) for rule in RULES if rule.scope is Scope.RESOURCE]
)
mending_rules = pytest.mark.parametrize(
    "rule", [pytest.param(rule, id=rule.id) for rule in RULES if rule.fix is not None]
)


def reports(
    rule: AnyRule,
    subject: Any,  # noqa: ANN401 - properties, or a stack
    config: Mapping[str, object],
) -> list[Report]:
    in_base = partial(analyze, before=rule.before)
    run: Callable[..., list[Report]] = analyze_stack if rule.scope is Scope.STACK else in_base
    return run(rule, subject, config=config)


@every_rule
def test_the_good_example_passes(rule: AnyRule) -> None:
    assert reports(rule, rule.good, rule.example_config) == []


@every_rule
def test_the_bad_example_fails_at_the_rules_own_level(rule: AnyRule) -> None:
    found = reports(rule, rule.bad, rule.example_config)
    assert found
    assert {report.level for report in found} == {rule.level.value}
    assert all(report.was_evaluated for report in found)


@every_rule
def test_a_finding_says_what_is_wrong_what_is_wanted_and_what_to_do(rule: AnyRule) -> None:
    for report in reports(rule, rule.bad, rule.example_config):
        assert "; wanted " in report.message
        assert ". Fix: " in report.message
        assert report.message.endswith(f". {rule.url}")
        assert rule.summary not in report.message


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in RULES])
def test_nothing_that_an_engine_may_send_makes_a_rule_raise(
    rule: AnyRule, record_property: Callable[[str, object], None]
) -> None:
    made: Counter[str] = Counter()

    @given(subject=subjects(rule), kind=st.sampled_from(rule.types or ("",)))
    def judge(subject: Any, kind: str) -> None:  # noqa: ANN401 - properties, or a stack
        if rule.scope is Scope.RESOURCE:
            made["resources"] += 1
            analyze(rule, subject, config=rule.example_config, type=kind, before=rule.before)
            return
        made["graphs"] += 1
        made["resources in graphs"] += len(subject)
        if rule.scope is Scope.STACK:
            analyze_stack(rule, subject, config=rule.example_config)
        else:
            whole_pack(rule.example_config).AnalyzeStack(stack_request(subject), None)

    judge()
    for what, count in made.items():
        record_property(f"generated {what}", count)


def whole_pack(config: Mapping[str, object]) -> Any:  # noqa: ANN401 - takes any context
    """All rules together, which a rule about the pack's settings needs."""
    pack = Pack("pack", "1.0.0", RULES)
    pack.configure(config)
    return Analyzer(pack)


@resource_rules
def test_a_value_that_is_not_known_never_turns_a_failure_into_a_pass(rule: AnyRule) -> None:
    assert isinstance(rule.bad, Mapping)
    for key in rule.bad:
        hidden = {**rule.bad, key: UNKNOWN}
        assert reports(rule, hidden, rule.example_config), f"passes with {key} unknown"


@mending_rules
def test_the_fix_makes_the_bad_example_pass_and_then_changes_nothing(rule: AnyRule) -> None:
    assert isinstance(rule.bad, Mapping)
    mended = remediate(rule, rule.bad, config=rule.example_config)
    assert mended is not None
    assert analyze(rule, dict(mended), config=rule.example_config) == []
    assert remediate(rule, dict(mended), config=rule.example_config) is None
