"""What a pricing function says of a resource: how many there are, and at which price."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, TypeAlias

from aws_policy_pack.cost.table import HOURS, Price
from aws_policy_pack.ecs import SERVICE, container_definitions, in_named_clusters, scaled_by
from aws_policy_pack.resource import Graph, Properties, Resource, Unreadable
from aws_policy_pack.type_tokens import FUNCTION, SCALABLE_TARGET, SCHEDULED_ACTION, TASK_DEFINITION
from aws_policy_pack.wire import Unknown
from aws_policy_pack.wording import shown

MOST: Final = 10**9
"""The largest number that is taken for a quantity."""


def amount(properties: Properties, path: str, default: int = 0) -> Decimal:
    """A number that is not negative; the default where it is absent.

    Raises:
        Unreadable: It is not known, no number, negative or out of all proportion.
    """
    number = properties.number(path)
    if number is None:
        return Decimal(default)
    if not 0 <= number <= MOST:
        raise Unreadable(path, f"is {number:.12g}, not a quantity from 0 to {MOST}")
    return Decimal(str(number))


def needed_amount(properties: Properties, path: str) -> Decimal:
    """A number as `amount` reads it, which must be there.

    Raises:
        Unreadable: It is absent, or `amount` cannot read it.
    """
    if not properties.has(path):
        raise Unreadable(path, "is not set")
    return amount(properties, path)


def given_text(properties: Properties, path: str) -> str | None:
    """A text; `None` where it is absent or empty, as providers show what is not set."""
    return properties.text(path) or None


def needed_text(properties: Properties, path: str) -> str:
    """A text that must be there.

    Raises:
        Unreadable: It is absent, empty, not known or no text.
    """
    text = given_text(properties, path)
    if text is None:
        raise Unreadable(path, "is not set")
    return text


def length(resource: Resource, key: str) -> Decimal:
    """How many items a list has, though they may not be known yet; 0 where it is absent.

    Raises:
        Unreadable: The list itself is not known.
    """
    value = resource.values.get(key)
    if isinstance(value, Unknown):
        raise Unreadable(key, "is not known yet")
    if value is None:
        return Decimal(0)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return Decimal(len(value))
    raise Unreadable(key, "is not a list")


SCHEDULE: Final = "aws:autoscaling/schedule:Schedule"
GROUP: Final = "aws:autoscaling/group:Group"
NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
TABLE: Final = "aws:dynamodb/table:Table"

TASKS: Final = "ecs:service:DesiredCount"
READS: Final = "dynamodb:table:ReadCapacityUnits"
WRITES: Final = "dynamodb:table:WriteCapacityUnits"
INSTANCES: Final = "autoscaling:autoScalingGroup:DesiredCapacity"
SCALED: Final = {TASKS: SERVICE, READS: TABLE, WRITES: TABLE}
"""The dimensions whose maximum counts in the worst case, and what they scale.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
"""
CAPACITY: Final = {SCALABLE_TARGET: "", SCHEDULED_ACTION: "scalableTargetAction."}
"""Where minimum and maximum stand in what sets them."""

ENVIRONMENT_NAMES: Final = ("AUTOSCALER_MAX_WORKERS",)
MAXIMUM_WORD: Final = "MAX"
MINIMUM_WORD: Final = "MIN"
"""The name of the variable with the minimum has this word in place of the other."""
UNCHANGED: Final = -1
"""The size in a schedule that leaves the group's as it is."""
ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What a scaler may set: at least and at most."""

    least: Decimal
    most: Decimal


@dataclass(slots=True)
class Scaling:
    """What the scalers of a stack may do.

    Attributes:
        spans: What may be set, by the scaled resource's URN and the dimension.
        unread: Scalers that cannot be read, and what of them.
        unmatched: Scalers whose worst case is not counted, and why.
    """

    spans: dict[tuple[str, str], list[Span]] = field(default_factory=dict)
    unread: list[tuple[Resource, Unreadable]] = field(default_factory=list)
    unmatched: list[tuple[Resource, str]] = field(default_factory=list)

    def span(self, resource: Resource, path: str, dimension: str) -> Span:
        """The least and the most that the property at a path may count, as declared and at worst.

        Raises:
            Unreadable: The number cannot be read.
        """
        given = amount(resource, path)
        spans = self.spans.get((resource.urn, dimension), ())
        least = max([declared_count(resource, path, given), *(span.least for span in spans)])
        return Span(least=least, most=max([given, least, *(span.most for span in spans)]))


def declared_count(resource: Resource, path: str, given: Decimal) -> Decimal:
    """The part of a number that counts as declared.

    A scaler sets a number whose changes are ignored: the program gives it at first, the scaler
    after a refresh. Such a number counts only at worst; as declared at most one of it counts.
    """
    return min(given, ONE) if resource.ignores_changes(path) else given


def scaling_of(graph: Graph, environment_names: tuple[str, ...]) -> Scaling:
    """Finds the scalers of a stack and what they scale.

    Args:
        graph: All resources.
        environment_names: Environment variables from which one's own scalers read their maximum.
    """
    scaling = Scaling()
    for resource in graph.of_type(
        SCALABLE_TARGET, SCHEDULED_ACTION, SCHEDULE, TASK_DEFINITION, FUNCTION
    ):
        try:
            if resource.type in CAPACITY:
                _add_target(resource, graph, scaling)
            elif resource.type == SCHEDULE:
                _add_schedule(resource, graph, scaling)
            else:
                _add_own_scalers(resource, graph, environment_names, scaling)
        except Unreadable as unreadable:
            scaling.unread.append((resource, unreadable))
    return scaling


def _add_target(target: Resource, graph: Graph, scaling: Scaling) -> None:
    dimension = given_text(target, "scalableDimension") or ""
    if dimension not in SCALED:
        reason = f"scales {dimension or 'a dimension that is not set'}, which is not counted"
        scaling.unmatched.append((target, f"{reason} in the worst case"))
        return
    scaled = scaled_by(target, graph, SCALED[dimension])
    if not scaled:
        name = shown(target.text("resourceId"))
        scaling.unmatched.append((target, f"scales {name}, which is not in this stack"))
        return
    prefix = CAPACITY[target.type]
    most = amount(target, f"{prefix}maxCapacity")
    # An action changes the minimum for a while only, so it does not count as declared.
    least = (
        Decimal()
        if prefix
        else declared_count(target, "minCapacity", amount(target, "minCapacity"))
    )
    for resource in scaled:
        scaling.spans.setdefault((resource.urn, dimension), []).append(Span(least=least, most=most))


def _add_schedule(schedule: Resource, graph: Graph, scaling: Scaling) -> None:
    """A schedule sets a group's sizes for a while, so it counts at worst only."""
    path = "autoscalingGroupName"
    groups = graph.referenced(schedule, path, GROUP, NODE_GROUP)
    if not groups:
        name = shown(schedule.text(path))
        scaling.unmatched.append((schedule, f"scales {name}, which is not in this stack"))
        return
    most = max(
        Decimal() if schedule.number(size) == UNCHANGED else amount(schedule, size)
        for size in ("minSize", "maxSize", "desiredCapacity")
    )
    for group in groups:
        span = Span(least=Decimal(), most=most)
        scaling.spans.setdefault((group.urn, INSTANCES), []).append(span)


