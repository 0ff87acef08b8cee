"""What reports for people say of a change, in words and in an order: what loses data first."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from pulumi_preflight.bases.changes import Changes, CostChange, ModuleCost
from pulumi_preflight.bases.stateful import HOLDS_DATA, LOSING
from pulumi_preflight.changes.comparing import Operation, PropertyChange, ResourceChange
from pulumi_preflight.changes.differences import differences
from pulumi_preflight.changes.inputs import document_in
from pulumi_preflight.changes.paths import value_at
from pulumi_preflight.changes.replacements import Effect
from pulumi_preflight.printing import shortened
from pulumi_preflight.stack_context import name_of, type_of
from pulumi_preflight.verdict import counted
from pulumi_preflight.wire import ARCHIVE, ASSET, PropertyValue, mark_of, whole_numbers

WORDS: Final[Mapping[Operation, str]] = {
    Operation.REPLACE: "replaced",
    Operation.DELETE: "deleted",
    Operation.MAY_REPLACE: "may be replaced",
    Operation.CREATE: "created",
    Operation.UPDATE: "changed",
}
"""What is said of the resources of an operation, in the order in which they are told."""
LONGEST_VALUE: Final = 100
"""Characters of a value that are shown."""
_MOST_UNPRICED = 5


def summary(changes: Changes) -> str:
    """How many resources are created, changed, replaced and deleted, and findings new and fixed."""
    counts = [
        f"{number} {word}" for each, word in WORDS.items() if (number := len(changes.of(each)))
    ]
    told = [", ".join(counts) or "no resource changes"]
    if changes.new or changes.fixed:
        told.append(f"{counted(len(changes.new), 'new finding')}, {len(changes.fixed)} fixed")
    return "; ".join(told)


def groups(changes: Changes) -> Iterator[tuple[Operation, Sequence[ResourceChange]]]:
    """The changes by operation; of each, those of what holds data first."""
    for operation in WORDS:
        found = changes.of(operation)
        if found:
            yield operation, sorted(found, key=lambda each: not held_by(each))


def losing(changes: Changes) -> tuple[ResourceChange, ...]:
    """The changes that lose data, or may."""
    return tuple(each for each in changes.of(*LOSING) if held_by(each) and not each.retained)


def held_by(change: ResourceChange) -> str:
    """What holds data in a resource, such as `database`; empty where nothing does."""
    return HOLDS_DATA.get(type_of(change.urn), "")


def kind_of(change: ResourceChange) -> str:
    """The last part of the type, such as `Queue`."""
    return type_of(change.urn).rpartition(":")[2]


def remarks_on(change: ResourceChange) -> str:
    """What is to be known of a resource beside its name; empty for nothing."""
    told = [kind_of(change)]
    if change.before:
        told.append(f"was {name_of(change.before)}")
    if change.operation in LOSING:
        told += ["protected"] if change.protected else []
        told += ["stays in the cloud"] if change.retained else []
    return ", ".join(told)


def told_of(change: PropertyChange) -> Iterator[tuple[str, str]]:
    """The paths of a changed input, and what becomes of each; what replaces says so.

    A document of JSON is told part by part.
    """
    mark = {Effect.REPLACES: ", replaces", Effect.MAY_REPLACE: ", may replace"}
    effect = mark.get(change.effect, "")
    if change.follows and change.after is None:
        yield change.path, f"follows {_source_of(change)}{effect}"
        return
    follows = f", follows {_source_of(change)}" if change.follows else ""
    for path, before, after in _parts(change):
        yield path, f"{_sides(before, after)}{effect}{follows}"


def _source_of(change: PropertyChange) -> str:
    return f"{name_of(change.follows)} ({type_of(change.follows).rpartition(':')[2]})"


def _parts(change: PropertyChange) -> Iterator[tuple[str, PropertyValue, PropertyValue]]:
    old, new = _inside(change.before), _inside(change.after)
    found = (
        differences({change.path: old}, {change.path: new})
        if isinstance(old, dict | list) and type(old) is type(new)
        else ()
    )
    if not found:
        yield change.path, change.before, change.after
        return
    for each in found:
        inside = each.path[1:]
        yield (
            each.text.replace(f'["{change.path}"]', change.path, 1),
            value_at(old, inside),
            value_at(new, inside),
        )


def _inside(value: PropertyValue) -> PropertyValue:
    """What a value is made of, where that says more than the value: a document, or an archive."""
    if isinstance(value, dict) and mark_of(value) == ARCHIVE:
        assets = value.get("assets")
        return assets if isinstance(assets, dict) else None
    return document_in(value) if isinstance(value, str) else None


def _sides(before: PropertyValue, after: PropertyValue) -> str:
    if _is_content(before) and _is_content(after):
        return "has another content"
    if before is None:
        return f"set to {_written(after)}"
    if after is None:
        return f"{_written(before)} is removed"
    if before == after:
        return f"{_written(before)} is set anew"
    return f"{_written(before)} becomes {_written(after)}"


def _is_content(value: PropertyValue) -> bool:
    return isinstance(value, dict) and mark_of(value) in (ASSET, ARCHIVE)


def _written(value: PropertyValue) -> str:
    if isinstance(value, dict) and _is_content(value):
        return f"the {'archive' if mark_of(value) == ARCHIVE else 'file'} {value.get('path', '')}"
    text = json.dumps(whole_numbers(value), ensure_ascii=False)
    # Reports for people take what stands between two accents for code.
    return shortened(text.replace("`", "'"), LONGEST_VALUE)


def amounts_of(cost: ModuleCost, unpriced: Sequence[str], arrow: str) -> str:
    """What is paid before and after, and the difference where the two can be compared."""
    before, after, added = cost.before, cost.after, cost.difference
    told = f"{before.base:,.2f} {arrow} {after.base:,.2f} {cost.currency}"
    if not unpriced:
        told += f" ({signed(added.base)})"
    if added.worst != added.base:
        told += f"; at worst {before.worst:,.2f} {arrow} {after.worst:,.2f}"
    return told


def unpriced_of(cost: CostChange) -> str:
    """Why the two sides of an amount cannot be compared; empty where they can."""
    names = [name_of(urn) for urn in cost.unpriced]
    if not names:
        return ""
    rest = len(names) - _MOST_UNPRICED
    more = f" and {rest} more" if rest > 0 else ""
    return (
        f"not comparable: no price is known of {', '.join(names[:_MOST_UNPRICED])}{more}, "
        "before or after"
    )


def signed(amount: Decimal) -> str:
    """An amount with its sign, to the cent."""
    return f"{amount:+,.2f}"
