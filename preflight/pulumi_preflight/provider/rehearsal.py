"""The rehearsal's cloud: resources exist by name alone, with outputs that preflight makes up."""

import threading
from dataclasses import replace

from pulumi_preflight.outputs import Filled, Outputs, Wanted
from pulumi_preflight.provider.backend import BackendError, Resource
from pulumi_preflight.provider.store import Entry, Store
from pulumi_preflight.wire import Properties, without_secret


class RehearsalBackend:
    """Creates nothing but entries in a store; a resource's outputs follow from its inputs."""

    def __init__(self, outputs: Outputs, store: Store) -> None:
        """Takes what fills in outputs, and where to note what exists."""
        self._outputs = outputs
        self._store = store
        self._creating = threading.Lock()

    def create(self, resource: Resource) -> Filled:
        """Creates a resource, with the values that preflight fills in for it.

        Raises:
            BackendError: It has a fixed name, and another one of this URN has that name still.
        """
        with self._creating:
            there = self._store.generations(resource.urn)
            generation = max((each.generation + 1 for each in there), default=0)
            filled = self._filled(resource, resource.urn, generation=generation)
            entry = Entry(
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

    def read(self, resource: Resource) -> Filled | None:
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

    def update(self, resource: Resource) -> Properties:
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

    def delete(self, resource: Resource) -> None:
        """Removes a resource."""
        entry = self._entry(resource)
        if entry is not None:
            self._store.remove(entry)

    def _entry(self, resource: Resource) -> Entry | None:
        return self._store.find(
            resource.type, resource.id, arn=_arn(resource.outputs), urn=resource.urn
        )

    def _outputs_of(self, entry: Entry, resource: Resource) -> Properties:
        return self._filled(resource, entry.urn, generation=entry.generation).outputs

    def _filled(
        self, resource: Resource, urn: str, *, generation: int = 0, id_: str = ""
    ) -> Filled:
        return self._outputs.of_resource(
            Wanted(
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
