"""The three profiles that are shipped: strictly valid, wider from stage to stage, never laxer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aws_policy_pack.profiles import Profile, load_profile
from aws_policy_pack.registry import RULES
from aws_policy_pack.rule import Level
from aws_policy_pack.rules.cost.autoscaling import AutoscalingMaximum
from aws_policy_pack.rules.cost.budget import MonthlyBudget
from aws_policy_pack.rules.cost.counts import NAT_GATEWAY, ResourceCount
from aws_policy_pack.rules.cost.databases import MultiAz, RdsStorage, ServerlessCapacity
from aws_policy_pack.rules.cost.retention import LogRetention
from aws_policy_pack.rules.cost.services import DesiredCount, TotalDesiredCount
from aws_policy_pack.rules.cost.tasks import TaskSize
from aws_policy_pack.rules.names.tags import TagsRequired

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
def test_no_profile_weakens_a_rule_that_is_mandatory(stage: str) -> None:
    settings = profile_of(stage).settings
    weakened = [
        rule.id
        for rule in RULES
        if rule.level is Level.MANDATORY and settings[rule.id].level is not Level.MANDATORY
    ]
    assert weakened == []


@every_stage
def test_no_profile_waives_anything(stage: str) -> None:
    settings = profile_of(stage).settings
    assert [rule for rule, setting in settings.items() if setting.config.waivers] == []


def test_production_disables_nothing() -> None:
    levels = {setting.level for setting in profile_of("prod").settings.values()}
    assert Level.DISABLED not in levels


@pytest.mark.parametrize(
    "rule",
    [
        "tags-required",
        "cost-ecs-deployment-surge",
        "cost-ecr-lifecycle",
        "ecr-immutable-tags",
        "ecr-scan-on-push",
        "iam-wildcard-resource",
        "lb-deletion-protection",
        "lb-https",
        "rds-deletion-protection",
        "rds-final-snapshot",
        "rds-multi-az",
    ],
)
def test_production_makes_mandatory_what_is_advice_elsewhere(rule: str) -> None:
    assert profile_of("prod").settings[rule].level is Level.MANDATORY
    assert profile_of("dev").settings[rule].level is not Level.MANDATORY


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
        pytest.param(lambda p: p.config(LogRetention).max_days, id="days of logs"),
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
