"""The kinds of values in a container definition, as the provider's Go structs take them.

Go takes null for every kind, and a whole number only if it is written without point and exponent:
`json.dumps` of a Python float writes `256.0`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aws_policy_pack.wire import Value

MOST: Final = 2**31
"""Whole numbers have 32 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of value.

    Attributes:
        fits: Whether a value is of the kind, but for its entries.
        entry: Whether an entry is of the kind that entries have.
        example: How one is written.
    """

    fits: Callable[[Value], bool]
    entry: Callable[[Value], bool] = lambda _: True
    example: str


def _is_text(value: Value) -> bool:
    return isinstance(value, str)


def _is_whole(value: Value) -> bool:
    return type(value) is int and -MOST <= value < MOST


def _is_object(value: Value) -> bool:
    return isinstance(value, Mapping)


def _is_list(value: Value) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


KINDS: Final[Mapping[str, Kind]] = {
    "text": Kind(fits=_is_text, example='`"web"`'),
    "true or false": Kind(
        fits=lambda value: isinstance(value, bool), example="`true`, without quotation marks"
    ),
    "a whole number": Kind(
        fits=_is_whole, example="`256`, without quotation marks, point and exponent"
    ),
    "an object": Kind(fits=_is_object, example='`{"key": "value"}`'),
    "an object of texts": Kind(
        fits=_is_object,
        entry=_is_text,
        example='`{"key": "8080"}`, with quotation marks around each value',
    ),
    "a list of texts": Kind(
        fits=_is_list, entry=_is_text, example='`["--port", "8080"]`, with quotation marks'
    ),
    "a list of objects": Kind(fits=_is_list, entry=_is_object, example='`[{"key": "value"}]`'),
    "a list of whole numbers": Kind(fits=_is_list, entry=_is_whole, example="`[0, 1]`"),
}
"""The kinds by the words for them."""


def misfit(value: Value, kind: str) -> str | None:
    """What a value is in place of the kind; `None` where the provider takes it.

    The value itself is not told, since a secret may stand in it.
    """
    wanted = KINDS[kind]
    if value is None:
        return None
    if not wanted.fits(value):
        return _kind(value)
    strays = (item for item in _items(value) if item is not None and not wanted.entry(item))
    stray = next(strays, None)
    return None if stray is None else f"{_kind(value)} that holds {_kind(stray)}"


def _items(value: Value) -> Sequence[Value]:
    match value:
        case Mapping():
            return tuple(value.values())
        case Sequence() if not isinstance(value, str):
            return value
        case _:
            return ()


def _kind(value: Value) -> str:  # noqa: PLR0911 - one return for each kind
    match value:
        case bool():
            return "true or false"
        case int() if _is_whole(value):
            return "a number"
        case int():
            return "a number of more than 32 bits"
        case float():
            return "a number with a point or an exponent"
        case str():
            return "text"
        case Mapping():
            return "an object"
        case _:
            return "a list"
