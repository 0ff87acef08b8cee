"""An estimate: lines of quantity times unit price, and what could not be priced.

Money is exact: each line is rounded to a millionth of a dollar, half up, and every total is the sum
of the rounded lines.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from aws_policy_pack.resource import Resource, Unreadable

NONE: Final = Decimal(0)
MICRO: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item of one resource's bill.

    Attributes:
        resource: The resource.
        item: What is billed.
        quantity: Units in a month as declared; hours count here, at 730 a month.
        unit: What is counted.
        unit_price: US dollars a unit.
        base: US dollars a month as declared: quantity times unit price.
        worst: US dollars a month with every scaler at its maximum, during a deployment.
        region: The region whose price it is; empty where it has none.
    """

    resource: Resource
    item: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    base: Decimal
    worst: Decimal
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpriced:
    """A part of a resource that is billed, or may be billed, and that no line counts.

    Attributes:
        resource: The resource.
        reason: The reason, as the end of a sentence that begins with the resource.
        unreadable: The property that could not be read, where the reason is this property.
        region: The region that has no price table, where the reason is this region.
    """

    resource: Resource
    reason: str
    unreadable: Unreadable | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a stack costs in a month.

    Attributes:
        region: The region whose prices count where a resource names none.
        dated: The day of that region's prices; `None` where it has no table.
        lines: The lines, in the order of the resources.
        unpriced: What no line counts.
        priced_in: The regions whose prices the lines have, in order, and each one's day.
    """

    region: str
    dated: str | None
    lines: tuple[Line, ...]
    unpriced: tuple[Unpriced, ...]
    priced_in: Mapping[str, str] = field(default_factory=dict)

    @property
    def without_table(self) -> Mapping[str, Sequence[str]]:
        """The regions that have no price table, and the resources there that need one."""
        named: dict[str, list[str]] = {}
        for item in self.unpriced:
            if item.region is not None:
                named.setdefault(item.region, []).append(item.resource.name)
        return named

    @property
    def base(self) -> Decimal:
        """US dollars a month as declared."""
        return sum((line.base for line in self.lines), Decimal(0))

    @property
    def worst(self) -> Decimal:
        """US dollars a month at worst."""
        return sum((line.worst for line in self.lines), Decimal(0))


def unpriced_use(resource: Resource, item: str = "use (usage only)") -> Line:
    """The line of a use without a price here: no input says how much, so the line counts 0."""
    return Line(
        resource=resource,
        item=item,
        quantity=NONE,
        unit="use",
        unit_price=NONE,
        base=NONE,
        worst=NONE,
    )


def money(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """Quantity times price, rounded as a line is."""
    return (quantity * unit_price).quantize(MICRO, rounding=ROUND_HALF_UP)


def dollars(amount: Decimal) -> str:
    """An amount as it is shown: `1,234.50`; what is above 0 is never shown as 0."""
    if amount and amount < Decimal("0.005"):
        return "<0.01"
    return f"{amount.quantize(Decimal('0.01'), rounding=ROUND_HALF_UP):,}"


def dearest(lines: Iterable[Line], *, at_worst: bool) -> list[Line]:
    """The lines that cost anything, the dearest first."""
    priced = [(line.worst if at_worst else line.base, line) for line in lines]
    ordered = sorted(priced, key=lambda pair: (-pair[0], pair[1].resource.urn, pair[1].item))
    return [line for cost, line in ordered if cost]
