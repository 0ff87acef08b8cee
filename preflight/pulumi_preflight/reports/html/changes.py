"""What the program changes beside its base, as tables: what loses data stands first."""

from collections.abc import Iterator, Sequence

from pulumi_preflight.bases import BaseFinding
from pulumi_preflight.bases.changes import Changes, CostChange, ModuleCost
from pulumi_preflight.bases.stateful import LOSING
from pulumi_preflight.bases.telling import (
    WORDS,
    groups,
    held_by,
    remarks_on,
    signed,
    summary,
    told_of,
    unpriced_of,
)
from pulumi_preflight.changes.comparing import Operation, ResourceChange
from pulumi_preflight.reports.html.markup import Markup, element, joined, line, with_rest
from pulumi_preflight.reports.html.stack import Stack, linked
from pulumi_preflight.reports.terminal import NO_MODULE
from pulumi_preflight.stack_context import shown_name

_ROWS_SHOWN = 30


def changes_section(changes: Changes, stack: Stack) -> Markup:
    """The resources by operation, the findings that are fixed, and the cost by module."""
    cost = changes.cost
    return joined(
        (
            element("p", "Beside ", element("code", line(changes.base)), f": {summary(changes)}"),
            [_resources(operation, found, stack) for operation, found in groups(changes)],
            _fixed(changes.fixed) if changes.fixed else None,
            _cost(cost) if cost else None,
            element("p", unpriced_of(cost), class_="warning") if cost and cost.unpriced else None,
        )
    )


def _resources(operation: Operation, found: Sequence[ResourceChange], stack: Stack) -> Markup:
    word = WORDS[operation].capitalize()
    return with_rest(
        [_resource(operation, each, stack) for each in found],
        _ROWS_SHOWN,
        lambda some, more: _table(f"{word}{more or f': {len(found)}'}", some, operation),
    )


def _table(title: str, rows: Sequence[Markup], operation: Operation) -> Markup:
    return element(
        "table",
        element("caption", title),
        element(
            "thead",
            element("tr", (element("th", each, scope="col") for each in ("Resource", "Inputs"))),
        ),
        element("tbody", rows),
        class_="changes losing" if operation in LOSING else "changes",
    )


def _resource(operation: Operation, change: ResourceChange, stack: Stack) -> Markup:
    held = held_by(change) if operation in LOSING else ""
    return element(
        "tr",
        element(
            "th",
            linked(change.urn, stack),
            " ",
            element("small", line(remarks_on(change))),
            held and element("p", f"holds data: {held}", class_="warning"),
            scope="row",
        ),
        element("td", element("ul", _inputs(change)) if change.properties else None),
    )


def _inputs(change: ResourceChange) -> Iterator[Markup]:
    for each in change.properties:
        for path, what in told_of(each):
            yield element("li", element("code", line(path)), " ", line(what))


def _fixed(found: Sequence[BaseFinding]) -> Markup:
    return joined(
        (
            element("p", "Fixed findings:"),
            element(
                "ul",
                (
                    element(
                        "li",
                        element("code", line(each.id)),
                        f": {line(shown_name(each.urn))}",
                    )
                    for each in found
                ),
            ),
        )
    )


def _cost(cost: CostChange) -> Markup:
    return element(
        "table",
        element("caption", "Cost a month"),
        element(
            "thead",
            element(
                "tr",
                element("th", "Module", scope="col"),
                (
                    element("th", each, scope="col", class_="money")
                    for each in ("Before", "After", "Difference", "At worst")
                ),
            ),
        ),
        element("tbody", (_module(each, each.module or NO_MODULE) for each in cost.modules)),
        element("tfoot", (_module(each, "Together") for each in cost.totals)),
        class_="cost",
    )


def _module(cost: ModuleCost, name: str) -> Markup:
    added = cost.difference
    return element(
        "tr",
        element("th", line(name), " ", element("small", line(cost.currency)), scope="row"),
        (
            element("td", told, class_="money")
            for told in (
                f"{cost.before.base:,.2f}",
                f"{cost.after.base:,.2f}",
                signed(added.base),
                signed(added.worst),
            )
        ),
    )
