"""Where resources are created, read, changed and deleted; in a rehearsal, in a file alone."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Protocol, Self

from pulumi_preflight.outputs import Filled, Outputs, WantedOutputs
from pulumi_preflight.outputs.regions import DEFAULT_REGION, account_in, region_in
from pulumi_preflight.outputs.subject import Place
from pulumi_preflight.stack_context import name_of, type_of
from pulumi_preflight.wire import Properties, without_secret


class Calls:
    """Writes the record, a line for each call before it is carried out."""

    def __init__(self, path: Path | None) -> None:
        """Takes the file to append to; nothing is written where there is none."""
        self._path = path
        self._lock = threading.Lock()

    def add(self, method: str, subject: str, *, preview: bool) -> None:
        """Notes a call.

        Args:
            method: The protocol's name of it, such as `Create`.
            subject: The URN, or the function that is invoked.
            preview: Whether it only asks what would be.
        """
        if self._path is None:
            return
        line = json.dumps({"method": method, "urn": subject, "preview": preview})
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


class BackendError(Exception):
    """The backend refuses; the text says what and why, as a cloud's own error would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvidedResource:
    """A resource that a backend is asked about.

    Attributes:
        urn: Its URN.
        inputs: Its checked inputs: of the program, or of the state where it is read or deleted.
        settings: The configuration of the provider that it belongs to.
        id: The provider's id; empty while it is not created.
        outputs: What the state knows of it; empty while it is not created.
    """

    urn: str
    inputs: Properties
    settings: Properties = field(default_factory=dict)
    id: str = ""
    outputs: Properties = field(default_factory=dict)

    @property
    def type(self) -> str:
        """The type token."""
        return type_of(self.urn)

    @property
    def name(self) -> str:
        """The logical name."""
        return name_of(self.urn)

    @property
    def place(self) -> Place:
        """Where it lives."""
        return Place(
            region=region_in(self.inputs, self.settings) or DEFAULT_REGION,
            known_account=account_in(self.settings),
        )


class Backend(Protocol):
    """Carries out what the engine decided. Each call may come from several threads at once.

    Raises:
        BackendError: The resource cannot be had as it is wanted.
    """

    def create(self, resource: ProvidedResource) -> Filled:
        """Creates a resource; gives its id and all its outputs, the inputs among them."""

    def read(self, resource: ProvidedResource) -> Filled | None:
        """The resource as it is now; `None` where it is gone."""

    def update(self, resource: ProvidedResource) -> Properties:
        """Changes a resource to its new inputs; gives all its outputs."""

    def delete(self, resource: ProvidedResource) -> None:
        """Deletes a resource; one that is gone already is not an error."""


