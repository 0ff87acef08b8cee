"""Properties of a resource, read by path and kind.

A rule reads a property by its path (`networkConfiguration.assignPublicIp`) and kind. Where the
value is not known yet, or is of another kind than the rule asks for, the read raises `Unreadable`;
the evaluation turns that into "not evaluated", so that no rule has to guard anything.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from aws_policy_pack.wire import UNKNOWN, Unknown, Value, read_json

Read = TypeVar("Read")


class Named(Protocol):
    """What a finding can point at: a resource."""

    urn: str
    name: str


class Unreadable(Exception):  # noqa: N818 - a state of the value, not an error of the program
    """A property that the rule needs cannot be read.

    Attributes:
        path: The property's path from the resource's root.
        reason: What is the matter with it, as the end of a sentence that begins with the path.
        resource: Whose property it is; stack rules say so.
        is_advice: Whether the rule would only have advised, whatever its level is.
    """

    def __init__(
        self, path: str, reason: str, resource: Named | None = None, *, is_advice: bool = False
    ) -> None:
        super().__init__(f"`{path}` {reason}")
        self.path = path
        self.reason = reason
        self.resource = resource
        self.is_advice = is_advice


class Properties:
    """An object of properties, read by path and kind."""

    __slots__ = ("_load", "_loaded", "_path")

    def __init__(self, load: Callable[[], Mapping[str, Value]], path: str = "") -> None:
        """Takes the values through a function: most resources are never read by a stack rule."""
        self._load = load
        self._loaded: Mapping[str, Value] | None = None
        self._path = path

    @property
    def path(self) -> str:
        """Its own path from the resource's root; empty for the resource itself."""
        return self._path

    @property
    def values(self) -> Mapping[str, Value]:
        """The values as they came; unknown ones stand as `UNKNOWN`."""
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    def has(self, path: str) -> bool:
        """Whether the property is given and not null; an unknown value is given."""
        if "." not in path:
            return self.values.get(path) is not None
        parent, _, key = path.rpartition(".")
        return self.object(parent).values.get(key) is not None

    def is_known(self, path: str) -> bool:
        """Whether the property, if given, is known, whatever its kind."""
        try:
            value, _ = self._look(path)
        except Unreadable:
            return False
        return not _unknown_inside(value)

    def raw(self, path: str) -> Value:
        """The value of any kind, `None` if absent; unreadable if anything inside is unknown."""
        value, where = self._look(path)
        _demand_known(value, where)
        return value

    def text(self, path: str) -> str | None:
        """A text, `None` if absent."""
        value, where = self._look(path)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        raise _refusal(value, where, "text")

    def number(self, path: str) -> int | float | None:
        """A number, `None` if absent; the providers also take numbers as text."""
        value, where = self._look(path)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        if isinstance(value, str):
            number = _number_in(value)
            if number is not None:
                return number
        raise _refusal(value, where, "a number")

    def flag(self, path: str, *, default: bool = False) -> bool:
        """A boolean; the providers also take `"true"` and `"false"` as text."""
        value, where = self._look(path)
        match value:
            case None:
                return default
            case bool():
                return value
            case "true" | "True":
                return True
            case "false" | "False":
                return False
            case _:
                raise _refusal(value, where, "true or false")

    def texts(self, path: str) -> tuple[str, ...]:
        """A list of texts, empty if absent."""
        return tuple(self._each(path, str, "text"))

    def object(self, path: str) -> "Properties":
        """An object, empty if absent; JSON text is read as the object it spells."""
        value, where = self._look(path)
        value = _parsed(value, where)
        if value is None:
            return Properties(dict, where)
        if isinstance(value, Mapping):
            return _nested(value, where)
        raise _refusal(value, where, "an object")

    def objects(self, path: str) -> tuple["Properties", ...]:
        """A list of objects, empty if absent; JSON text is read as the list it spells.

        A single object counts as a list of one, as providers and AWS take it.
        """
        value, where = self._look(path)
        value = _parsed(value, where)
        if isinstance(value, Mapping):
            return (_nested(value, where),)
        items = _as_list(value, where)
        return tuple(
            _nested(_known_object(item, f"{where}[{index}]"), f"{where}[{index}]")
            for index, item in enumerate(items)
        )

    def respelt(
        self, spelling: Callable[[Mapping[str, Value]], Mapping[str, Value]]
    ) -> "Properties":
        """The same object under other keys."""
        return Properties(lambda: spelling(self.values), self._path)

    def keys(self) -> tuple[str, ...]:
        """The names of the properties that are given."""
        return tuple(key for key, value in self.values.items() if value is not None)

    def _each(self, path: str, kind: type[Read], wanted: str) -> Iterator[Read]:
        value, where = self._look(path)
        for index, item in enumerate(_as_list(_parsed(value, where), where)):
            if isinstance(item, Unknown):
                raise Unreadable(f"{where}[{index}]", "is not known yet")
            if not isinstance(item, kind):
                raise _refusal(item, f"{where}[{index}]", wanted)
            yield item

    def _look(self, path: str) -> tuple[Value, str]:
        """Follows the path; returns the value and its full path.

        Rules read thousands of properties, so the kinds that there nearly always are come first.
        """
        value: Value = self.values
        where = self._path
        for part in path.split(".") if "." in path else (path,):
            if value is None:
                return value, where
            if not (type(value) is dict or isinstance(value, Mapping)):
                raise _refusal(value, where, "an object")
            where = f"{where}.{part}" if where else part
            value = value.get(part)
            if value is UNKNOWN:
                raise Unreadable(where, "is not known yet")
        return value, where


def _nested(values: Mapping[str, Value], path: str) -> Properties:
    return Properties(lambda: values, path)


def _known_object(value: Value, path: str) -> Mapping[str, Value]:
    if isinstance(value, Unknown):
        raise Unreadable(path, "is not known yet")
    if isinstance(value, Mapping):
        return value
    raise _refusal(value, path, "an object")


def _as_list(value: Value, path: str) -> Sequence[Value]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Sequence):
        return value
    raise _refusal(value, path, "a list")


def _parsed(value: Value, path: str) -> Value:
    """Reads JSON text; other texts are left to the caller, which refuses them by kind."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        parsed: Value = read_json(value)
    except ValueError as error:
        raise Unreadable(path, f"is not valid JSON: {error}") from error
    return parsed


def _number_in(text: str) -> int | float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        return None
    return int(number) if number.is_integer() else number


def _unknown_inside(value: Value) -> bool:
    match value:
        case Unknown():
            return True
        case str():
            return False
        case Mapping():
            return any(_unknown_inside(item) for item in value.values())
        case Sequence():
            return any(_unknown_inside(item) for item in value)
        case _:
            return False


def _demand_known(value: Value, path: str) -> None:
    match value:
        case Unknown():
            raise Unreadable(path, "is not known yet")
        case str():
            return
        case Mapping():
            for key, item in value.items():
                _demand_known(item, f"{path}.{key}")
        case Sequence():
            for index, item in enumerate(value):
                _demand_known(item, f"{path}[{index}]")
        case _:
            return


def _refusal(value: Value, path: str, wanted: str) -> Unreadable:
    match value:
        case Mapping():
            actual = "an object"
        case str():
            actual = f"the text {value!r}"
        case Sequence():
            actual = "a list"
        case _:
            actual = repr(value)
    return Unreadable(path, f"is {actual}, not {wanted}")
