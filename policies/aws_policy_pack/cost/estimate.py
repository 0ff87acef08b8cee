"""From the resources of a stack to what they cost in a month."""

from collections.abc import Iterator, Sequence
from typing import Final

from aws_policy_pack.cost.billing import Billing, billing_of
from aws_policy_pack.cost.charges import Charge, Missing, Situation
from aws_policy_pack.cost.declared import as_declared
from aws_policy_pack.cost.lines import Estimate, Line, Unpriced, money, unpriced_use
from aws_policy_pack.cost.pricing import PRICING
from aws_policy_pack.cost.scaling import ENVIRONMENT_NAMES, Scaling, scaling_of
from aws_policy_pack.cost.table import (
    DEFAULT_REGION,
    REGION,
    PriceTable,
    Tables,
    load_table,
    way_to_prices,
)
from aws_policy_pack.resource import Graph, Resource, Unreadable

PROVIDER: Final = "pulumi:providers:aws"

REASONS: Final = {
    Billing.UNPRICED: "is of a type that is billed and has no price here",
    Billing.UNLISTED: "is of a type that is neither priced here nor known to be free",
}


def estimate(
    graph: Graph,
    *,
    region: str | None = None,
    environment_names: tuple[str, ...] = ENVIRONMENT_NAMES,
    free: tuple[str, ...] = (),
    tables: Tables = load_table,
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
    """
    graph = as_declared(graph)
    places = [region] if region else _regions_of_providers(graph) or [DEFAULT_REGION]
    scaling = scaling_of(graph, environment_names)
    entries: list[Line | Unpriced] = []
    for resource in graph.resources:
        if resource.type in PRICING:
            possible = [own] if (own := _region_of(resource)) else places
            entries += _of_priced_type(resource, graph, scaling, possible, tables)
        else:
            entries += _of_other_type(resource, free)
    first, *others = places
    home = DEFAULT_REGION if others else first
    table = tables(home)
    return Estimate(
        region=home,
        dated=table.dated if table else None,
        lines=tuple(entry for entry in entries if isinstance(entry, Line)),
        unpriced=(
            *(entry for entry in entries if isinstance(entry, Unpriced)),
            *_unknown_scalers(scaling),
        ),
    )


def _of_other_type(resource: Resource, free: tuple[str, ...]) -> Iterator[Line | Unpriced]:
    billing = billing_of(resource.type, free)
    if billing is Billing.BY_USE:
        yield unpriced_use(resource)
    elif (reason := REASONS.get(billing)) is not None:
        yield Unpriced(resource=resource, reason=reason)


def _of_priced_type(
    resource: Resource, graph: Graph, scaling: Scaling, places: Sequence[str], tables: Tables
) -> Iterator[Line | Unpriced]:
    place, *others = places
    if others:
        if not _would_be_priced(resource, graph, scaling, tables):
            return
        unreadable = Unreadable("region", f"is not known: it may be {' or '.join(places)}")
        yield _not_read(unreadable, resource)
        return
    table = tables(place)
    if table is None:
        if _would_be_priced(resource, graph, scaling, tables):
            reason = f"is in {place}, which has no price table; {way_to_prices(place)}"
            yield Unpriced(resource=resource, reason=reason, region=place)
        return
    situation = Situation(graph=graph, scaling=scaling, prices=table.prices)
    try:
        for charge in PRICING[resource.type](resource, situation):
            yield _priced(resource, charge, table)
    except Unreadable as unreadable:
        yield _not_read(unreadable, resource)


def _would_be_priced(resource: Resource, graph: Graph, scaling: Scaling, tables: Tables) -> bool:
    """Whether a table would give the resource more than lines of use, which count 0 in any case."""
    model = tables(DEFAULT_REGION)
    situation = Situation(graph=graph, scaling=scaling, prices=model.prices if model else {})
    try:
        return any(
            isinstance(charge, Missing) or bool(charge.worst)
            for charge in PRICING[resource.type](resource, situation)
        )
    except Unreadable:
        return True


def _priced(resource: Resource, charge: Charge | Missing, table: PriceTable) -> Line | Unpriced:
    if isinstance(charge, Missing):
        return Unpriced(resource=resource, reason=charge.reason)
    price = table.prices.get(charge.price)
    if price is None:
        reason = f"has no price for {charge.item} in {table.region} (`{charge.price}`)"
        return Unpriced(resource=resource, reason=reason)
    return Line(
        resource=resource,
        item=charge.item,
        quantity=charge.quantity,
        unit=price.unit,
        unit_price=price.usd,
        base=money(charge.quantity, price.usd),
        worst=money(charge.worst, price.usd),
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
