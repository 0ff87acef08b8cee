"""The resources of one run, as they are registered."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.callback_pb2 import Callback

from pulumi_preflight.model import DuplicateUrn, Note, RegisteredResource, SourcePosition
from pulumi_preflight.stack_context import is_provider_type


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherited:
    """What a resource passes on to its children.

    Attributes:
        parent: Its own parent's URN.
        provider: Its provider reference.
        providers: A component's provider references by package.
        protect: Whether it is protected, `None` where nothing was said.
        retain_on_delete: Whether it outlives the stack, `None` where nothing was said.
        deleted_with: The URN of the resource that it goes away with.
        transforms: Its own transforms, which run for all below it.
    """

    parent: str = ""
    provider: str = ""
    providers: Mapping[str, str] = field(default_factory=dict)
    protect: bool | None = None
    retain_on_delete: bool | None = None
    deleted_with: str = ""
    transforms: tuple[Callback, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """The place where a resource took its URN, and its parent."""

    position: SourcePosition | None
    parent: str


class Registry:
    """All that was registered, in order; safe from any thread."""

    def __init__(self) -> None:
        """Starts empty."""
        self._lock = threading.Lock()
        self._resources: dict[str, RegisteredResource] = {}
        self._inherited: dict[str, Inherited] = {}
        self._claims: dict[str, list[_Claim]] = {}
        self._completed: Counter[str] = Counter()
        self._notes: dict[Note, None] = {}
        self.stack_outputs = Struct()

    def claim(self, urn: str, position: SourcePosition | None, parent: str = "") -> bool:
        """Takes a URN for a resource; false where another one has it already."""
        with self._lock:
            claims = self._claims.setdefault(urn, [])
            claims.append(_Claim(position=position, parent=parent))
            return len(claims) == 1

    def claims(self, urn: str) -> int:
        """How often a URN was taken."""
        return len(self._claims.get(urn, ()))

    def completed(self, urn: str) -> int:
        """Counts the times that a resource has given its own outputs, this time included."""
        with self._lock:
            self._completed[urn] += 1
            return self._completed[urn]

    def add(self, resource: RegisteredResource, inherited: Inherited) -> None:
        """Keeps a resource under the URN it claimed."""
        with self._lock:
            self._resources[resource.urn] = resource
            self._inherited[resource.urn] = inherited

    def set_outputs(self, urn: str, outputs: Struct) -> None:
        """Replaces the outputs of a component."""
        with self._lock:
            if urn in self._resources:
                self._resources[urn] = replace(self._resources[urn], outputs=outputs)

    def find(self, urn: str) -> RegisteredResource | None:
        """The resource of a URN."""
        return self._resources.get(urn)

    def inherited(self, urn: str) -> Inherited:
        """What the children of a URN inherit; nothing where it is not known."""
        return self._inherited.get(urn, Inherited())

    def lacks(self, urns: Iterable[str]) -> bool:
        """Whether a resource is not made yet: it is one of these, or below a component of these.

        Source: pulumi/pulumi, pkg/resource/deploy/resourcetracker/tracker.go.
        """
        known = self.resources
        open_, seen = set(urns), set[str]()
        while open_:
            urn = open_.pop()
            seen.add(urn)
            resource = self._resources.get(urn)
            if resource is None or is_provider_type(resource.type):
                continue
            if not resource.custom:
                open_ |= {each.urn for each in known if each.parent == urn} - seen
            elif not resource.id:
                return True
        return False

    def note(self, text: str, position: SourcePosition | None = None) -> None:
        """Keeps a note, once."""
        with self._lock:
            self._notes[Note(text=text, position=position)] = None

    @property
    def resources(self) -> tuple[RegisteredResource, ...]:
        """All resources, in the order of their registration."""
        return tuple(self._resources.values())

    @property
    def duplicates(self) -> tuple[DuplicateUrn, ...]:
        """The URNs that were claimed more than once.

        The children of a component that is there twice are left out: they follow from it.
        """
        twice = {urn for urn, claims in self._claims.items() if len(claims) > 1}
        return tuple(
            _duplicate(urn, claims)
            for urn, claims in self._claims.items()
            if urn in twice and self.inherited(urn).parent not in twice
        )

    @property
    def notes(self) -> tuple[Note, ...]:
        """All notes, in order."""
        return tuple(self._notes)


def _duplicate(urn: str, claims: Iterable[_Claim]) -> DuplicateUrn:
    # The SDK registers resources side by side, so the order of arrival says nothing.
    ordered = sorted(claims, key=lambda claim: (*_place(claim.position), claim.parent))
    return DuplicateUrn(
        urn=urn,
        positions=tuple(claim.position for claim in ordered),
        parents=tuple(dict.fromkeys(claim.parent for claim in ordered)),
    )


def _place(position: SourcePosition | None) -> tuple[str, int]:
    return (position.file, position.line) if position else ("", 0)
