"""Reads the property values that the engine sends, as plain Python values.

The engine sends properties as a protobuf `Struct` in which some values have special forms
(`sdk/go/common/resource/plugin/rpc.go` in pulumi/pulumi): sentinel strings for values that are
not known yet, and objects with a signature key for secrets and output values.
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NoReturn, TypeAlias

from google.protobuf.struct_pb2 import Struct
from google.protobuf.struct_pb2 import Value as WireValue


def read_json(text: str, *, pairs: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:  # noqa: ANN401 - JSON has any shape
    """Reads JSON text.

    Args:
        text: The text.
        pairs: Makes an object of its keys and values; a dict where not given.

    Raises:
        ValueError: The text is not JSON, has a number that no double holds, or is nested too
            deeply; the message says which.
    """
    try:
        read = json.loads(
            text,
            object_pairs_hook=pairs,
            parse_constant=_no_number,
            parse_float=_double,
            parse_int=_whole,
        )
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error
    _check_depth(read)
    return read


_DEEPEST = 200
"""Levels that this package's own functions can walk down; newer Pythons read more of them."""
_TOO_DEEP = "too deeply nested"


def _check_depth(value: object) -> None:
    level = [value]
    for _ in range(_DEEPEST):
        level = [inner for outer in level for inner in _parts(outer)]
        if not level:
            return
    raise ValueError(_TOO_DEEP)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number of JSON")


def _double(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        shown = text if len(text) <= 20 else f"{text[:20]}..."  # noqa: PLR2004 - a line's room
        raise ValueError(f"{shown} is out of the range of numbers")
    return number


def _whole(text: str) -> int:
    _double(text)
    return int(text)


class Unknown:
    """The kind of `UNKNOWN`, the one value that stands for "not known yet"."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()

Plain: TypeAlias = bool | int | float | str | None
Value: TypeAlias = "Plain | Unknown | Sequence[Value] | Mapping[str, Value]"

SIGNATURE_KEY: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a marker, not a password
OUTPUT_SIGNATURE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_SENTINELS: Final = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        UNKNOWN_TEXT,
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


def read_struct(struct: Struct, secrets: set[str]) -> dict[str, Value]:
    """Reads all properties of a resource.

    Args:
        struct: The properties as sent.
        secrets: Receives every text that stands inside a secret, so that findings can hide it.
    """
    return _read_fields(struct.fields, secrets, secret=False)


def read_plain(value: object) -> Value:
    """Reads a value that the policy SDK has already turned into Python lists and mappings.

    What is neither a list, a mapping nor a plain value becomes its text.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWN_SENTINELS else value
    if isinstance(value, Mapping):
        return _special({str(key): read_plain(item) for key, item in value.items()}, set())
    if isinstance(value, Sequence):
        return [read_plain(item) for item in value]
    return str(value)


def _read(  # noqa: PLR0911 - one return for each kind of value
    value: WireValue, secrets: set[str], *, secret: bool
) -> Value:
    match value.WhichOneof("kind"):
        case "string_value":
            text = value.string_value
            if text in UNKNOWN_SENTINELS:
                return UNKNOWN
            if secret:
                secrets.add(text)
            return text
        case "number_value":
            return _number(value.number_value)
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_read(item, secrets, secret=secret) for item in value.list_value.values]
        case "struct_value":
            fields = value.struct_value.fields
            if SIGNATURE_KEY not in fields:
                return _read_fields(fields, secrets, secret=secret)
            secret = secret or _is_secret(fields)
            return _special(_read_fields(fields, secrets, secret=secret), secrets)
        case _:
            return None


def _read_fields(
    fields: Mapping[str, WireValue], secrets: set[str], *, secret: bool
) -> dict[str, Value]:
    # Most values are texts in the open, and a map is faster to go through by its keys.
    found: dict[str, Value] = {}
    for key in fields:
        value = fields[key]
        text = value.string_value
        if text and not secret:
            found[key] = UNKNOWN if text in UNKNOWN_SENTINELS else text
        else:
            found[key] = _read(value, secrets, secret=secret)
    return found


def _is_secret(fields: Mapping[str, WireValue]) -> bool:
    signature = fields[SIGNATURE_KEY].string_value
    marked = "secret" in fields and fields["secret"].bool_value
    return signature == SECRET_SIGNATURE or (signature == OUTPUT_SIGNATURE and marked)


def _special(value: dict[str, Value], secrets: set[str]) -> Value:
    """Unwraps secrets and output values; other objects stay as they are."""
    match value.get(SIGNATURE_KEY):
        case signature if signature == SECRET_SIGNATURE:
            secrets.discard(SECRET_SIGNATURE)
            return value.get("value")
        case signature if signature == OUTPUT_SIGNATURE:
            secrets.discard(OUTPUT_SIGNATURE)
            return value.get("value", UNKNOWN)
        case _:
            return value


def _number(number: float) -> int | float:
    """Gives whole numbers back as integers: the wire knows only floats."""
    return int(number) if number.is_integer() else number


def with_marks(old: object, new: object) -> Any:  # noqa: ANN401 - any value of the wire
    """A new value that hides the secrets that the old value hid.

    A rule reads values without marks of secrets. So a fix that builds a value from what it read
    would send secrets on in the open. Where old and new cannot be compared part by part, the
    whole new value becomes a secret.

    Args:
        old: The value as sent, in lists and mappings; `None` where there was none.
        new: The fix's value.
    """
    if not _holds_secret(old):
        return new
    match old, new:
        case Mapping(), Mapping() if SIGNATURE_KEY not in old and old.keys() <= new.keys():
            return {key: with_marks(old.get(key), value) for key, value in new.items()}
        case list(), list() if len(old) <= len(new) and new[: len(old)] == read_plain(old):
            return [
                *(with_marks(before, after) for before, after in zip(old, new, strict=False)),
                *new[len(old) :],
            ]
        case _:
            return {SIGNATURE_KEY: SECRET_SIGNATURE, "value": new}


def _holds_secret(value: object) -> bool:
    match value:
        case Mapping():
            signature = value.get(SIGNATURE_KEY)
            return (
                signature == SECRET_SIGNATURE
                or (signature == OUTPUT_SIGNATURE and value.get("secret") is True)
                or any(_holds_secret(item) for item in value.values())
            )
        case list():
            return any(_holds_secret(item) for item in value)
        case _:
            return False
