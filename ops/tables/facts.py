"""The table of facts by type, from all that is known of a type; the stronger source decides."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ops.tables.documented import documented
from ops.tables.imports import Form
from ops.tables.known import Known
from ops.tables.planned import Planned
from ops.tables.sdk import ResourceClass


def facts(
    types: Mapping[str, ResourceClass],
    known: Mapping[str, Known],
    planned: Planned,
    forms: Mapping[str, Form],
) -> Mapping[str, Any]:
    """Token to what preflight is to know of the type; types of which nothing is known are out."""
    rows = {
        token: {
            **_row(cls, known.get(token), planned.get(token, {})),
            **{name: form for name, form in asdict(forms.get(token, Form())).items() if form},
        }
        for token, cls in types.items()
    }
    return {token: row for token, row in rows.items() if row}


def _row(cls: ResourceClass, known: Known | None, planned: Mapping[str, Any]) -> Mapping[str, Any]:
    stated = {
        each.name: value
        for each in cls.shape
        if each.name not in cls.required
        and (value := documented(cls.texts[each.name], each.kind)) is not None
    }
    # A newer SDK may state another default than the provider that was asked.
    agreed = {name: value for name, value in planned.items() if stated.get(name, value) == value}
    row: dict[str, Any] = {
        "defaults": agreed | {name: stated[name] for name in stated if name in cls.unset},
        "empty": {f"{name}Prefix": () for name in ("name", "identifier", "bucket")},
    }
    if known is not None:
        settled = {*known.always, *known.with_, *known.empty, *known.unknown}
        row["defaults"] = {
            name: value for name, value in row["defaults"].items() if name not in settled
        } | dict(known.defaults)
        row |= {"always": sorted(known.always), "with": known.with_}
        row["empty"] |= dict(known.empty)
    # A name that the provider makes has no prefix to show.
    row["empty"] = {name: on for name, on in row["empty"].items() if name in _properties(cls)}
    return {name: value for name, value in row.items() if value}


def _properties(cls: ResourceClass) -> frozenset[str]:
    return frozenset(each.name for each in cls.shape)
