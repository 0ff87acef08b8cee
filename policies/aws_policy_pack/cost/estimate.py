"""From the resources of a stack to what they cost in a month."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from aws_policy_pack.cost.billing import Billing, billing_of
from aws_policy_pack.cost.charges import Charge, Charges, Missing, Situation
from aws_policy_pack.cost.circumstances import CIRCUMSTANCES
from aws_policy_pack.cost.declared import as_declared
from aws_policy_pack.cost.lines import Estimate, Line, Unpriced, money, unpriced_use
from aws_policy_pack.cost.price_queries import query_for
from aws_policy_pack.cost.pricing import PRICING
from aws_policy_pack.cost.scaling import ENVIRONMENT_NAMES, Scaling, scaling_of
from aws_policy_pack.cost.table import (
    DEFAULT_REGION,
    REGION,
    Price,
    PriceTable,
    Tables,
    find_table,
    way_to_prices,
)
from aws_policy_pack.resource import Graph, Resource, Unreadable
from aws_policy_pack.waivers import current_day

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
    if billing is Billing.BY_USE:
        yield unpriced_use(resource)
    elif (reason := REASONS.get(billing)) is not None:
        yield Unpriced(resource=resource, reason=reason)


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
