"""The stack's monthly cost in money, held against a budget."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.cost.charges import ENVIRONMENT_NAMES
from aws_policy_pack.cost.estimate import Estimate, Line, Unpriced, dearest, dollars, estimate
from aws_policy_pack.cost.table import TableError, tables_in, way_to_prices
from aws_policy_pack.evaluation import current_day, waiver_for
from aws_policy_pack.resource import Graph, Unreadable
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule
from aws_policy_pack.type_tokens import RDS_INSTANCE
from aws_policy_pack.wording import MOST_NAMED, counted, first_few


class MonthlyBudget(RuleConfig):
    """What the stack may cost in a month."""

    budget_base: float | None = Field(
        default=None,
        ge=0,
        description="USD a month that the stack may cost as declared; any amount if not given",
    )
    budget_worst: float | None = Field(
        default=None,
        ge=0,
        description="USD a month with every scaler at its maximum, during a deployment; any amount "
        "if not given",
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
        description="Folder of your own price tables, as `aws-policy-pack prices --to` writes "
        "them; relative to the pack's folder",
    )

    @field_validator("budget_worst")
    @classmethod
    def _is_not_below_base(cls, worst: float | None, info: ValidationInfo) -> float | None:
        """Refuses a budget at worst that the stack as declared may exceed: nobody means it."""
        base = info.data.get("budget_base")
        if worst is not None and base is not None and worst < base:
            kind, text = "below_base", "wanted at least `budgetBase`, {base}"
            raise PydanticCustomError(kind, text, {"base": f"{base:.12g}"})
        return worst

    @property
    def base(self) -> Decimal | None:
        """USD a month as declared; `None` where any amount may be."""
        return None if self.budget_base is None else Decimal(str(self.budget_base))

    @property
    def worst(self) -> Decimal | None:
        """USD a month at worst; `None` where any amount may be."""
        return None if self.budget_worst is None else Decimal(str(self.budget_worst))

    @property
    def is_given(self) -> bool:
        """Whether the user has set a budget."""
        return self.budget_base is not None or self.budget_worst is not None


@stack_rule(
    "cost-monthly-budget",
    kind=Kind.CONFIGURED,
    severity=Severity.HIGH,
    summary="The stack costs no more in a month than its budget, as declared and at worst",
    why="Caps on counts and classes each look harmless; what they come to is known only when it is "
    "added up. What cannot be priced is named, since a total without it says too little. Without a "
    "budget the rule only says what it cannot price.",
    remedy="Choose smaller or fewer of the dearest resources, or raise the budget in the pack's "
    "config",
    url="https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html",
    good=(
        Example(
            type=RDS_INSTANCE,
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
            type=RDS_INSTANCE,
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
    example_config={"budgetBase": 300, "budgetWorst": 600},
)
def monthly_budget(graph: Graph, config: MonthlyBudget) -> Findings:
    """Estimates the stack, compares both totals, and names once what has no price.

    Where nobody gave a budget, what has no price only counts as not evaluated, and nothing is more
    than advice.
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
            part="tables",
            wanted="price tables that can be read (`priceFolder` of cost-monthly-budget)",
            fix="Correct the setting, or write the table with `aws-policy-pack prices`",
            is_advice=not config.is_given,
        )
        return
    accepted = [item for item in result.unpriced if _is_waived(item, config)]
    left = [item for item in result.unpriced if item not in accepted]
    unknown = [item for item in left if item.unreadable is not None or not config.is_given]
    missing = [item for item in left if item not in unknown]
    if config.base is not None and result.base > config.base:
        yield _over(result, "as declared", "budgetBase", config.base, left)
    if config.worst is not None and result.worst > config.worst:
        yield _over(result, "at worst", "budgetWorst", config.worst, left)
    yield from (_accepted(item, config) for item in accepted)
    yield from _not_in_total(config, missing)
    yield from _not_evaluated(unknown, config)


