"""Compares a run with its base: what becomes of the resources, and which data goes."""

from collections.abc import Iterable, Iterator, Mapping
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
from pulumi_preflight.changes.inputs import is_sealed
from pulumi_preflight.model import Deployment, Note, RegisteredResource
from pulumi_preflight.packs.changes_file import Becoming
from pulumi_preflight.redaction import SHOWN_SECRET, Redactor, shown_value
from pulumi_preflight.verdict import Verdict, counted, order_of
from pulumi_preflight.wire import (
    MARK,
    SECRET,
    Properties,
    PropertyValue,
    from_struct,
    rewrite,
    with_leaves,
    without_internal,
)


def compared(
    base: Iterable[RegisteredResource], deployment: Deployment, redact: Redactor, *, is_state: bool
) -> tuple[ResourceChange, ...]:
    """What becomes of the resources, by their URNs in the base: those of a saved run are redacted.

    Args:
        base: The resources of the base.
        deployment: The run.
        redact: Keeps secrets out of what is compared with a saved run.
        is_state: Whether the base is what is deployed.
    """
    head: Iterable[RegisteredResource] = deployment.resources
    doubles = {each.urn for each in deployment.duplicates}
    if not is_state:
        head = as_saved(head, redact)
        doubles = set(map(redact.urn, doubles))
    return tuple(
        replace(each, operation=Operation.SAME, properties=()) if each.urn in doubles else each
        for each in compare(base, head)
    )


def as_rules_see(
    changes: Iterable[ResourceChange],
    base: Iterable[RegisteredResource],
    deployment: Deployment,
    redact: Redactor,
) -> Mapping[str, Becoming]:
    """What becomes of the resources, by the URNs by which packs know them."""
    olds = {each.urn: each for each in base}
    urns = {redact.urn(each.urn): each.urn for each in deployment.resources}
    return {
        urns.get(each.urn, each.urn): Becoming(
            operation=each.operation,
            before=None
            if each.operation is Operation.CREATE
            else _inputs(olds.get(each.before or each.urn)),
        )
        for each in changes
    }


def _inputs(old: RegisteredResource | None) -> Properties | None:
    """The inputs of a resource of the base; of a URN that is there twice, the base has none."""
    if old is None:
        return None
    return {
        name: rewrite(value, _without_secret)
        for name, value in from_struct(without_internal(old.inputs)).items()
    }


def _without_secret(marked: dict[str, PropertyValue]) -> PropertyValue:
    return SHOWN_SECRET if marked[MARK] == SECRET else marked


def settled(verdict: Verdict, base: Base, changes: Iterable[ResourceChange]) -> Verdict:
    """The verdict beside its base, with the findings that only the two together give.

    Args:
        verdict: The verdict.
        base: The base.
        changes: What becomes of the resources.
    """
    found = tuple(_told(changes, verdict))
    positions = {each.urn: each.position for each in verdict.resources}
    lost = findings_of(found, positions, is_state=base.is_state)
    notes = [Note(text=verdict.redact(base.note))] if base.note else []
    if not base.is_state and (hidden := _secrets_in(base)):
        inputs = counted(hidden, "secret input")
        notes.append(Note(text=f"{inputs} not compared: {base.place} holds no secret"))
    return replace(
        verdict,
        findings=tuple(sorted((*verdict.findings, *lost), key=order_of)),
        notes=(*verdict.notes, *notes),
        beside=Beside(base=base, resources=found),
    )


def _secrets_in(base: Base) -> int:
    """How many inputs hold what stands in place of a secret."""
    return sum(
        is_sealed(value) for each in base.resources for value in from_struct(each.inputs).values()
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
