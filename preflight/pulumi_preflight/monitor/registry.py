"""The resources of one run, as they are registered."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.callback_pb2 import Callback

from pulumi_preflight.model import DuplicateUrn, Note, RegisteredResource, SourcePosition


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


class Registry:
    """All that was registered, in order; safe from any thread."""

    def __init__(self) -> None:
        """Starts empty."""
        self._lock = threading.Lock()
        self._resources: dict[str, RegisteredResource] = {}
        self._inherited: dict[str, Inherited] = {}
        self._claims: dict[str, list[SourcePosition | None]] = {}
        self._completed: Counter[str] = Counter()
        self._notes: dict[Note, None] = {}
        self.stack_outputs = Struct()

    def claim(self, urn: str, position: SourcePosition | None) -> bool:
        """Takes a URN for a resource; false where another one has it already."""
        with self._lock:
            places = self._claims.setdefault(urn, [])
            places.append(position)
            return len(places) == 1

    def claims(self, urn: str) -> int:
        """How often a URN was taken."""
        return len(self._claims.get(urn, ()))

    def completed(self, urn: str) -> int:
        """Counts the outputs that a resource gives of itself; how often it has, this time too."""
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
        twice = {urn for urn, places in self._claims.items() if len(places) > 1}
        return tuple(
            # The SDK registers side by side, so the order of arrival says nothing.
            DuplicateUrn(urn=urn, positions=tuple(sorted(self._claims[urn], key=_place)))
            for urn in self._claims
            if urn in twice and self.inherited(urn).parent not in twice
        )

    @property
    def notes(self) -> tuple[Note, ...]:
        """All notes, in order."""
        return tuple(self._notes)


def _place(position: SourcePosition | None) -> tuple[str, int]:
    return (position.file, position.line) if position else ("", 0)