def _is_waived(item: Unpriced, config: MonthlyBudget) -> bool:
    return waiver_for(config.waivers, item.resource, today=current_day()) is not None


def _accepted(item: Unpriced, config: MonthlyBudget) -> Finding:
    """A finding that a waiver accepts: about its resource, which the waiver names."""
    return Finding(
        problem=f"{item.reason}, so the total is too low",
        part="price",
        wanted="a price for all that is billed",
        fix="Use what has a price",
        resource=item.resource,
        is_advice=not config.is_given,
    )


def _over(
    result: Estimate, case: str, setting: str, budget: Decimal, left: Sequence[Unpriced]
) -> Finding:
    at_worst = setting == "budgetWorst"
    cost = result.worst if at_worst else result.base
    lines = dearest(result.lines, at_worst=at_worst)
    beside = f", without {_counted(left)} that cannot be priced" if left else ""
    return Finding(
        problem=f"the stack costs {dollars(cost)} USD a month {case}{beside} "
        f"({_top(lines, at_worst=at_worst)})",
        part=setting,
        wanted=f"at most {dollars(budget)} USD (`{setting}` of cost-monthly-budget)",
        fix="Choose smaller or fewer of these, or raise the budget in the pack's config",
    )


def _top(lines: Iterable[Line], *, at_worst: bool) -> str:
    named = [
        f"{line.resource.name} {line.item} {dollars(line.worst if at_worst else line.base)}"
        for line in lines
    ]
    return first_few(named)


def _not_in_total(config: MonthlyBudget, missing: Sequence[Unpriced]) -> Iterator[Finding]:
    """What the totals do not count though it is billed, in one finding.

    The totals themselves stay out of it: a preview knows less of them, and finds the same.
    """
    if not missing:
        return
    budgets = [
        f"{dollars(budget)} {case}"
        for case, budget in (("as declared", config.base), ("at worst", config.worst))
        if budget is not None
    ]
    yield Finding(
        part="price",
        problem=f"no total counts {_counted(missing)} that cannot be priced: {_kinds(missing)}",
        wanted=f"a price for all that is billed, beside a budget of {' and '.join(budgets)}",
        fix="Use what has a price, list types that you know to be free under `freeTypes`, "
        "or waive the finding for a resource with an estimate as its reason",
    )


def _not_evaluated(unknown: Sequence[Unpriced], config: MonthlyBudget) -> Iterator[Unreadable]:
    if unknown:
        reason = f"is not known of {_counted(unknown)}: {_kinds(unknown)}"
        yield Unreadable("cost", reason, is_advice=not config.is_given)


def _counted(items: Sequence[Unpriced]) -> str:
    count, _ = _names(items)
    return counted(count, "resource")


def _kinds(items: Sequence[Unpriced]) -> str:
    """What has no price, by type or region: how many, and of the first few kinds names and why."""
    groups: dict[str, list[Unpriced]] = {}
    for item in items:
        kind = f"in {item.region}" if item.region else item.resource.type
        groups.setdefault(kind, []).append(item)
    kinds = [_kind(kind, found) for kind, found in list(groups.items())[:MOST_NAMED]]
    rest = [f"{_names(found)[0]} {kind}" for kind, found in list(groups.items())[MOST_NAMED:]]
    return "; ".join([*kinds, *([", ".join(rest)] if rest else [])])


def _kind(kind: str, items: Sequence[Unpriced]) -> str:
    first, *others = dict.fromkeys(
        f"which has no price table; {way_to_prices(item.region)}" if item.region else item.reason
        for item in items
    )
    more = f" and {counted(len(others), 'more reason')}" if others else ""
    count, names = _names(items)
    return f"{count} {kind} ({first_few(names)}), {first}{more}"


def _names(items: Sequence[Unpriced]) -> tuple[int, Sequence[str]]:
    """How many resources these are about, and their names."""
    names = {item.resource.urn: item.resource.name for item in items}
    return len(names), list(names.values())
