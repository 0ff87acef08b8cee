"""The hand table, `known.toml`: what AWS fills in, and what it leaves empty."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.tables.sdk import ResourceClass

_TABLE = Path(__file__).parent / "known.toml"
# Types that the SDK has under two modules.
_TWINS = {"lb/": "alb/"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the table says of one type; the table's head tells what the lines mean."""

    source: str
    defaults: Mapping[str, Any]
    always: tuple[str, ...]
    with_: Mapping[str, tuple[str, ...]]
    empty: Mapping[str, tuple[str, ...]]
    unknown: tuple[str, ...]
    unless: Mapping[str, tuple[str, ...]]


def known(types: Mapping[str, ResourceClass]) -> Mapping[str, Known]:
    """Token to what the table says of it.

    Raises:
        ValueError: The table names a type or property that no SDK has.
    """
    tokens = {cls.short: token for token, cls in types.items()}
    found: dict[str, Known] = {}
    for short, row in tomllib.loads(_TABLE.read_text(encoding="utf-8")).items():
        entry = _entry(row)
        for each in (short, *(short.replace(one, other, 1) for one, other in _TWINS.items())):
            if each not in tokens:
                raise ValueError(f"known.toml: the SDK has no type {each}")
            _check(each, entry, types[tokens[each]])
            found[tokens[each]] = entry
    return found


def _entry(row: Mapping[str, Any]) -> Known:
    unless = {name: tuple(inputs) for name, inputs in row.get("empty_without", {}).items()}
    return Known(
        source=row["source"],
        defaults=row.get("defaults", {}),
        always=tuple(row.get("always", ())),
        with_={name: tuple(inputs) for name, inputs in row.get("with", {}).items()},
        empty=dict.fromkeys(row.get("empty", ()), ()) | unless,
        unknown=tuple(row.get("unknown", ())),
        unless={name: tuple(inputs) for name, inputs in row.get("unless", {}).items()},
    )


def _check(short: str, entry: Known, cls: ResourceClass) -> None:
    properties = {each.name for each in cls.shape}
    conditions = (entry.with_, entry.empty, entry.unless)
    inputs = [
        each.partition("=")[0] for names in conditions for on in names.values() for each in on
    ]
    named = {*entry.defaults, *entry.always, *entry.unknown, *inputs}.union(*conditions)
    if strange := sorted(named - properties):
        raise ValueError(f"known.toml: {short} has no property {', '.join(strange)}")
