"""The resources of a state, as packs get them.

Source: pulumi/pulumi, pkg/resource/deploy/analyze_snapshot.go (stateToAnalyzerResource).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi.runtime.proto.analyzer_pb2 import AnalyzerResourceOptions

from pulumi_preflight.errors import StateError
from pulumi_preflight.model import RegisteredResource, SourcePosition
from pulumi_preflight.stack_context import is_urn, name_of
from pulumi_preflight.states.secrets import Opener
from pulumi_preflight.wire import MARK, SECRET, PropertyValue, to_struct

_POSITION = re.compile(r"project:///(?P<file>.+)#(?P<line>[0-9]+)(?:,[0-9]+)?")


def resources_in(
    entries: Sequence[object], place: str, opener: Opener
) -> Iterator[RegisteredResource]:
    """Reads the entries of a state; one that waits for its deletion is left out.

    Raises:
        StateError: An entry is not one of a state; the text names the place, the entry and the key.
    """
    for index, entry in enumerate(entries):
        where = f"{place}: resources.{index}"
        if not isinstance(entry, dict):
            raise StateError(f"{where} is not an object")
        read = _Entry(entry, where, opener)
        if not read.flag("delete"):
            yield read.resource()


class _Entry:
    """One resource of a state."""

    def __init__(self, given: Mapping[str, Any], where: str, opener: Opener) -> None:
        self._given = given
        self._where = where
        self._opener = opener

    def resource(self) -> RegisteredResource:
        urn = self._text("urn")
        if not is_urn(urn):
            raise StateError(f"{self._where}.urn is {urn!r}, which is not a URN")
        self._where = f"{self._where} ({name_of(urn)})"
        parent = self._text("parent")
        return RegisteredResource(
            urn=urn,
            type=self._text("type"),
            name=name_of(urn),
            parent=parent,
            custom=self.flag("custom"),
            external=self.flag("external"),
            id=self._text("id"),
            provider=self._text("provider"),
            inputs=to_struct(self._properties("inputs")),
            outputs=to_struct(self._properties("outputs")),
            dependencies=self._texts("dependencies"),
            property_dependencies=self._by_property("propertyDependencies"),
            options=AnalyzerResourceOptions(
                protect=self.flag("protect"),
                ignoreChanges=self._texts("ignoreChanges"),
                additionalSecretOutputs=self._texts("additionalSecretOutputs"),
                aliases=self._texts("aliases"),
                customTimeouts=self._timeouts(),
                parent=parent,
            ),
            retain_on_delete=self.flag("retainOnDelete"),
            deleted_with=self._text("deletedWith"),
            position=self._position(),
        )

    def flag(self, key: str) -> bool:
        found: bool = self._of_kind(key, bool, "true or false") or False
        return found

    def _text(self, key: str) -> str:
        found: str = self._of_kind(key, str, "a text") or ""
        return found

    def _texts(self, key: str) -> tuple[str, ...]:
        listed = self._of_kind(key, list, "a list of texts") or []
        if not all(isinstance(each, str) for each in listed):
            raise StateError(f"{self._where}.{key} is {listed!r}; wanted a list of texts")
        return tuple(listed)

    def _by_property(self, key: str) -> Mapping[str, tuple[str, ...]]:
        given = self._of_kind(key, dict, "an object of lists") or {}
        inside = _Entry(given, f"{self._where}.{key}", self._opener)
        return {name: inside._texts(name) for name in given}

    def _properties(self, key: str) -> dict[str, PropertyValue]:
        given = self._of_kind(key, dict, "an object") or {}
        return {name: self._value(value) for name, value in given.items()}

    def _value(self, value: Any) -> PropertyValue:  # noqa: ANN401 - JSON
        match value:
            case list():
                return [self._value(item) for item in value]
            case dict() if value.get(MARK) == SECRET:
                return self._opener.open(value, self._where)
            case dict():
                return {name: self._value(item) for name, item in value.items()}
            case _:
                known: PropertyValue = value
                return known

    def _timeouts(self) -> AnalyzerResourceOptions.CustomTimeouts:
        given = self._of_kind("customTimeouts", dict, "an object of seconds") or {}
        return AnalyzerResourceOptions.CustomTimeouts(
            **{
                name: seconds
                for name in ("create", "update", "delete")
                if isinstance(seconds := given.get(name), int | float)
            }
        )

    def _position(self) -> SourcePosition | None:
        found = _POSITION.fullmatch(self._text("sourcePosition"))
        return SourcePosition(file=found["file"], line=int(found["line"])) if found else None

    def _of_kind(self, key: str, kind: type, wanted: str) -> Any:  # noqa: ANN401 - JSON
        value = self._given.get(key)
        if value is not None and not isinstance(value, kind):
            raise StateError(f"{self._where}.{key} is {value!r:.100}; wanted {wanted}")
        return value
