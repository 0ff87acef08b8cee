"""What a program registered, as plain values, in a stable order, with its places in the program."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from heapq import heapify, heappop, heappush
from itertools import pairwise
from pathlib import Path
from typing import Final, NoReturn, overload
from urllib.parse import unquote, urlsplit

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.alias_pb2 import Alias
from pulumi.runtime.proto.analyzer_pb2 import AnalyzerResourceOptions
from pulumi.runtime.proto.source_pb2 import SourcePosition as SentPosition
from pulumi.runtime.proto.source_pb2 import StackTrace

from pulumi_preflight.opened import Files
from pulumi_preflight.outputs.memory import Inventions


def _no_options() -> AnalyzerResourceOptions:
    """The engine sends timeouts always, empty ones too."""
    return AnalyzerResourceOptions(customTimeouts=AnalyzerResourceOptions.CustomTimeouts())


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePosition:
    """Where the program created a resource: a file, relative to the project, and a line from 1."""

    file: str
    line: int


class _Packed:
    """A field whose message is kept as its bytes, which need a fifth of the room.

    Whoever reads the field gets a message of its own.
    """

    def __set_name__(self, _owner: type, name: str) -> None:
        self._kept = f"_{name}"

    @overload
    def __get__(self, resource: None, owner: type) -> NoReturn: ...

    @overload
    def __get__(self, resource: object, owner: type) -> Struct: ...

    def __get__(self, resource: object | None, owner: type) -> Struct:
        if resource is None:
            # The field has no default.
            raise AttributeError(self._kept)
        return Struct.FromString(vars(resource)[self._kept])

    def __set__(self, resource: object, message: Struct) -> None:
        vars(resource)[self._kept] = message.SerializeToString()


@dataclass(frozen=True, kw_only=True)
class RegisteredResource:
    """One resource of the program.

    Attributes:
        urn: The name that the engine would give it.
        type: The type token, such as `aws:sqs/queue:Queue`.
        name: The logical name.
        parent: The parent's URN, empty for the stack itself.
        custom: Whether a provider manages it; components are not custom.
        external: Whether it was read (`Resource.get`), not created.
        remote: Whether it is a component that a plugin would construct; its children are not known.
        id: The provider's id, filled in; empty for components and where it is left unknown.
        provider: The provider reference `<urn>::<id>`, empty for components.
        inputs: The properties after remediation, as the engine sends them to a pack.
        outputs: The inputs with the computed outputs filled in.
        dependencies: URNs of all that it depends on.
        property_dependencies: Property name to the URNs that its value comes from.
        made_up: The properties that hold something that preflight made up, or that preflight left
            empty though the provider may fill them in.
        options: Resource options in the form that a pack receives.
        retain_on_delete: Whether it outlives its removal from the program.
        deleted_with: The URN of the resource that it goes away with, empty for none.
        replace_with: The URNs of the resources with which it is replaced.
        replace_on_changes: The paths of inputs whose change replaces it.
        aliases: What else an earlier run of the program may have called it.
        added: The inputs that no program gave, and that the provider's Check adds.
        position: Where the program created it, `None` where the SDK did not say.
    """

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    external: bool = False
    remote: bool = False
    id: str = ""
    provider: str = ""
    inputs: _Packed = _Packed()
    outputs: _Packed = _Packed()
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    made_up: tuple[str, ...] = ()
    options: AnalyzerResourceOptions = field(default_factory=_no_options)
    retain_on_delete: bool = False
    deleted_with: str = ""
    replace_with: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()
    added: tuple[str, ...] = ()
    position: SourcePosition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateUrn:
    """A URN that the program registered more than once; the engine would stop at the second.

    Attributes:
        urn: The URN.
        positions: The place of each registration.
        parents: The URNs of the parents, each once: a URN holds their types, not their names.
    """

    urn: str
    positions: tuple[SourcePosition | None, ...]
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyCall:
    """A plain call of a function on a value that only a deployment makes; the engine stops there.

    Attributes:
        function: The function's token.
        urn: The resource that the value comes from.
        property: The property that it comes from.
        position: Where the program calls.
    """

    function: str
    urn: str
    property: str
    position: SourcePosition | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something the user must know about the verdict: an assumption, or what was not looked at."""

    text: str
    position: SourcePosition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """All that one run of the program registered, in the order of registration.

    Attributes:
        resources: Each resource once.
        duplicates: URNs that were registered again; the engine stops there.
        early_calls: Functions that were called too early; the engine stops there, too.
        stack_outputs: What the stack exports.
        notes: What the user must know about the run.
        printed: What the program printed and logged.
        inventions: What preflight made up.
        leaves_out_unset: What a deployment gives out of a resource for which its provider gives
            nothing: nothing, or else null.
        files: The files that the program opened, `None` where its language tells none.
    """

    resources: tuple[RegisteredResource, ...]
    duplicates: tuple[DuplicateUrn, ...]
    stack_outputs: Struct
    notes: tuple[Note, ...]
    printed: str = ""
    early_calls: tuple[EarlyCall, ...] = ()
    inventions: Inventions = field(default_factory=Inventions)
    leaves_out_unset: bool = False
    files: Files | None = None


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
        replace(resource, position=firsts[resource.urn]) if resource.urn in firsts else resource
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
        urn: {each for each in _dependencies(resource) if each in waiting and each != urn}
        for urn, resource in waiting.items()
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


