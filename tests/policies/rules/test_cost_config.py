"""What the settings of the cost rules may be."""

from collections.abc import Mapping
from decimal import Decimal

import pytest
from pydantic import ValidationError

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.rules.cost.autoscaling import AutoscalingMaximum
from aws_policy_pack.rules.cost.budget import MonthlyBudget
from aws_policy_pack.rules.cost.databases import RdsStorage, ServerlessCapacity
from aws_policy_pack.rules.cost.retention import BilledLogRetention
from aws_policy_pack.rules.cost.services import (
    DeploymentSurge,
    DesiredCount,
    ResourceCount,
    TaskSize,
    TotalDesiredCount,
)


@pytest.mark.parametrize(
    ("model", "allowed", "refused"),
    [
        pytest.param(DesiredCount, {"max": 0}, {"max": -1}, id="tasks of a service"),
        pytest.param(
            DesiredCount, {"overrides": {"a": 0}}, {"overrides": {"a": -1}}, id="its own cap"
        ),
        pytest.param(TotalDesiredCount, {"max": 0}, {"max": -1}, id="tasks of all services"),
        pytest.param(DeploymentSurge, {"maxPercent": 100}, {"maxPercent": 99}, id="surge"),
        pytest.param(TaskSize, {"maxCpu": 128}, {"maxCpu": 127}, id="CPU"),
        pytest.param(TaskSize, {"maxMemory": 4}, {"maxMemory": 3}, id="memory"),
        pytest.param(AutoscalingMaximum, {"max": 0}, {"max": -1}, id="workers"),
        pytest.param(ServerlessCapacity, {"maxCapacity": 0.5}, {"maxCapacity": 0.4}, id="ACUs"),
        pytest.param(ServerlessCapacity, {"maxCapacity": 256}, {"maxCapacity": 257}, id="all ACUs"),
        pytest.param(RdsStorage, {"maxStorage": 5}, {"maxStorage": 4}, id="storage"),
        pytest.param(RdsStorage, {"maxIops": 0}, {"maxIops": -1}, id="IOPS"),
        pytest.param(BilledLogRetention, {"maxDays": 1}, {"maxDays": 0}, id="days"),
        pytest.param(MonthlyBudget, {"budgetBase": 0}, {"budgetBase": -0.01}, id="budget"),
        pytest.param(MonthlyBudget, {"budgetWorst": 0}, {"budgetWorst": -0.01}, id="at worst"),
        pytest.param(
            ResourceCount, {"maxByType": {"t": 0}}, {"maxByType": {"t": -1}}, id="resources"
        ),
    ],
)
def test_a_cap_has_bounds(
    model: type[RuleConfig], allowed: Mapping[str, object], refused: Mapping[str, object]
) -> None:
    model.model_validate(allowed)
    with pytest.raises(ValidationError):
        model.model_validate(refused)


def test_a_budget_that_nobody_gave_is_known_as_such() -> None:
    nothing, one = MonthlyBudget(), MonthlyBudget(budget_base=20)
    assert (nothing.base, nothing.worst, nothing.is_given) == (None, None, False)
    assert (one.base, one.worst, one.is_given) == (Decimal(20), None, True)


def test_a_cap_that_the_engine_sends_as_a_float_is_a_whole_number() -> None:
    assert DesiredCount.model_validate({"max": 3.0, "overrides": {"a": 4.0}}) == DesiredCount(
        max=3, overrides={"a": 4}
    )


def test_a_budget_at_worst_is_not_below_that_of_the_stack_as_declared() -> None:
    with pytest.raises(ValidationError, match="wanted at least `budgetBase`, 100"):
        MonthlyBudget.model_validate({"budgetBase": 100, "budgetWorst": 99.5})
    for given in ({"budgetWorst": 50}, {"budgetBase": 100}, {"budgetBase": 1, "budgetWorst": 1}):
        MonthlyBudget.model_validate(given)