class StoreError(Exception):
    """The file cannot be read; the text names it and says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResource:
    """One resource that exists.

    Attributes:
        type: Its type token.
        id: The provider's id.
        arn: Its ARN, which tells revisions of one id apart; empty where it has none.
        urn: The URN that it was created with; aliases may have given it another since.
        generation: How many others of that URN there were when it was created.
    """

    type: str
    id: str
    arn: str
    urn: str
    generation: int = 0


class Store:
    """Which resources exist. The file holds no properties, and so no secrets."""

    def __init__(self, path: Path) -> None:
        """Takes the file, which need not exist yet.

        Raises:
            StoreError: It is not a store.
        """
        self._path = path
        self._lock = threading.Lock()
        self._entries = _read(path)

    @property
    def entries(self) -> Sequence[StoredResource]:
        """All resources that exist, the oldest first."""
        return tuple(self._entries)

    def find(self, type_: str, id_: str, *, arn: str, urn: str) -> StoredResource | None:
        """The resource of a type and id.

        Args:
            type_: Its type token.
            id_: The provider's id.
            arn: Its ARN; empty where none is known, and then any fits.
            urn: Decides between several that share the id, as two of one name may.
        """
        found = [
            each
            for each in self._entries
            if (each.type, each.id) == (type_, id_) and arn in ("", each.arn)
        ]
        return next((each for each in found if each.urn == urn), found[0] if found else None)

    def generations(self, urn: str) -> list[StoredResource]:
        """The resources that exist of one URN: several while one replaces another."""
        return [each for each in self._entries if each.urn == urn]

    def add(self, entry: StoredResource) -> None:
        """Adds a resource."""
        with self._changing():
            self._entries.append(entry)

    def replace(self, old: StoredResource, new: StoredResource) -> None:
        """Puts another entry in the place of one: the resource has changed."""
        with self._changing():
            self._entries[self._entries.index(old)] = new

    def remove(self, entry: StoredResource) -> None:
        """Removes a resource: it was deleted, or it vanished."""
        with self._changing():
            self._entries.remove(entry)

    def forget(self, urn: str) -> Self:
        """Lets all resources of a URN vanish, as if somebody had deleted them behind the state.

        Raises:
            KeyError: There is none.
        """
        gone = self.generations(urn)
        if not gone:
            raise KeyError(urn)
        for entry in gone:
            self.remove(entry)
        return self

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._lock:
            yield
            text = json.dumps([asdict(each) for each in self._entries], indent=1)
            # Whoever reads meanwhile sees the old file or the new one, never half of one.
            written = self._path.with_name(f"{self._path.name}.new")
            written.write_text(text, encoding="utf-8")
            written.replace(self._path)


def _read(path: Path) -> list[StoredResource]:
    try:
        return [StoredResource(**each) for each in json.loads(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(f"{path} is not a store of resources: {error}") from error


class RehearsalBackend:
    """Creates nothing but entries in a store; a resource's outputs follow from its inputs."""

    def __init__(self, outputs: Outputs, store: Store) -> None:
        """Takes what fills in outputs, and where to note what exists."""
        self._outputs = outputs
        self._store = store
        self._creating = threading.Lock()

    def create(self, resource: ProvidedResource) -> Filled:
        """Creates a resource, with the values that preflight fills in for it.

        Raises:
            BackendError: It has a fixed name, and another one of this URN has that name still.
        """
        with self._creating:
            there = self._store.generations(resource.urn)
            generation = max((each.generation + 1 for each in there), default=0)
            filled = self._filled(resource, resource.urn, generation=generation)
            entry = StoredResource(
                type=resource.type,
                id=filled.id,
                arn=_arn(filled.outputs),
                urn=resource.urn,
                generation=generation,
            )
            if any((each.id, each.arn) == (entry.id, entry.arn) for each in there):
                raise BackendError(f"{resource.type} {filled.id!r} exists already")
            self._store.add(entry)
        return filled

    def read(self, resource: ProvidedResource) -> Filled | None:
        """A resource as it was created; one that never was, where nothing is known of it.

        What the engine knows nothing of but the id is read for `Resource.get` or an import, so
        somebody else has made it, and it is there.
        """
        entry = self._entry(resource)
        if entry is not None:
            outputs = resource.outputs or self._outputs_of(entry, resource)
            return Filled(id=resource.id, outputs=outputs)
        if resource.inputs:
            return None
        return self._filled(resource, resource.urn, id_=resource.id)

    def update(self, resource: ProvidedResource) -> Properties:
        """A resource with other inputs.

        What does not follow from these stays: it may follow from a resource that this process has
        not seen.

        Raises:
            BackendError: It has vanished.
        """
        entry = self._entry(resource)
        if entry is None:
            raise BackendError(f"{resource.type} {resource.id!r} does not exist")
        given = {name: each for name, each in resource.outputs.items() if name in resource.inputs}
        before = self._outputs_of(entry, replace(resource, inputs=given))
        after = self._outputs_of(entry, resource)
        outputs = {
            name: resource.outputs.get(name, value) if before.get(name) == value else value
            for name, value in after.items()
        }
        # What is renamed in place, such as a database, has another ARN.
        self._store.replace(entry, replace(entry, arn=_arn(outputs)))
        return outputs

    def delete(self, resource: ProvidedResource) -> None:
        """Removes a resource."""
        entry = self._entry(resource)
        if entry is not None:
            self._store.remove(entry)

    def _entry(self, resource: ProvidedResource) -> StoredResource | None:
        return self._store.find(
            resource.type, resource.id, arn=_arn(resource.outputs), urn=resource.urn
        )

    def _outputs_of(self, entry: StoredResource, resource: ProvidedResource) -> Properties:
        return self._filled(resource, entry.urn, generation=entry.generation).outputs

    def _filled(
        self, resource: ProvidedResource, urn: str, *, generation: int = 0, id_: str = ""
    ) -> Filled:
        return self._outputs.of_resource(
            WantedOutputs(
                urn=urn,
                inputs=resource.inputs,
                place=resource.place,
                id=id_,
                generation=generation,
            )
        )


def _arn(outputs: Properties) -> str:
    arn = without_secret(outputs.get("arn"))
    return arn if isinstance(arn, str) else ""
