"""What a run saves for later ones to be compared with: the report format `base`.

`base.schema.json` beside the reports describes it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from pulumi_preflight.acceptance import REPLACES_STATEFUL
from pulumi_preflight.bases import Base, BaseFinding, known_as, unpriced_in
from pulumi_preflight.bases.stateful import HOLDS_DATA
from pulumi_preflight.costs import CostLine
from pulumi_preflight.errors import BaseError, StateError
from pulumi_preflight.findings import Level
from pulumi_preflight.model import RegisteredResource
from pulumi_preflight.redaction import Redactor
from pulumi_preflight.resource import saved_resource
from pulumi_preflight.stack_context import is_urn
from pulumi_preflight.states.resources import resources_in
from pulumi_preflight.states.secrets import Opener
from pulumi_preflight.verdict import OWN_PACK, Verdict
from pulumi_preflight.verdicts import Gone

VERSION = 1
"""Of the format."""

_PROVIDER = "pulumi:providers:"
_MADE_BY = "wanted a file that `preflight --format base=FILE` has written"


def document(verdicts: Iterable[Verdict]) -> dict[str, object]:
    """The file on one run, or on several stacks."""
    return {"version": VERSION, "stacks": [_stack(verdict) for verdict in verdicts]}


def _stack(verdict: Verdict) -> dict[str, object]:
    cost = verdict.cost
    # Which of the two comes first is chance, and the engine stops at the second.
    doubles = {each.urn for each in verdict.deployment.duplicates}
    return {
        "project": verdict.project,
        "stack": verdict.stack,
        "findings": [
            asdict(known_as(each))
            for each in (*verdict.findings, *verdict.known)
            # What a run finds beside its own base is no finding of the program.
            if (each.pack, each.rule) != (OWN_PACK, REPLACES_STATEFUL)
        ],
        "cost": cost and [_line(each) for each in cost.lines],
        "unpriced": unpriced_in(cost),
        "resources": [
            saved_resource(each, verdict.redact)
            for each in verdict.deployment.resources
            if each.urn not in doubles
        ],
    }


def _line(line: CostLine) -> dict[str, object]:
    return {
        "urn": line.urn,
        "item": line.item,
        "currency": line.currency,
        "base": str(line.base),
        "worst": str(line.worst),
    }


def as_saved(
    resources: Iterable[RegisteredResource], redact: Redactor
) -> Iterator[RegisteredResource]:
    """The resources of a run as one would read them from the file that the run saves."""
    listed = list(resources)
    entries = [saved_resource(each, redact) for each in listed]
    for each, saved in zip(listed, _read_resources(entries, "this run"), strict=True):
        yield replace(
            each,
            urn=saved.urn,
            parent=saved.parent,
            inputs=saved.inputs,
            property_dependencies={
                name: tuple(map(redact.urn, urns))
                for name, urns in each.property_dependencies.items()
            },
        )


def read_saved(file: Path, *, project: str, stack: str, place: str = "") -> Base:
    """Reads what a run has saved of a stack.

    A stack that the file does not know has nothing yet; the base's note says so.

    Args:
        file: The file.
        project: The project's name.
        stack: The stack's name.
        place: What the base is called; empty for the file.

    Raises:
        BaseError: The file cannot be read, or is not of that format; the text names file and key.
    """
    where = place or str(file)
    stacks = _Object(_document(file), where).listed("stacks")
    for entry in stacks:
        if entry.text("project") == project and entry.text("stack") == stack:
            return _base(entry, where)
    known = ", ".join(f"{each.text('project')}/{each.text('stack')}" for each in stacks) or "none"
    note = (
        f"{where} has no verdict on {project}/{stack}, so all of it counts as new; it has {known}"
    )
    return Base(place=where, is_state=False, resources=(), findings=(), cost=None, note=note)


def stacks_saved(file: Path) -> tuple[Gone, ...]:
    """The stacks that a file knows, each told as one that is gone.

    Raises:
        BaseError: As for `read_saved`.
    """
    entries = _Object(_document(file), str(file)).listed("stacks")
    return tuple(_as_gone(entry, str(file)) for entry in entries)


def _as_gone(entry: "_Object", where: str) -> Gone:
    managed = [
        each
        for each in entry.listed("resources")
        if each.given.get("custom")
        and not each.given.get("external")
        and not each.text("type").startswith(_PROVIDER)
    ]
    return Gone(
        base=where,
        project=entry.text("project"),
        stack=entry.text("stack"),
        resources=len(managed),
        holding_data=sum(
            each.text("type") in HOLDS_DATA and not each.given.get("retainOnDelete")
            for each in managed
        ),
    )


def _base(entry: "_Object", where: str) -> Base:
    cost = None
    if entry.given.get("cost") is not None:
        cost = tuple(map(_read_line, entry.listed("cost")))
    return Base(
        place=where,
        is_state=False,
        resources=_read_resources(
            [each.given for each in entry.listed("resources")], f"{entry.where}"
        ),
        findings=tuple(map(_read_finding, entry.listed("findings"))),
        cost=cost,
        unpriced=tuple(map(str, entry.given.get("unpriced") or ())),
    )


def _read_resources(entries: list[dict[str, Any]], where: str) -> tuple[RegisteredResource, ...]:
    try:
        # Nothing seals the secrets: `[secret]` stands in their place.
        return tuple(resources_in(entries, where, Opener(None, "", where)))
    except StateError as error:
        raise BaseError(str(error), hint=_MADE_BY) from error


def _read_finding(entry: "_Object") -> BaseFinding:
    level = entry.text("level")
    if level not in tuple(Level):
        raise BaseError(
            f"{entry.where}.level is {level!r}; wanted {' or '.join(Level)}", hint=_MADE_BY
        )
    return BaseFinding(
        id=entry.text("id"), pack=entry.text("pack"), level=level, urn=entry.urn("urn")
    )


def _read_line(entry: "_Object") -> CostLine:
    return CostLine(
        urn=entry.text("urn"),
        item=entry.text("item"),
        currency=entry.text("currency"),
        base=entry.amount("base"),
        worst=entry.amount("worst"),
    )


def _document(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise BaseError(f"{file} cannot be read: {error.strerror}", hint=_MADE_BY) from error
    except UnicodeDecodeError as error:
        raise BaseError(f"{file} is not UTF-8: {error}", hint=_MADE_BY) from error
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BaseError(f"{file} is not JSON: {error}", hint=_MADE_BY) from error
    if not isinstance(content, dict) or "stacks" not in content:
        hint = _MADE_BY
        if isinstance(content, dict) and {"deployment", "checkpoint"} & content.keys():
            hint = "a state is given by --base-state"
        raise BaseError(f"{file} has no `stacks`", hint=hint)
    version = content.get("version")
    if version != VERSION or isinstance(version, bool):
        raise BaseError(
            f"{file}: version is {version!r}; wanted {VERSION}",
            hint="save it again with the preflight that reads it",
        )
    return content


class _Object:
    """An object of the file, which names its own place in errors."""

    def __init__(self, given: Mapping[str, Any], where: str) -> None:
        self.given = dict(given)
        self.where = where

    def text(self, key: str) -> str:
        value = self.given.get(key)
        if not isinstance(value, str):
            raise BaseError(f"{self.where}: {key} is {value!r:.100}; wanted a text", hint=_MADE_BY)
        return value

    def urn(self, key: str) -> str:
        text = self.text(key)
        if not is_urn(text):
            raise BaseError(f"{self.where}: {key} is {text!r}, which is not a URN", hint=_MADE_BY)
        return text

    def amount(self, key: str) -> Decimal:
        text = self.text(key)
        try:
            amount = Decimal(text)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            raise BaseError(
                f"{self.where}: {key} is {text!r:.100}; wanted a number as a text", hint=_MADE_BY
            )
        return amount

    def listed(self, key: str) -> list["_Object"]:
        value = self.given.get(key)
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise BaseError(
                f"{self.where}: {key} is {value!r:.100}; wanted a list of objects", hint=_MADE_BY
            )
        return [_Object(each, f"{self.where}: {key}.{index}") for index, each in enumerate(value)]
