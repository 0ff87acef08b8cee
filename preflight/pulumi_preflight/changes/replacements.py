"""Which change of AWS's resources replaces them: the table `replacements.json`.

`python -m tools.replacements` makes the table. The table's own head names its sources and date.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from pulumi_preflight.changes.differences import Difference, differences
from pulumi_preflight.wire import Properties

# Since version 7 every type of AWS has it; no resource can move.
_EVERYWHERE = "region"


class Effect(StrEnum):
    """What the change of a property does to its resource."""

    UPDATES = "updates"
    MAY_REPLACE = "may replace"
    REPLACES = "replaces"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One property that changed, and what the change does to the resource."""

    difference: Difference
    effect: Effect


def changes(type_: str, old: Properties, new: Properties) -> Sequence[Change]:
    """All that changed between two sets of inputs of a resource, and what each change does.

    Args:
        type_: The type token.
        old: The inputs before; secrets and unknown values as on the wire.
        new: The inputs after.
    """
    return [Change(difference=each, effect=_effect(type_, each)) for each in differences(old, new)]


def replacing_properties(type_: str) -> Sequence[str]:
    """The paths of the properties that replace a resource of a type, without indexes."""
    return (_EVERYWHERE, *_table().get(type_, ()))


def _effect(type_: str, change: Difference) -> Effect:
    """Whether a change is at a replacing property, in one, or has one inside."""
    names = change.names
    for path in replacing_properties(type_):
        wanted = tuple(path.split("."))
        shared = min(len(names), len(wanted))
        if names[:shared] == wanted[:shared]:
            return Effect.REPLACES
    return Effect.UPDATES


@cache
def _table() -> Mapping[str, Sequence[str]]:
    text = files(__package__).joinpath("replacements.json").read_text(encoding="utf-8")
    types: Mapping[str, Sequence[str]] = json.loads(text)["types"]
    return types
