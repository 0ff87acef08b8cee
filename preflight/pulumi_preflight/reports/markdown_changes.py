"""What a change changes, for a comment on a pull request: what loses data is seen first."""

from collections.abc import Iterator
from typing import Final

from pulumi_preflight.bases.changes import Changes, CostChange
from pulumi_preflight.bases.telling import (
    WORDS,
    amounts_of,
    groups,
    held_by,
    losing,
    remarks_on,
    signed,
    told_of,
    unpriced_of,
)
from pulumi_preflight.changes.comparing import Operation, ResourceChange
from pulumi_preflight.printing import shortened
from pulumi_preflight.reports.markdown_text import cell, code, prose
from pulumi_preflight.stack_context import is_urn, name_of

_LONGEST_NAME: Final = 100
_MOST_WARNED: Final = 10
_MOST_INPUTS: Final = 20
_VERBS: Final = {
    Operation.REPLACE: "Replaces",
    Operation.DELETE: "Deletes",
    Operation.MAY_REPLACE: "May replace",
}


def head_of(changes: Changes) -> str:
    """What stands above all that can be folded: which data goes, and what it costs."""
    lines = [*_warnings(changes)]
    cost = changes.cost
    if cost is not None:
        paid = [each for each in cost.totals if each.before.worst or each.after.worst]
        told = (amounts_of(each, cost.unpriced, "→") for each in paid)
        lines += ["", *(f"Cost a month: **{each}**<br>" for each in told)]
        if cost.unpriced:
            lines.append(f"{prose(unpriced_of(cost))}<br>")
    lines += ["", f"Beside {code(shortened(changes.base, _LONGEST_NAME))}"]
    return "\n".join([*lines, ""])


def _warnings(changes: Changes) -> Iterator[str]:
    found = losing(changes)
    if not found:
        return
    yield from ("", "> [!CAUTION]")
    for change in found[:_MOST_WARNED]:
        why = f": {_why(change)}" if change.replacing else ""
        kept = ", which is protected: the deployment stops" if change.protected else ""
        yield (
            f"> **{_VERBS[change.operation]} the {held_by(change)} {_name(change.urn)}**"
            f"{why}{kept}<br>"
        )
    if len(found) > _MOST_WARNED:
        yield f"> {len(found) - _MOST_WARNED} more that hold data"


def _why(change: ResourceChange) -> str:
    path, what = next(told_of(change.replacing[0]))
    return f"{code(path)} {prose(what)}"


def entries_of(changes: Changes) -> list[tuple[str, int]]:
    """One entry for each resource that does not stay as it is, with its inputs."""
    return [
        (_entry(operation, change), 1) for operation, found in groups(changes) for change in found
    ]


def _entry(operation: Operation, change: ResourceChange) -> str:
    told = [line for each in change.properties for line in told_of(each)]
    inputs = [f"  - {code(path)} {prose(what)}" for path, what in told[:_MOST_INPUTS]]
    if len(told) > _MOST_INPUTS:
        inputs.append(f"  - {len(told) - _MOST_INPUTS} more inputs")
    word = WORDS[operation]
    marked = f"**{word}**" if operation in _VERBS else word
    head = f"- {marked}: {_name(change.urn)} ({prose(remarks_on(change))})"
    return "".join(f"{line}\n" for line in (head, *inputs))


def fixed_in(changes: Changes) -> list[tuple[str, int]]:
    """One entry for each finding that is gone."""
    return [(f"- {code(each.id)}: {_name(each.urn)}\n", 1) for each in changes.fixed]


def title_of(cost: CostChange) -> str:
    """What the cost of a month changes by."""
    if cost.unpriced:
        return "Cost by module: not comparable"
    return "Cost by module: " + "; ".join(
        f"{signed(each.difference.base)} {each.currency} a month" for each in cost.totals
    )


def table_of(cost: CostChange) -> list[tuple[str, int]]:
    """The cost of each module before and after, as one entry."""
    rows = "".join(
        f"| {cell(each.module) or 'no module'} | {each.before.base:,.2f} | {each.after.base:,.2f} "
        f"| {signed(each.difference.base)} | {signed(each.difference.worst)} | {each.currency} |\n"
        for each in cost.modules
    )
    head = "| module | before | after | difference | at worst | |\n|---|--:|--:|--:|--:|---|\n"
    return [(f"{head}{rows}\n", len(cost.modules))]


def _name(urn: str) -> str:
    return code(shortened(name_of(urn) if is_urn(urn) else urn, _LONGEST_NAME))
