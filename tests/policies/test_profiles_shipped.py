"""The profiles that are shipped: strictly valid; ours wider from stage to stage, never laxer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aws_policy_pack.profiles import (
    SHIPPED,
    Profile,
    load_profile,
    read_settings,
    resolved,
    shipped_profiles,
)
from aws_policy_pack.registry import RULES
from aws_policy_pack.rule import AnyRule, Kind, Level, Scope
from aws_policy_pack.rules.cost.autoscaling import AutoscalingMaximum
from aws_policy_pack.rules.cost.budget import MonthlyBudget
from aws_policy_pack.rules.cost.databases import MultiAz, RdsStorage, ServerlessCapacity
from aws_policy_pack.rules.cost.retention import BilledLogRetention
from aws_policy_pack.rules.cost.services import (
    NAT_GATEWAY,
    DesiredCount,
    ResourceCount,
    TaskSize,
    TotalDesiredCount,
)
from aws_policy_pack.rules.names.form import TagsRequired

FOLDER = Path(__file__).resolve().parents[2] / "policies" / "profiles"
STAGES = ("local", "dev", "prod")
CAPS_OF_THE_STACK = {
    "cost-ecs-desired-count": {"max"},
    "cost-ecs-total-desired-count": {"max"},
    "cost-ecs-task-size": {"maxCpu", "maxMemory"},
    "cost-autoscaling-maximum": {"max"},
    "cost-rds-instance-class": {"classes"},
    "cost-rds-serverless-capacity": {"maxCapacity"},
    "cost-rds-storage": {"maxStorage"},
    "cost-resource-count": {"maxByType"},
    "cost-log-retention": {"maxDays"},
}

every_stage = pytest.mark.parametrize("stage", STAGES)


def path_of(stage: str) -> Path:
    return FOLDER / f"{stage}.json"


def profile_of(stage: str) -> Profile:
    return load_profile(path_of(stage))


def raw(stage: str) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads(path_of(stage).read_text(encoding="utf-8"))
    return settings


def test_there_is_one_profile_for_each_stage() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(STAGES)


@every_stage
def test_a_profile_passes_the_strict_check(stage: str) -> None:
    assert profile_of(stage).settings.keys() == {rule.id for rule in RULES}


@every_stage
def test_a_profile_states_every_cap_that_the_stacks_settings_are_held_to(stage: str) -> None:
    settings = raw(stage)
    missing = {rule: keys - settings[rule].keys() for rule, keys in CAPS_OF_THE_STACK.items()}
    assert not any(missing.values())


@every_stage
def test_a_stage_extends_the_strict_profile(stage: str) -> None:
    assert raw(stage)["extends"] == "strict"


DATABASES_THAT_MAY_BE_LOST = {
    "rds-deletion-protection",
    "rds-final-snapshot",
    "rds-multi-az",
    "lb-deletion-protection",
}


@pytest.mark.parametrize(
    ("stage", "laxer"),
    [
        pytest.param(
            "local", {*DATABASES_THAT_MAY_BE_LOST, "lb-https", "ecr-immutable-tags"}, id="local"
        ),
        pytest.param("dev", {*DATABASES_THAT_MAY_BE_LOST, "lb-https"}, id="dev"),
        pytest.param("prod", set(), id="prod"),
    ],
)
def test_all_is_mandatory_but_what_a_stage_can_do_without(stage: str, laxer: set[str]) -> None:
    settings = profile_of(stage).settings
    found = {rule for rule, each in settings.items() if each.level is not Level.MANDATORY}
    assert found == laxer


@every_stage
def test_a_stage_sets_every_cap_that_a_rule_of_a_profile_asks_for(stage: str) -> None:
    settings = profile_of(stage).settings
    unset = [
        rule.id
        for rule in RULES
        if rule.kind is Kind.CONFIGURED and settings[rule.id].config == rule.config()
    ]
    assert unset == ["waivers-valid"]


@every_stage
def test_no_profile_waives_anything(stage: str) -> None:
    settings = profile_of(stage).settings
    assert [rule for rule, setting in settings.items() if setting.config.waivers] == []


@pytest.mark.parametrize(
    "cap",
    [
        pytest.param(lambda p: p.config(DesiredCount).max, id="tasks of a service"),
        pytest.param(lambda p: p.config(TotalDesiredCount).max, id="tasks of all services"),
        pytest.param(lambda p: p.config(TaskSize).max_cpu, id="CPU of a task"),
        pytest.param(lambda p: p.config(TaskSize).max_memory, id="memory of a task"),
        pytest.param(lambda p: p.config(AutoscalingMaximum).max, id="workers"),
        pytest.param(lambda p: p.config(ServerlessCapacity).max_capacity, id="ACUs"),
        pytest.param(lambda p: p.config(RdsStorage).max_storage, id="storage"),
        pytest.param(lambda p: p.config(RdsStorage).max_iops, id="IOPS"),
        pytest.param(lambda p: p.config(MultiAz).allowed, id="zones of a database"),
        pytest.param(lambda p: p.config(ResourceCount).max_by_type[NAT_GATEWAY], id="NAT gateways"),
        pytest.param(lambda p: p.config(BilledLogRetention).max_days, id="days of logs"),
        pytest.param(lambda p: p.config(MonthlyBudget).budget_base, id="base budget"),
        pytest.param(lambda p: p.config(MonthlyBudget).budget_worst, id="worst budget"),
    ],
)
def test_a_cap_is_no_tighter_in_a_later_stage(cap: Callable[[Profile], float]) -> None:
    values = [cap(profile_of(stage)) for stage in STAGES]
    assert values == sorted(values)
    assert values[0] < values[-1]


@every_stage
def test_every_resource_is_tagged_with_its_stage(stage: str) -> None:
    tags = profile_of(stage).config(TagsRequired).tags
    assert tags == {"Project": None, "Environment": stage, "ManagedBy": None}


def shipped(name: str) -> dict[str, Level]:
    return {
        rule: each.level for rule, each in load_profile(SHIPPED / f"{name}.json").settings.items()
    }


def test_three_profiles_are_shipped() -> None:
    assert sorted(shipped_profiles()) == ["minimal", "recommended", "strict"]


@pytest.mark.parametrize("profile", ["minimal", "recommended", "strict"])
@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(rule, id=rule.id)
        for rule in RULES
        if rule.kind is Kind.CONFIGURED and rule.scope is not Scope.PACK
    ],
)
def test_what_a_profile_configures_stops_whatever_it_extends(
    rule: AnyRule, profile: str, tmp_path: Path
) -> None:
    path = tmp_path / "own.json"
    path.write_text(json.dumps({"extends": profile, rule.id: rule.example_config}))
    setting = load_profile(path).settings[rule.id]
    assert setting.level is Level.MANDATORY
    assert setting.config != rule.config()


@pytest.mark.parametrize(
    "rule", [pytest.param(rule, id=rule.id) for rule in RULES if rule.area == "cost"]
)
def test_no_cap_has_a_default(rule: AnyRule) -> None:
    fields = rule.config.model_fields.items()
    caps = [field.get_default(call_default_factory=True) for name, field in fields if "max" in name]
    assert not any(caps)


def test_the_minimal_profile_has_what_is_mandatory_unasked_and_nothing_else() -> None:
    levels = shipped("minimal")
    for rule in RULES:
        practice = rule.kind is Kind.PRACTICE
        assert levels[rule.id] is (Level.DISABLED if practice else Level.MANDATORY), rule.id


def test_the_recommended_profile_makes_advice_mandatory_and_takes_nothing_away() -> None:
    levels = shipped("recommended")
    raised = {rule.id for rule in RULES if levels[rule.id] is not rule.level}
    assert raised == shipped_profiles()["recommended"].keys()
    assert all(levels[rule] is Level.MANDATORY for rule in raised)


def test_the_strict_profile_makes_all_mandatory() -> None:
    assert set(shipped("strict").values()) == {Level.MANDATORY}


@every_stage
def test_what_the_engine_gets_says_the_same(stage: str) -> None:
    assert read_settings(resolved(path_of(stage))) == profile_of(stage).settings
