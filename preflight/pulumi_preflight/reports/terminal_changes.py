"""What a change changes, line by line, for a terminal."""

from collections.abc import Iterator
from typing import Final

from rich.text import Text

from pulumi_preflight.bases.changes import Changes, CostChange
from pulumi_preflight.bases.stateful import LOSING
from pulumi_preflight.bases.telling import (
    WORDS,
    amounts_of,
    groups,
    held_by,
    remarks_on,
    told_of,
    unpriced_of,
)
from pulumi_preflight.changes.comparing import Operation, ResourceChange
from pulumi_preflight.printing import escaped_line
from pulumi_preflight.stack_context import name_of, shown_name

MOST_OF_A_KIND: Final = 30
"""Resources of one operation that are shown, and inputs of one resource.

What holds data and goes is shown whatever its number.
"""
_ALL: Final = "--format json or html has all"
_STYLES: Final = {
    Operation.REPLACE: "bold red",
    Operation.DELETE: "bold red",
    Operation.MAY_REPLACE: "yellow",
    Operation.CREATE: "green",
    Operation.UPDATE: "yellow",
}


def lines_of(changes: Changes) -> Iterator[tuple[int, Text]]:
    """The lines, each with its margin."""
    for operation, found in groups(changes):
        # What holds data stands first.
        holding = sum(map(bool, map(held_by, found))) if operation in LOSING else 0
        shown = max(holding, MOST_OF_A_KIND)
        for change in found[:shown]:
            yield from _of_resource(operation, change)
        if len(found) > shown:
            yield 2, Text(f"{len(found) - shown} more {WORDS[operation]}: {_ALL}")
    for word, findings in (("new", changes.new), ("fixed", changes.fixed)):
        for finding in findings:
            about = shown_name(finding.urn)
            style = "green" if word == "fixed" else "bold red"
            yield (
                2,
                Text(f"{word} finding", style=style)
                + Text(escaped_line(f"  {finding.id}: {about}")),
            )
    cost = changes.cost
    if cost is not None:
        yield from _of_cost(cost)


def _of_resource(operation: Operation, change: ResourceChange) -> Iterator[tuple[int, Text]]:
    name = escaped_line(f"  {name_of(change.urn)} ({remarks_on(change)})")
    held = held_by(change)
    loses = held and operation in LOSING
    warning = Text(f"  holds data: {held}", style="bold red") if loses else Text()
    yield 2, Text(WORDS[operation], style=_STYLES[operation]) + Text(name) + warning
    told = [line for each in change.properties for line in told_of(each)]
    for path, what in told[:MOST_OF_A_KIND]:
        yield 4, Text(escaped_line(f"{path}: {what}"))
    if len(told) > MOST_OF_A_KIND:
        yield 4, Text(f"{len(told) - MOST_OF_A_KIND} more inputs: {_ALL}")


def _of_cost(cost: CostChange) -> Iterator[tuple[int, Text]]:
    changed = [each for each in cost.modules if each.difference.base or each.difference.worst]
    # One module alone says what the total says.
    for each in changed if len(cost.modules) > 1 else ():
        module = escaped_line(each.module) or "no module"
        yield 2, Text(f"cost of {module}  {amounts_of(each, cost.unpriced, '->')}")
    for each in cost.totals:
        if each.before.worst or each.after.worst:
            told = amounts_of(each, cost.unpriced, "->")
            yield 2, Text(f"cost a month  {told}", style="bold")
    if cost.unpriced:
        yield 2, Text(escaped_line(unpriced_of(cost)), style="yellow")