_URIS: Final = 1_024
_INSTALLED = ("site-packages", "dist-packages")
# What runs every program; its lines say nothing of a resource.
_RUNTIME = ("pulumi", "pulumi_preflight")
_PREFLIGHT = Path(__file__).parent


class Positions:
    """Turns the places that the SDK sends into places of the program."""

    def __init__(self, root: Path) -> None:
        """Takes the project's folder, to which files are relative."""
        self._root = os.path.realpath(root)
        # Many resources stand in few files, and each look at one asks the system.
        self._own = cache(self._looked_up)

    def of_request(
        self,
        position: SentPosition,
        trace: StackTrace,
        *,
        parent: SourcePosition | None = None,
    ) -> SourcePosition | None:
        """The innermost place in the program's own files, `None` where nothing tells a place.

        A resource may be created deep inside installed packages; what the user can change is the
        line that called them. A package that creates it in a callback was called long ago: then the
        parent's line says most, or else the package's own innermost line.

        Args:
            position: The place that the SDK takes for the resource's.
            trace: The calls that led there, the innermost first.
            parent: The place of the parent.
        """
        places = [(_path(frame.pc.uri), frame.pc.line) for frame in trace.frames]
        places.append((_path(position.uri), position.line))
        return self.nearest(places) or parent or self._in_library(places)

    def _in_library(self, places: Iterable[tuple[str, int]]) -> SourcePosition | None:
        """The first place that lies in a library, be it installed or beside the project."""
        for file, line in places:
            if line > 0 and _is_library(Path(file)):
                return SourcePosition(file=os.path.relpath(file, self._root), line=line)
        return None

    def nearest(self, places: Iterable[tuple[str, int]]) -> SourcePosition | None:
        """The first place that lies in the program's own files; the innermost must come first."""
        for file, line in places:
            relative = self._own(file)
            if relative and line > 0:
                return SourcePosition(file=relative, line=line)
        return None

    def _looked_up(self, file: str) -> str | None:
        if not Path(file).is_absolute():
            return None
        path = os.path.realpath(file)
        if any(part in _INSTALLED for part in Path(path).parts):
            return None
        inside = os.path.relpath(path, self._root)
        return None if inside.startswith(os.pardir) else inside


def _is_library(file: Path) -> bool:
    """Whether a file is neither Python's own nor that of what runs every program."""
    if not file.is_absolute() or file.is_relative_to(_PREFLIGHT) or not file.exists():
        # A program that was compiled elsewhere names files of that machine.
        return False
    folders = list(pairwise(file.parts))
    if names := [inner for outer, inner in folders if outer in _INSTALLED]:
        return names[-1] not in _RUNTIME
    return not any(outer == "lib" and inner.startswith("python3") for outer, inner in folders)


@lru_cache(_URIS)
def _path(uri: str) -> str:
    # The SDK for Node takes `file:/program/index.ts`, which maps of sources give, for a relative
    # path, and puts the program's folder before it.
    return unquote(urlsplit(uri).path).rpartition("/file:")[2]
