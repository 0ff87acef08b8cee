"""The stack's monthly cost in money, held against a budget."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.cost.estimate import estimate
from aws_policy_pack.cost.lines import Estimate, Line, Unpriced, dearest, dollars
from aws_policy_pack.cost.pricing import PRICING
from aws_policy_pack.cost.scaling import ENVIRONMENT_NAMES
from aws_policy_pack.cost.table import TableError, tables_in, way_to_prices
from aws_policy_pack.resource import Graph, Unreadable
from aws_policy_pack.rule import Example, Finding, Findings, Level, Severity, stack_rule
from aws_policy_pack.wording import first_few

DATABASE: Final = "aws:rds/instance:Instance"
BASE: Final = 300
WORST: Final = 600
"""The budgets in USD where none is given."""


class MonthlyBudget(RuleConfig):
    """What the stack may cost in a month."""

    budget_base: float | None = Field(
        default=None,
        ge=0,
        description=f"USD a month that the stack may cost as declared; if not given, {BASE}",
    )
    budget_worst: float | None = Field(
        default=None,
        ge=0,
        description="USD a month with every scaler at its maximum, during a deployment; if not "
        f"given, {WORST}",
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
    price_folder: str | None = Field(
        default=None,
        description="Folder of your own price tables, as `aws-policy-pack prices --folder` writes "
        "them; relative to the pack's folder",
    )

    @property
    def base(self) -> Decimal:
        """USD a month as declared."""
        return Decimal(str(BASE if self.budget_base is None else self.budget_base))

    @property
    def worst(self) -> Decimal:
        """USD a month at worst."""
        return Decimal(str(WORST if self.budget_worst is None else self.budget_worst))

    @property
    def is_given(self) -> bool:
        """Whether the user has set a budget."""
        return self.budget_base is not None or self.budget_worst is not None


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
    """Estimates the stack, compares both totals, and names what has no price.

    A region without a price table is named once. Where nobody gave a budget, the region only
    counts as not evaluated, and says all that there is to say of a total that is not known.
    """
    try:
        result = estimate(
            graph,
            region=config.region,
            environment_names=config.environment_names,
            free=config.free_types,
            tables=tables_in(Path(config.price_folder) if config.price_folder else None),
        )
    except TableError as error:
        yield Finding(
            problem=f"the month's cost is not known: {error}",
            wanted="price tables that can be read (`priceFolder` of cost-monthly-budget)",
            fix="Correct the setting, or write the table with `aws-policy-pack prices`",
        )
        return
    if result.base > config.base:
        yield _over(result, "as declared", "budgetBase", config.base)
    if result.worst > config.worst:
        yield _over(result, "at worst", "budgetWorst", config.worst)
    if config.is_given or not result.without_table:
        yield from (_without_price(item) for item in result.unpriced if item.region is None)
    for region, names in result.without_table.items():
        yield _without_table(region, names, is_given=config.is_given)


def _over(result: Estimate, case: str, setting: str, budget: Decimal) -> Finding:
    at_worst = setting == "budgetWorst"
    cost = result.worst if at_worst else result.base
    lines = dearest(result.lines, at_worst=at_worst)
    return Finding(
        problem=f"the stack costs {dollars(cost)} USD a month {case} "
        f"({_top(lines, at_worst=at_worst)})",
        wanted=f"at most {dollars(budget)} USD (`{setting}` of cost-monthly-budget)",
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


def _without_table(region: str, names: Sequence[str], *, is_given: bool) -> Finding | Unreadable:
    lacks = "has no price table, so the cost of what is there is not known"
    listed, way = first_few(names), way_to_prices(region)
    if not is_given:
        return Unreadable("region", f"{region} {lacks} ({listed}); {way}")
    return Finding(
        problem=f"{region} {lacks} ({listed})",
        wanted="a price for all that is billed",
        fix=f"{way[0].upper()}{way[1:]}",
    )
