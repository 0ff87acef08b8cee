"""Puts what a program registered in an order that two runs share.

The SDK registers resources from many tasks at once, so they arrive in another order each time.
Packs, the saved state and the reports all see the order that is made here.
"""

from collections.abc import Iterable
from dataclasses import replace
from heapq import heapify, heappop, heappush

from pulumi_preflight.model import Deployment, Note, RegisteredResource, SourcePosition

_Key = tuple[str, int, str]


def in_stable_order(deployment: Deployment) -> Deployment:
    """Sorts resources by file, line and URN, but each behind all that it depends on.

    A saved state has to be in such an order. A URN that was registered twice counts as created
    where it first stands in the program. Notes and duplicates are sorted too.
    """
    firsts = {
        duplicate.urn: min(duplicate.positions, key=lambda position: _key(position, ""))
        for duplicate in deployment.duplicates
    }
    resources = [
        replace(resource, position=firsts.get(resource.urn, resource.position))
        for resource in deployment.resources
    ]
    return replace(
        deployment,
        resources=tuple(_dependencies_first(resources)),
        duplicates=tuple(sorted(deployment.duplicates, key=lambda duplicate: duplicate.urn)),
        notes=tuple(sorted(deployment.notes, key=_note_key)),
    )


def _dependencies_first(resources: Iterable[RegisteredResource]) -> list[RegisteredResource]:
    waiting = {resource.urn: resource for resource in resources}
    missing = {
        urn: _dependencies(resource) & (waiting.keys() - {urn}) for urn, resource in waiting.items()
    }
    dependents: dict[str, list[str]] = {urn: [] for urn in waiting}
    for urn, needed in missing.items():
        for dependency in needed:
            dependents[dependency].append(urn)
    ready = [_resource_key(waiting[urn]) for urn, needed in missing.items() if not needed]
    heapify(ready)
    ordered = []
    while ready:
        *_, urn = heappop(ready)
        ordered.append(waiting.pop(urn))
        for dependent in dependents[urn]:
            missing[dependent].remove(urn)
            if not missing[dependent]:
                heappush(ready, _resource_key(waiting[dependent]))
    # Only resources that depend on each other are left; the engine would have refused them.
    return ordered + sorted(waiting.values(), key=_resource_key)


def _dependencies(resource: RegisteredResource) -> set[str]:
    provider = resource.provider.rpartition("::")[0]
    of_properties = (urn for urns in resource.property_dependencies.values() for urn in urns)
    return {resource.parent, provider, *resource.dependencies, *of_properties}


def _resource_key(resource: RegisteredResource) -> _Key:
    return _key(resource.position, resource.urn)


def _note_key(note: Note) -> _Key:
    return _key(note.position, note.text)


def _key(position: SourcePosition | None, text: str) -> _Key:
    return (position.file, position.line, text) if position else ("", 0, text)
