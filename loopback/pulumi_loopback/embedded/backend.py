"""The embedded provider's backend: carries out at an AWS endpoint what the engine decided."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pulumi_loopback.credentials import Key
from pulumi_loopback.embedded.api import (
    Api,
    Call,
    Entry,
    GoneError,
    agrees,
    endpoint_in,
    evaluate,
    picked,
    plain,
    to_properties,
    to_property,
)
from pulumi_loopback.embedded.table import TABLE
from pulumi_preflight.outputs import Filled, Outputs, WantedOutputs
from pulumi_preflight.outputs.names import name_properties
from pulumi_preflight.outputs.shapes import Kind, Shape, Shapes
from pulumi_preflight.outputs.subject import subject_kind
from pulumi_preflight.provider.backend import BackendError, ProvidedResource
from pulumi_preflight.wire import Properties, has_unknown

_TAG_PROPERTIES = {"tags", "tagsAll"}
_TAGS = Kind(name="map", item=Kind(name="string"))


class EmbeddedBackend:
    """Creates, reads, changes and deletes real resources, each as its entry in the table says.

    What the endpoint tells takes the place of what preflight fills in; the rest of the outputs,
    such as ARNs that AWS has no call for, stay filled in.
    """

    def __init__(
        self, shapes: Shapes, outputs: Outputs, key: Key, *, endpoint: str | None = None
    ) -> None:
        """Takes the SDKs' classes, the source of outputs, and the key that signs requests.

        `endpoint` is the URL for programs whose provider names no endpoint.
        """
        self._endpoint = endpoint
        self._key = key
        self._shapes = shapes
        self._outputs = outputs

    def create(self, resource: ProvidedResource) -> Filled:
        """Creates a resource; what was begun is taken back where it cannot be finished.

        Raises:
            BackendError: The endpoint refuses.
        """
        entry, api = self._api(resource)
        # Names that the program leaves to Pulumi are new with each resource.
        named = self._named(resource)
        known = _known(named, resource.inputs) | {"place": api.region}
        for call in entry.create:
            known["result"] = _required(api, call, known, entry)
            known.setdefault("made", known["result"])
        identity = evaluate(entry.id, known)
        if not isinstance(identity, str):
            raise BackendError(f"{entry.create[-1].operation} gave {resource.type} no id")
        known["id"] = identity
        try:
            self._set(entry, api, known, entry.settings)
            if entry.tagging and not api.takes(entry.create[0].operation, "tags"):
                self._tag(entry, api, known, {})
            seen = self._seen(resource, entry, api, known)
        except BackendError:
            self._call(entry, api, known, entry.delete)
            raise
        if seen is None:
            raise BackendError(f"{resource.type} {identity!r} was created, and is not there")
        base = self._filled(resource, identity) | named
        return Filled(id=identity, outputs=_outputs(base, resource.inputs, seen))

    def read(self, resource: ProvidedResource) -> Filled | None:
        """The resource as the endpoint shows it."""
        entry, api = self._api(resource)
        known = _known({"id": resource.id}, resource.outputs, resource.inputs)
        seen = self._seen(resource, entry, api, known)
        if seen is None:
            return None
        base = resource.outputs or self._filled(resource, resource.id)
        return Filled(id=resource.id, outputs=_outputs(base, resource.inputs, seen))

    def update(self, resource: ProvidedResource) -> Properties:
        """Changes a resource to its new inputs.

        Raises:
            BackendError: It is gone, the endpoint refuses, or there is no call for the change.
        """
        entry, api = self._api(resource)
        known = _known({"id": resource.id}, resource.outputs, resource.inputs)
        before = plain(resource.outputs)
        changed = {
            name
            for name, value in resource.inputs.items()
            if not name.startswith("__") and not _same(name, plain(value), before.get(name))
        }
        own = changed - _TAG_PROPERTIES
        calls = (*entry.settings, *entry.update)
        if own and not calls:
            raise BackendError(
                f"the embedded provider cannot change {', '.join(sorted(own))} of {resource.type}"
            )
        due = [each for each in calls if (own if not each.when else own & set(each.when))]
        # What the program does not give is AWS's to say, but for the names that Pulumi makes up.
        meant = resource.inputs.keys() | name_properties(subject_kind(resource.type))
        given = {name: value for name, value in known.items() if name in meant}
        try:
            for call in due:
                known["result"] = api.call(call, known, names=entry.names, given=given)
            self._tag(entry, api, known, before.get("tagsAll") or {})
        except GoneError:
            raise BackendError(f"{resource.type} {resource.id!r} does not exist") from None
        seen = self._seen(resource, entry, api, known)
        if seen is None:
            raise BackendError(f"{resource.type} {resource.id!r} does not exist")
        # An output that belonged to an input of before is there no longer.
        filled = self._filled(resource, resource.id)
        base = {name: resource.outputs.get(name, value) for name, value in filled.items()}
        return _outputs(base, resource.inputs, seen)

    def delete(self, resource: ProvidedResource) -> None:
        """Deletes a resource.

        Raises:
            BackendError: The endpoint refuses.
        """
        entry, api = self._api(resource)
        known = _known({"id": resource.id}, resource.outputs, resource.inputs)
        self._call(entry, api, known, entry.delete)

    def _api(self, resource: ProvidedResource) -> tuple[Entry, Api]:
        try:
            entry = TABLE[resource.type]
        except KeyError:
            raise BackendError(f"the embedded provider cannot make {resource.type}") from None
        url = endpoint_in(resource.settings, entry.service, self._endpoint)
        region = resource.place.region
        return entry, Api(service=entry.service, url=url, region=region, key=self._key)

    def _call(self, entry: Entry, api: Api, known: dict[str, Any], calls: Iterable[Call]) -> None:
        """Makes calls, each sees the answer before; what is gone already is not an error."""
        for call in calls:
            try:
                known["result"] = api.call(call, known, names=entry.names)
            except GoneError:
                known["result"] = None

    def _set(self, entry: Entry, api: Api, known: dict[str, Any], calls: Sequence[Call]) -> None:
        for call in calls:
            if not call.when or any(known.get(name) is not None for name in call.when):
                # `result` stays the answer to the creation.
                self._call(entry, api, dict(known), [call])

    def _tag(
        self, entry: Entry, api: Api, known: dict[str, Any], before: Mapping[str, str]
    ) -> None:
        tags = known.get("tags") or {}
        if entry.tagging is None or tags == before:
            return
        if keys := sorted(before.keys() - tags.keys()):
            api.call(entry.tagging.remove, known | {"keys": keys}, names=entry.names)
        if tags:
            api.call(entry.tagging.put, known, names=entry.names)

    def _seen(
        self, resource: ProvidedResource, entry: Entry, api: Api, known: Mapping[str, Any]
    ) -> Properties | None:
        """What the endpoint shows; `None` where the resource is gone."""
        shape = self._shape(resource)
        seen: Properties = {}
        for index, call in enumerate(entry.read):
            answer = _result(api, call, known, entry)
            if not answer and index == 0:
                return None
            seen |= to_properties(answer or {}, shape, self._shapes, entry.names)
        if entry.tagging and entry.tagging.read:
            tags = _result(api, entry.tagging.read, {**seen, **known}, entry)
            seen["tags"] = to_property(tags or {}, _TAGS, self._shapes)
        if any(each.name == "tagsAll" for each in shape):
            seen["tagsAll"] = seen.setdefault("tags", {})
        return seen

    def _shape(self, resource: ProvidedResource) -> Shape:
        return self._shapes.resource(resource.type) or ()

    def _named(self, resource: ProvidedResource) -> Properties:
        names = name_properties(subject_kind(resource.type))
        wanted = WantedOutputs(
            urn=resource.urn,
            inputs=resource.inputs,
            place=resource.place,
            generation=secrets.randbelow(1 << 32),
        )
        outputs = self._outputs.of_resource(wanted).outputs
        return {name: value for name, value in outputs.items() if name in names}

    def _filled(self, resource: ProvidedResource, identity: str) -> Properties:
        wanted = WantedOutputs(
            urn=resource.urn, inputs=resource.inputs, place=resource.place, id=identity
        )
        outputs = self._outputs.of_resource(wanted).outputs
        return {name: value for name, value in outputs.items() if not has_unknown(value)}


def _known(*properties: Properties) -> dict[str, Any]:
    """What expressions see: the last of several values of one name; the last are the inputs."""
    known: dict[str, Any] = {}
    for each in properties:
        known |= {name: plain(value) for name, value in each.items() if not name.startswith("__")}
    # With the tags that the provider adds to all that it makes, where it does.
    wanted = properties[-1]
    known["tags"] = plain(wanted.get("tagsAll") or wanted.get("tags") or {})
    return known


def _required(api: Api, call: Call, known: Mapping[str, Any], entry: Entry) -> Any:  # noqa: ANN401
    try:
        return api.call(call, known, names=entry.names)
    except GoneError as error:
        raise BackendError(f"{call.operation}: {error.__cause__}") from error


def _result(api: Api, call: Call, known: Mapping[str, Any], entry: Entry) -> Any:  # noqa: ANN401
    """What is wanted of an answer; `None` where there is nothing."""
    try:
        answer = api.call(call, known, names=entry.names)
    except GoneError:
        return None
    return picked(call.result, answer, known)


def _outputs(base: Properties, inputs: Properties, seen: Properties) -> Properties:
    """Outputs: what is shown, in the form that the program gave it where that is the same."""
    outputs = base | {name: value for name, value in inputs.items() if name in base}
    for name, value in seen.items():
        if name not in inputs or not _same(name, plain(inputs[name]), plain(value)):
            outputs[name] = value
    return outputs


def _same(name: str, given: Any, seen: Any) -> bool:  # noqa: ANN401
    """A tag too many is a difference; a member more of another object is a default of AWS's."""
    return bool(given == seen) if name in _TAG_PROPERTIES else agrees(given, seen)