def _add_own_scalers(
    holder: Resource, graph: Graph, names: tuple[str, ...], scaling: Scaling
) -> None:
    for variables in _environments(holder):
        for name in names:
            most = _number_in(variables, name)
            if not most:
                continue
            services = _named_services(holder, variables, graph)
            least = _least_beside(variables, name)
            for service in services:
                span = Span(least=least, most=most)
                scaling.spans.setdefault((service.urn, TASKS), []).append(span)
            if not services:
                reason = f"may start {most} tasks ({name}) of a service that is not in this stack"
                scaling.unmatched.append((holder, reason))


def _environments(holder: Resource) -> Iterator[Mapping[str, str | None]]:
    if holder.type == FUNCTION:
        variables = holder.object("environment.variables")
        yield {key: variables.text(key) for key in variables.keys()}  # noqa: SIM118 - no mapping
        return
    for container in container_definitions(holder):
        yield {
            entry.text("name") or "": entry.text("value")
            for entry in container.objects("environment")
        }


def _least_beside(variables: Mapping[str, str | None], name: str) -> Decimal:
    least = name.replace(MAXIMUM_WORD, MINIMUM_WORD)
    return _number_in(variables, least) if least != name else Decimal()


def _number_in(variables: Mapping[str, str | None], name: str) -> Decimal:
    return amount(Properties(lambda: variables), name)


def _named_services(
    holder: Resource, variables: Mapping[str, str | None], graph: Graph
) -> tuple[Resource, ...]:
    texts = [value for value in variables.values() if value]
    named = dict.fromkeys(
        service
        for text in texts
        for service in in_named_clusters(graph.identified(SERVICE, text), texts, graph)
    )
    if named:
        return tuple(named)
    path = "environment" if holder.type == FUNCTION else "containerDefinitions"
    urns = holder.references.get(path, ())
    return tuple(service for service in graph.of_type(SERVICE) if service.urn in urns)


NONE = Decimal(0)


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
