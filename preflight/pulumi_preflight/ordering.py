"""Puts what a program registered in an order that two runs share.

The SDK registers resources from many tasks at once, so they arrive in another order each time.
Packs, the saved state and the reports all see the order that is made here.
"""

from collections import defaultdict
from dataclasses import replace

from pulumi_preflight.model import Deployment, Note, RegisteredResource, SourcePosition

_Key = tuple[str, int, str]


def in_stable_order(deployment: Deployment) -> Deployment:
    """Sorts resources by file, line and URN, each behind its parent; notes and duplicates too.

    A URN that was registered twice counts as created where it first stands in the program.
    """
    firsts = {
        duplicate.urn: min(duplicate.positions, key=lambda position: _key(position, ""))
        for duplicate in deployment.duplicates
    }
    known = {resource.urn for resource in deployment.resources}
    children: defaultdict[str, list[RegisteredResource]] = defaultdict(list)
    for arrived in deployment.resources:
        position = firsts.get(arrived.urn, arrived.position)
        resource = replace(arrived, position=position)
        children[resource.parent if resource.parent in known else ""].append(resource)
    ordered: list[RegisteredResource] = []
    waiting = _last_first(children[""])
    while waiting:
        resource = waiting.pop()
        ordered.append(resource)
        waiting += _last_first(children.pop(resource.urn, []))
    return replace(
        deployment,
        resources=tuple(ordered),
        duplicates=tuple(sorted(deployment.duplicates, key=lambda duplicate: duplicate.urn)),
        notes=tuple(sorted(deployment.notes, key=_note_key)),
    )


def _last_first(resources: list[RegisteredResource]) -> list[RegisteredResource]:
    return sorted(
        resources, key=lambda resource: _key(resource.position, resource.urn), reverse=True
    )


def _note_key(note: Note) -> _Key:
    return _key(note.position, note.text)


def _key(position: SourcePosition | None, text: str) -> _Key:
    return (position.file, position.line, text) if position else ("", 0, text)
