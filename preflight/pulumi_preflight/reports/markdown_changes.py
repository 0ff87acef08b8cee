"""What a change changes, for a comment on a pull request: what loses data is seen first."""

from collections.abc import Iterable, Iterator, Sequence
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
from pulumi_preflight.stack_context import shown_name
from pulumi_preflight.verdicts import Gone

_LONGEST_NAME: Final = 100
_LONGEST_REASON: Final = 500
_MOST_WARNED: Final = 10
_MOST_OF_SEVERAL: Final = 30
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
        yield _warning(change)
    if len(found) > _MOST_WARNED:
        yield f"> {len(found) - _MOST_WARNED} more that hold data"


def _warning(change: ResourceChange, of: str = "") -> str:
    where = f" of {code(shortened(of, _LONGEST_NAME))}" if of else ""
    why = f": {_why(change)}" if change.replacing else ""
    kept = ", which is protected: the deployment stops" if change.protected else ""
    return (
        f"> **{_VERBS[change.operation]} the {held_by(change)} {_name(change.urn)}**"
        f"{where}{why}{kept}<br>"
    )


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
    return code(shortened(shown_name(urn), _LONGEST_NAME))


def head_of_several(stacks: Sequence[tuple[str, Changes]], gone: Iterable[Gone]) -> str:
    """What stands above all that can be folded in a comment on several stacks.

    Args:
        stacks: What changes in each, with the name of the stack.
        gone: The stacks that the base alone has.
    """
    lines = [*_warnings_of_several(stacks, gone), *_costs_of_several(stacks)]
    bases = dict.fromkeys(shortened(changes.base, _LONGEST_NAME) for _, changes in stacks)
    if bases:
        lines += ["", f"Beside {', '.join(map(code, bases))}"]
    return "\n".join([*lines, ""]) if lines else ""


def _warnings_of_several(
    stacks: Iterable[tuple[str, Changes]], gone: Iterable[Gone]
) -> Iterator[str]:
    stacks_lost = [each for each in gone if each.holding_data]
    lost = [(change, of) for of, changes in stacks for change in losing(changes)]
    # What is sure stands first.
    lost.sort(key=lambda each: each[0].operation is Operation.MAY_REPLACE)
    lines = [
        *(
            f"> **Gone**: {prose(shortened(each.told, _LONGEST_REASON))}<br>"
            for each in stacks_lost
        ),
        *(_warning(change, of) for change, of in lost),
    ]
    if not lines:
        return
    yield from ("", "> [!CAUTION]", *lines[:_MOST_OF_SEVERAL])
    if len(lines) > _MOST_OF_SEVERAL:
        yield f"> {len(lines) - _MOST_OF_SEVERAL} more that hold data"


def _costs_of_several(stacks: Sequence[tuple[str, Changes]]) -> Iterator[str]:
    """The cost of all stacks together, and of each whose cost changes."""
    costs = [
        (of, change, cost)
        for of, changes in stacks
        if (change := changes.cost)
        for cost in change.totals
    ]
    if not costs:
        return
    together = CostChange(
        modules=tuple(cost for *_, cost in costs),
        unpriced=tuple(urn for _, change, _ in costs for urn in change.unpriced),
    )
    yield ""
    for each in together.totals:
        yield f"Cost a month, together: **{amounts_of(each, together.unpriced, '→')}**<br>"
    if together.unpriced:
        yield f"{prose(unpriced_of(together))}<br>"
    changed = [each for each in costs if each[2].difference.base or each[2].difference.worst]
    changed = changed if len(costs) > 1 else []
    for of, change, cost in changed[:_MOST_OF_SEVERAL]:
        told = amounts_of(cost, change.unpriced, "→")
        yield f"Cost a month of {code(shortened(of, _LONGEST_NAME))}: {told}<br>"
    if len(changed) > _MOST_OF_SEVERAL:
        yield f"{len(changed) - _MOST_OF_SEVERAL} more stacks whose cost changes<br>"
