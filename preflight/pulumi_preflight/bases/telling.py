"""What reports for people say of a change, in words and in an order: what loses data first."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from pulumi_preflight.bases.changes import Changes
from pulumi_preflight.bases.stateful import HOLDS_DATA
from pulumi_preflight.changes.comparing import Operation, PropertyChange, ResourceChange
from pulumi_preflight.changes.differences import differences
from pulumi_preflight.changes.paths import value_at
from pulumi_preflight.changes.replacements import Effect
from pulumi_preflight.printing import shortened
from pulumi_preflight.stack_context import name_of, type_of
from pulumi_preflight.wire import PropertyValue, whole_numbers

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
_LOSING = (Operation.REPLACE, Operation.DELETE, Operation.MAY_REPLACE)


def summary(changes: Changes) -> str:
    """How many resources are created, changed, replaced and deleted, and findings new and fixed."""
    counts = [
        f"{number} {word}" for each, word in WORDS.items() if (number := len(changes.of(each)))
    ]
    told = [", ".join(counts) or "no resource changes"]
    if changes.new or changes.fixed:
        told.append(f"{len(changes.new)} new findings, {len(changes.fixed)} fixed")
    return "; ".join(told).replace("1 new findings", "1 new finding")


def groups(changes: Changes) -> Iterator[tuple[Operation, Sequence[ResourceChange]]]:
    """The changes by operation; of each, those of what holds data first."""
    for operation in WORDS:
        found = changes.of(operation)
        if found:
            yield operation, sorted(found, key=lambda each: not held_by(each))


def losing(changes: Changes) -> tuple[ResourceChange, ...]:
    """The changes that lose data, or may."""
    return tuple(each for each in changes.of(*_LOSING) if held_by(each) and not each.retained)


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
    if change.operation in _LOSING:
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
    old, new = _document(change.before), _document(change.after)
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


def _document(value: PropertyValue) -> PropertyValue:
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return None
    try:
        document: PropertyValue = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return document


def _sides(before: PropertyValue, after: PropertyValue) -> str:
    if before is None:
        return f"set to {_written(after)}"
    if after is None:
        return f"{_written(before)} is removed"
    if before == after:
        return f"{_written(before)} is set anew"
    return f"{_written(before)} becomes {_written(after)}"


def _written(value: PropertyValue) -> str:
    return shortened(json.dumps(whole_numbers(value), ensure_ascii=False), LONGEST_VALUE)


def signed(amount: Decimal) -> str:
    """An amount with its sign, to the cent."""
    return f"{amount:+,.2f}"
