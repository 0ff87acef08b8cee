"""The table of facts by type, from all that is known of a type; the stronger source decides."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from pulumi_preflight.outputs.kinds import in_kind
from tools.tables.documented import claims, documented, is_conditional
from tools.tables.imports import Form
from tools.tables.known import Known
from tools.tables.planned import Planned
from tools.tables.sdk import ResourceClass, Texts


def facts(
    types: Mapping[str, ResourceClass],
    known: Mapping[str, Known],
    planned: Planned,
    forms: Mapping[str, Form],
    before: Mapping[str, Texts],
) -> Mapping[str, Any]:
    """Token to what preflight is to know of the type; types of which nothing is known are out.

    Args:
        types: The newest SDK's classes.
        known: What the hand table says.
        planned: What the plan of an older provider knows.
        forms: The forms of ids and ARNs.
        before: The texts of the SDK that is bridged from that provider, by token.
    """
    rows = {
        token: {
            **_row(cls, known.get(token), planned.get(token, {}), before.get(token, {})),
            **{name: form for name, form in asdict(forms.get(token, Form())).items() if form},
        }
        for token, cls in types.items()
    }
    return {token: row for token, row in rows.items() if row}


def contradictions(
    types: Mapping[str, ResourceClass], planned: Planned, before: Mapping[str, Texts]
) -> Iterator[str]:
    """A line for each planned value that the newest SDK does not let stand."""
    for token, values in planned.items():
        cls, texts = types[token], before.get(token, {})
        holding = _holding(cls, values, texts)
        for name in sorted(values):
            value = in_kind(values[name], cls.kind(name))
            if name not in holding or holding[name] != value:
                now, then = (
                    claims(text.get(name, ""), cls.kind(name)) for text in (cls.texts, texts)
                )
                yield (
                    f"{cls.short}.{name}: planned {value!r}, stated {now} now and {then} before; "
                    f"taken: {holding.get(name, 'nothing')!r}"
                )


def _row(
    cls: ResourceClass, known: Known | None, planned: Mapping[str, Any], before: Texts
) -> Mapping[str, Any]:
    defaults = _defaults(cls, known, planned, before)
    then = _defaults(replace(cls, texts=before), known, planned, before)
    row: dict[str, Any] = {
        "defaults": defaults,
        "older": {
            name: then.get(name)
            for name in sorted({*defaults, *then})
            if name in before and defaults.get(name) != then.get(name)
        },
        "empty": {f"{name}Prefix": () for name in ("name", "identifier", "bucket")},
    }
    if known is not None:
        row |= {"always": sorted(known.always), "with": known.with_, "unless": known.unless}
        row["empty"] |= dict(known.empty)
    # A name that the provider makes has no prefix to show.
    row["empty"] = {name: on for name, on in row["empty"].items() if name in _properties(cls)}
    return {name: value for name, value in row.items() if value}


def _defaults(
    cls: ResourceClass, known: Known | None, planned: Mapping[str, Any], before: Texts
) -> Mapping[str, Any]:
    stated = {
        name: value
        for name in cls.unset
        if (value := documented(cls.texts.get(name, ""), cls.kind(name))) is not None
    }
    found = {**_holding(cls, planned, before), **stated}
    if known is None:
        return found
    settled = {*known.always, *known.with_, *known.empty, *known.unknown}
    kept = {name: value for name, value in found.items() if name not in settled}
    return {**kept, **known.defaults}


def _holding(cls: ResourceClass, planned: Mapping[str, Any], before: Texts) -> Mapping[str, Any]:
    """The planned values that an SDK lets stand, or what it has in their place.

    Where the SDK states another default than the one before it, it wins. Where both contradict the
    plan, nobody knows.
    """
    found: dict[str, Any] = {}
    for name, planned_value in planned.items():
        kind = cls.kind(name)
        value = in_kind(planned_value, kind)
        text, older = cls.texts.get(name, ""), before.get(name, "")
        now, then = claims(text, kind), claims(older, kind)
        is_newly_conditional = is_conditional(text) and not is_conditional(older)
        if (value in now and not is_newly_conditional) or not (now or then):
            found[name] = value
        elif len(now) == 1 and now != then and not is_conditional(text):
            found[name] = now[0]
    return found


def _properties(cls: ResourceClass) -> frozenset[str]:
    return frozenset(each.name for each in cls.shape)
