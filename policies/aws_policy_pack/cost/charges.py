"""What a pricing function says of a resource: which price applies, and how often in a month."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from aws_policy_pack.cost.scaling import Scaling
from aws_policy_pack.cost.table import HOURS, Price
from aws_policy_pack.resource import Graph, Resource

NONE = Decimal(0)
ONE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One item of a resource's bill.

    Attributes:
        item: What is billed, as the line names it.
        price: Key of the price in the table.
        quantity: Units in a month, as declared.
        worst: Units in a month at most.
    """

    item: str
    price: str
    quantity: Decimal
    worst: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Something that is billed and cannot be priced; the text ends a sentence on the resource."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a pricing function may look at beside the resource.

    Attributes:
        graph: All resources.
        scaling: How far scalers may go.
        prices: The prices of the resource's region.
        today: The day of judging; old versions cost more from a day on.
    """

    graph: Graph
    scaling: Scaling
    prices: Mapping[str, Price]
    today: dt.date


Charges: TypeAlias = Iterator[Charge | Missing]
Pricing: TypeAlias = Callable[[Resource, Situation], Charges]


def monthly(
    item: str, price: str, quantity: Decimal = ONE, worst: Decimal | None = None
) -> Iterator[Charge]:
    """A charge by the month; nothing where the quantity is 0 in either case.

    Args:
        item: What is billed.
        price: Key of the price of one unit a month.
        quantity: Units, as declared.
        worst: Units at most; never fewer than declared.
    """
    most = max(quantity, quantity if worst is None else worst)
    if most:
        yield Charge(item=item, price=price, quantity=quantity, worst=most)


def hourly(
    item: str, price: str, count: Decimal = ONE, worst: Decimal | None = None
) -> Iterator[Charge]:
    """A charge by the hour, for all hours of the month.

    Args:
        item: What is billed.
        price: Key of the price of one unit an hour.
        count: Units that are there at any time, as declared.
        worst: Units at most.
    """
    return monthly(item, price, count * HOURS, None if worst is None else worst * HOURS)


def beyond(units: Decimal, included: Decimal | int) -> Decimal:
    """The units above those that something else already pays for."""
    return max(NONE, units - included)


def usage(item: str, price: str) -> Charge:
    """A charge by what passes through or is stored: no inputs say how much, so it counts 0."""
    return Charge(item=f"{item} (usage only)", price=price, quantity=NONE, worst=NONE)
