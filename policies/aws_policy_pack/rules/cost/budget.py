"""The stack's monthly cost in money, held against a budget."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.cost.estimate import estimate
from aws_policy_pack.cost.lines import Estimate, Line, Unpriced, dearest, dollars
from aws_policy_pack.cost.pricing import PRICING
from aws_policy_pack.cost.scaling import ENVIRONMENT_NAMES
from aws_policy_pack.resource import Graph, Unreadable
from aws_policy_pack.rule import Example, Finding, Findings, Level, Severity, stack_rule
from aws_policy_pack.wording import first_few

DATABASE: Final = "aws:rds/instance:Instance"


class MonthlyBudget(RuleConfig):
    """What the stack may cost in a month."""

    budget_base: float = Field(
        default=300, ge=0, description="USD a month that the stack may cost as declared"
    )
    budget_worst: float = Field(
        default=600,
        ge=0,
        description="USD a month with every scaler at its maximum, during a deployment",
    )
    region: str | None = Field(
        default=None,
        description="Region of resources that name none; if not given, the provider's or us-east-1",
    )
    free_types: tuple[str, ...] = Field(
        default=(), description="Types or globs, without a price here, that you know to be free"
    )
    environment_names: tuple[str, ...] = Field(
        default=ENVIRONMENT_NAMES,
        description="Environment variables from which scalers of your own read their maximum",
    )


@stack_rule(
    "cost-monthly-budget",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="The stack costs no more in a month than its budget, as declared and at worst",
    why="Caps on counts and classes each look harmless; what they come to is known only when it is "
    "added up. What cannot be priced is named, since a total without it says nothing.",
    url="https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html",
    good=(
        Example(
            type=DATABASE,
            name="orders",
            properties={
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "gp3",
            },
        ),
    ),
    bad=(
        Example(
            type=DATABASE,
            name="orders",
            properties={
                "engine": "postgres",
                "instanceClass": "db.r6g.xlarge",
                "multiAz": True,
                "allocatedStorage": 500,
                "storageType": "gp3",
            },
        ),
    ),
)
def monthly_budget(graph: Graph, config: MonthlyBudget) -> Findings:
    """Estimates the stack, compares both totals, and names what has no price."""
    result = estimate(
        graph,
        region=config.region,
        environment_names=config.environment_names,
        free=config.free_types,
    )
    if result.base > Decimal(str(config.budget_base)):
        yield _over(result, "as declared", "budgetBase", config.budget_base)
    if result.worst > Decimal(str(config.budget_worst)):
        yield _over(result, "at worst", "budgetWorst", config.budget_worst)
    for item in result.unpriced:
        yield _without_price(item)


def _over(result: Estimate, case: str, setting: str, budget: float) -> Finding:
    at_worst = setting == "budgetWorst"
    cost = result.worst if at_worst else result.base
    lines = dearest(result.lines, at_worst=at_worst)
    return Finding(
        problem=f"the stack costs {dollars(cost)} USD a month {case} "
        f"({_top(lines, at_worst=at_worst)})",
        wanted=f"at most {dollars(Decimal(str(budget)))} USD (`{setting}` of cost-monthly-budget)",
        fix="Choose smaller or fewer of these, or raise the budget in the pack's config",
    )


def _top(lines: Iterable[Line], *, at_worst: bool) -> str:
    named = [
        f"{line.resource.name} {line.item} {dollars(line.worst if at_worst else line.base)}"
        for line in lines
    ]
    return first_few(named)


def _without_price(item: Unpriced) -> Finding | Unreadable:
    if item.unreadable is not None:
        return item.unreadable
    kind = item.resource.type
    free = f"list {kind!r} under `freeTypes` of cost-monthly-budget if it is free, "
    return Finding(
        problem=f"{item.reason}, so the month's cost is not known",
        wanted="a price for all that is billed",
        fix=f"Use what has a price, {'' if kind in PRICING else free}or waive the finding with an "
        "estimate as its reason",
        resource=item.resource,
    )
