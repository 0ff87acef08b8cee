"""Compares a run with its base: what becomes of the resources, and which data goes."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pulumi_preflight.bases import Base
from pulumi_preflight.bases.changes import Beside
from pulumi_preflight.bases.saved import as_saved
from pulumi_preflight.bases.stateful import findings_of
from pulumi_preflight.changes.comparing import (
    Operation,
    PropertyChange,
    ResourceChange,
    compare,
)
from pulumi_preflight.model import Note, RegisteredResource
from pulumi_preflight.redaction import shown_value
from pulumi_preflight.verdict import Verdict, order_of
from pulumi_preflight.wire import PropertyValue, with_leaves


def settled(verdict: Verdict, base: Base) -> Verdict:
    """The verdict beside its base, with the findings that only the two together give."""
    head: Iterable[RegisteredResource] = verdict.deployment.resources
    if not base.is_state:
        head = as_saved(head, verdict.redact)
    doubles = {verdict.redact.urn(each.urn) for each in verdict.deployment.duplicates}
    found = tuple(
        replace(each, operation=Operation.SAME, properties=()) if each.urn in doubles else each
        for each in _told(compare(base.resources, head), verdict)
    )
    positions = {each.urn: each.position for each in verdict.resources}
    lost = findings_of(found, positions, is_state=base.is_state)
    notes = (Note(text=verdict.redact(base.note)),) if base.note else ()
    return replace(
        verdict,
        findings=tuple(sorted((*verdict.findings, *lost), key=order_of)),
        notes=(*verdict.notes, *notes),
        beside=Beside(base=base, resources=found),
    )


def _told(changes: Iterable[ResourceChange], verdict: Verdict) -> Iterator[ResourceChange]:
    """The changes without secrets; of a made-up value, what a reader may take it for."""
    for each in changes:
        yield replace(
            each,
            urn=verdict.redact.urn(each.urn),
            before=verdict.redact.urn(each.before),
            properties=tuple(_told_property(change, verdict) for change in each.properties),
        )


def _told_property(change: PropertyChange, verdict: Verdict) -> PropertyChange:
    return replace(
        change,
        path=verdict.redact(change.path),
        before=_shown(change.before, verdict),
        after=_shown(change.after, verdict),
        follows=verdict.redact.urn(change.follows),
    )


def _shown(value: PropertyValue, verdict: Verdict) -> PropertyValue:
    made_up = verdict.deployment.inventions.shown

    def leaf(held: PropertyValue) -> PropertyValue:
        return made_up(held) if isinstance(held, str) else held

    return verdict.redact.inside(with_leaves(shown_value(value), leaf))
