"""From the resources of a stack to what they cost in a month."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fnmatch import fnmatchcase
from typing import Final

from aws_policy_pack.cost.billing import Billing, billing_of
from aws_policy_pack.cost.charges import (
    ENVIRONMENT_NAMES,
    Charge,
    Charges,
    Missing,
    Scaling,
    Situation,
    scaling_of,
)
from aws_policy_pack.cost.circumstances import CIRCUMSTANCES, is_exempt
from aws_policy_pack.cost.price_queries import query_for
from aws_policy_pack.cost.pricing import PRICING
from aws_policy_pack.cost.state import as_declared
from aws_policy_pack.cost.table import (
    DEFAULT_REGION,
    REGION,
    Price,
    PriceTable,
    Tables,
    find_table,
    way_to_prices,
)
from aws_policy_pack.evaluation import current_day
from aws_policy_pack.resource import Graph, Resource, Unreadable

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


PROVIDER: Final = "pulumi:providers:aws"

REASONS: Final = {
    Billing.UNPRICED: "is of a type that is billed, or may be, and has no price here",
    Billing.UNLISTED: "is of a type that is neither priced here nor known to be free",
}


def estimate(  # noqa: PLR0913 - all but one have a default
    graph: Graph,
    *,
    region: str | None = None,
    environment_names: tuple[str, ...] = ENVIRONMENT_NAMES,
    free: tuple[str, ...] = (),
    tables: Tables = find_table,
    day: dt.date | None = None,
) -> Estimate:
    """Estimates what a stack costs in a month of 730 hours, on demand, without free tiers.

    The base is what is declared. The worst case has every scaler at its maximum and every service
    in the middle of a deployment. What only use decides counts 0 in both, in a line that says so.

    Args:
        graph: All resources.
        region: The region of resources that name none; if not given, that of the stack's
            provider, or us-east-1. Where providers name several, a resource that names none
            cannot be priced.
        environment_names: Environment variables from which one's own scalers read their maximum.
        free: Types or globs that are known to be free.
        tables: Where the prices come from.
        day: The day of judging; the present one where none is given.
    """
    graph = as_declared(graph)
    basis = _Basis(
        graph=graph,
        scaling=scaling_of(graph, environment_names),
        places=[region] if region else _regions_of_providers(graph) or [DEFAULT_REGION],
        tables=tables,
        free=free,
        today=day or current_day(),
    )
    entries = [entry for resource in graph.resources for entry in _of_resource(resource, basis)]
    first, *others = basis.places
    home = DEFAULT_REGION if others else first
    table = tables(home)
    lines = tuple(entry for entry in entries if isinstance(entry, Line))
    priced = {place: tables(place) for place in sorted({line.region for line in lines} - {""})}
    return Estimate(
        region=home,
        dated=table.dated if table else None,
        lines=lines,
        unpriced=(
            *(entry for entry in entries if isinstance(entry, Unpriced)),
            *_unknown_scalers(basis.scaling),
        ),
        priced_in={place: table.dated for place, table in priced.items() if table},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Basis:
    """What an estimate rests on.

    Attributes:
        graph: All resources, as declared.
        scaling: How far scalers may go.
        places: The regions in which a resource that names none may be.
        tables: Where the prices come from.
        free: Types or globs that are known to be free.
        today: The day of judging.
    """

    graph: Graph
    scaling: Scaling
    places: Sequence[str]
    tables: Tables
    free: tuple[str, ...]
    today: dt.date

    def charges(self, resource: Resource, prices: Mapping[str, Price]) -> Charges:
        """What is billed of a resource of a priced type, at the prices of its region."""
        situation = Situation(
            graph=self.graph, scaling=self.scaling, prices=prices, today=self.today
        )
        return PRICING[resource.type](resource, situation)


def _of_resource(resource: Resource, basis: _Basis) -> Iterator[Line | Unpriced]:
    if resource.type in PRICING:
        yield from _of_priced_type(resource, basis)
    else:
        yield from _of_other_type(resource, basis.free)
    if any(fnmatchcase(resource.type, pattern) for pattern in basis.free):
        return
    for circumstance in CIRCUMSTANCES.get(resource.type, ()):
        try:
            if circumstance.holds(resource):
                yield Unpriced(resource=resource, reason=circumstance.reason)
        except Unreadable as unreadable:
            yield _not_read(unreadable, resource)


def _of_other_type(resource: Resource, free: tuple[str, ...]) -> Iterator[Line | Unpriced]:
    billing = billing_of(resource.type, free)
    if billing in (Billing.FREE, Billing.ELSEWHERE):
        return
    try:
        if is_exempt(resource):
            return
    except Unreadable as unreadable:
        if billing is not Billing.BY_USE:
            yield _not_read(unreadable, resource)
            return
    if billing is Billing.BY_USE:
        yield unpriced_use(resource)
    else:
        yield Unpriced(resource=resource, reason=REASONS[billing])


def _of_priced_type(resource: Resource, basis: _Basis) -> Iterator[Line | Unpriced]:
    place, *others = [own] if (own := _region_of(resource)) else basis.places
    if others:
        if not _would_be_priced(resource, basis):
            return
        unreadable = Unreadable("region", f"is not known: it may be {' or '.join(basis.places)}")
        yield _not_read(unreadable, resource)
        return
    table = basis.tables(place)
    if table is None:
        if _would_be_priced(resource, basis):
            reason = f"is in {place}, which has no price table; {way_to_prices(place)}"
            yield Unpriced(resource=resource, reason=reason, region=place)
        return
    try:
        for charge in basis.charges(resource, table.prices):
            yield _priced(resource, charge, table)
    except Unreadable as unreadable:
        yield _not_read(unreadable, resource)


def _would_be_priced(resource: Resource, basis: _Basis) -> bool:
    """Whether a table would give the resource more than lines of use, which count 0 in any case."""
    try:
        return any(
            isinstance(charge, Missing) or bool(charge.worst)
            for charge in basis.charges(resource, {})
        )
    except Unreadable:
        return True


def _priced(resource: Resource, charge: Charge | Missing, table: PriceTable) -> Line | Unpriced:
    if isinstance(charge, Missing):
        return Unpriced(resource=resource, reason=charge.reason)
    price = table.prices.get(charge.price)
    if price is None and not charge.worst:
        return unpriced_use(resource, charge.item)
    if price is None:
        reason = f"has no price for {charge.item} in {table.region} (`{charge.price}`)"
        if table.region != DEFAULT_REGION and query_for(charge.price) is not None:
            reason += f"; {way_to_prices(table.region)}"
        return Unpriced(resource=resource, reason=reason)
    return Line(
        resource=resource,
        item=charge.item,
        quantity=charge.quantity,
        unit=price.unit,
        unit_price=price.usd,
        base=money(charge.quantity, price.usd),
        worst=money(charge.worst, price.usd),
        region=table.region,
    )


def _not_read(
    unreadable: Unreadable, resource: Resource, problem: str = "is not priced"
) -> Unpriced:
    """What a resource costs hangs on a property that cannot be read, its own or another's."""
    holder = unreadable.resource or resource
    whose = "" if holder is resource else f" of {holder.name}"
    return Unpriced(
        resource=resource,
        reason=f"{problem}: `{unreadable.path}`{whose} {unreadable.reason}",
        unreadable=Unreadable(unreadable.path, unreadable.reason, holder),
    )


def _unknown_scalers(scaling: Scaling) -> Iterator[Unpriced]:
    """Scalers without which the worst case is not complete."""
    for resource, reason in scaling.unmatched:
        yield Unpriced(resource=resource, reason=reason)
    for resource, unreadable in scaling.unread:
        yield _not_read(unreadable, resource, "is not counted in the worst case")


def _region_of(resource: Resource) -> str | None:
    """The region that a resource names; provider 7 lets each one name its own."""
    given = resource.values.get("region")
    return given if isinstance(given, str) and REGION.fullmatch(given) else None


def _regions_of_providers(graph: Graph) -> list[str]:
    """The regions that the stack's providers name."""
    found = (_region_of(provider) for provider in graph.of_type(PROVIDER))
    return sorted({region for region in found if region})
