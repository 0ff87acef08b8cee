"""Values in Go's forms: durations, JSON and numbers as texts, the scalars of YAML files."""

import json
import math
import re
from base64 import b64decode
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_PART = re.compile(r"(?P<count>\d+\.?\d*|\.\d+)(?P<unit>ns|us|µs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


class DurationError(Exception):
    """A text is not a duration."""


def seconds(text: str) -> float:
    """Reads a duration.

    Raises:
        DurationError: It is none.
    """
    parts = list(_PART.finditer(text))
    if "".join(part.group() for part in parts) != text:
        raise DurationError(f"{text!r} is not a duration; wanted one such as 10m or 1h30m")
    return sum(float(part["count"]) * _SECONDS[part["unit"]] for part in parts)


_LEAST, _GREATEST = -(2**63), 2**63 - 1
# Go writes floats below and above these with an exponent.
_SMALL, _LARGE = 1e-6, 1e21
_SMALL_IN_KEYS, _LARGE_IN_KEYS = 1e-4, 1e6
_EXPONENT = re.compile(r"e([-+])0*(?=[0-9])")
_ESCAPED = {character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


class NoJsonError(ValueError):
    """JSON cannot hold the value: an infinite number, or NaN."""


def json_text(value: Any) -> str:  # noqa: ANN401 - any config value
    """A value as JSON: sorted keys, no spaces, whole numbers of 64 bits, greater ones as floats.

    Raises:
        NoJsonError: A number in it is infinite or NaN.
    """
    match value:
        case float():
            return number_text(value)
        case bool() | None:
            return json.dumps(value)
        case int():
            return str(value) if _LEAST <= value <= _GREATEST else number_text(float(value))
        case dict():
            members = (f"{_quoted(name)}:{json_text(value[name])}" for name in sorted(value))
            return f"{{{','.join(members)}}}"
        case list():
            return f"[{','.join(map(json_text, value))}]"
        case _:
            return _quoted(str(value))


def number_text(value: float) -> str:
    """A float in the fewest digits that tell it apart: `0.00001`, `100000000000000000000`, `1e+21`.

    Raises:
        NoJsonError: The number is infinite or NaN.
    """
    if not math.isfinite(value):
        raise NoJsonError(f"{value} is not a number that JSON can hold")
    if value == 0:
        return "0"
    if not _SMALL <= abs(value) < _LARGE:
        return _EXPONENT.sub(r"e\1", repr(value))
    return _without_exponent(value)


def key_text(key: Any) -> str:  # noqa: ANN401 - any YAML scalar
    """The text of a mapping's key that YAML does not read as text, as `1`, `true` or `<nil>`."""
    match key:
        case None:
            return "<nil>"
        case bool():
            return "true" if key else "false"
        case float() if math.isfinite(key):
            # Go's `%v` and Go's JSON have different bounds.
            plain = key == 0 or _SMALL_IN_KEYS <= abs(key) < _LARGE_IN_KEYS
            return _without_exponent(key) if plain else _with_exponent(key)
        case float():
            return {"inf": "+Inf", "-inf": "-Inf"}.get(str(key), "NaN")
        case _:
            return str(key)


def _with_exponent(value: float) -> str:
    sign, digits, shift = Decimal(repr(value)).normalize().as_tuple()
    first, *rest = digits
    exponent = int(shift) + len(rest)
    fraction = f".{''.join(map(str, rest))}" if rest else ""
    return f"{'-' if sign else ''}{first}{fraction}e{exponent:+03}"


def _without_exponent(value: float) -> str:
    return format(Decimal(repr(value)), "f").removesuffix(".0")


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    for character, escape in _ESCAPED.items():
        quoted = quoted.replace(character, escape)
    return quoted


_PREFIX = "tag:yaml.org,2002:"
BOOLEAN, INTEGER, FLOAT = f"{_PREFIX}bool", f"{_PREFIX}int", f"{_PREFIX}float"
NULL, TEXT, MOMENT = f"{_PREFIX}null", f"{_PREFIX}str", f"{_PREFIX}timestamp"
BINARY, MERGE = f"{_PREFIX}binary", f"{_PREFIX}merge"

_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_MAY_BE_NUMBER = frozenset("+-.0123456789")
_SIGN_AND_DIGITS = re.compile(r"([-+]?)(0[xX]|0[bB]|0[oO]|0(?=[0-9]))?([0-9a-fA-F]+)", re.ASCII)
_BASES = {"0x": 16, "0b": 2, "0o": 8, "0": 8, "": 10}
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_MOMENT = re.compile(
    r"""
    (?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})
    (?:
        (?:[Tt](?=.*(?:Z|[-+][0-9]{2}:[0-9]{2})$)|[ ](?!.*[Z+-]))
        (?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2}):(?P<second>[0-9]{1,2})
        (?:[.,](?P<fraction>[0-9]+))?
        (?P<zone>Z|(?P<sign>[-+])(?P<zone_hour>[0-9]{2}):(?P<zone_minute>[0-9]{2}))?
    )?
    """,
    re.VERBOSE | re.ASCII,
)
_NANO_DIGITS = 9
_LEAST_INTEGER, _GREATEST_INTEGER = -(2**63), 2**64 - 1
_MONTHS, _HOURS, _SIXTY = 12, 24, 60


class ScalarError(Exception):
    """A scalar does not fit its tag, as `!!int abc`; the text says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date, or a date with a time; `offset` is the zone's offset in minutes."""

    year: int
    month: int
    day: int
    hour: int = 0
    minute: int = 0
    second: int = 0
    nanosecond: int = 0
    offset: int = 0

    def __str__(self) -> str:
        """The form of a stack's value, as Go prints a moment: `2026-01-02 03:04:05 +0000 UTC`."""
        zone = f"{_sign(self.offset)}{abs(self.offset) // 60:02}{abs(self.offset) % 60:02}"
        return f"{self._date} {self._time} {zone} {zone if self.offset else 'UTC'}"

    @property
    def json(self) -> str:
        """The form of a project's value, as Go's JSON has a moment: `2026-01-02T03:04:05Z`."""
        hours, minutes = divmod(abs(self.offset), _SIXTY)
        zone = f"{_sign(self.offset)}{hours:02}:{minutes:02}" if self.offset else "Z"
        return f"{self._date}T{self._time}{zone}"

    @property
    def _date(self) -> str:
        return f"{self.year:04}-{self.month:02}-{self.day:02}"

    @property
    def _time(self) -> str:
        fraction = f".{self.nanosecond:0{_NANO_DIGITS}}".rstrip("0").rstrip(".")
        return f"{self.hour:02}:{self.minute:02}:{self.second:02}{fraction}"


Scalar = bool | int | float | str | Moment | None


def resolve(text: str) -> Scalar:
    """The value of a scalar without quotes and without a tag."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _MAY_BE_NUMBER:
        return text
    moment = _moment(text)
    return _number(text) if moment is None else moment


def tag_of(value: Scalar) -> str:
    """The YAML tag of a value."""
    # The check for bool comes before int, since Python counts a bool as an int.
    match value:
        case None:
            return NULL
        case bool():
            return BOOLEAN
        case int():
            return INTEGER
        case float():
            return FLOAT
        case Moment():
            return MOMENT
        case _:
            return TEXT


def tagged(tag: str, text: str) -> Scalar:
    """The value of a scalar with a tag; a tag that YAML does not define has no effect.

    Raises:
        ScalarError: The scalar does not fit the tag.
    """
    if tag == BINARY:
        return _binary(text)
    if tag not in _TAGGED:
        return text
    value = _TAGGED[tag](text)
    found = tag_of(value)
    if tag == FLOAT and found == INTEGER and isinstance(value, int):
        return float(value)
    if found != tag:
        kind, wanted = (each.removeprefix(_PREFIX) for each in (found, tag))
        raise ScalarError(f"{text!r} is !!{kind} and is tagged !!{wanted}")
    return value


def _plain(text: str) -> Scalar:
    value = resolve(text) if text else None
    # With a tag, only !!timestamp makes a moment.
    return _number(text) if isinstance(value, Moment) else value


def _moment_or_text(text: str) -> Scalar:
    return _moment(text) or text


_TAGGED: dict[str, Callable[[str], Scalar]] = {
    **dict.fromkeys((BOOLEAN, INTEGER, FLOAT, NULL), _plain),
    MOMENT: _moment_or_text,
}


def _binary(text: str) -> str:
    try:
        return b64decode("".join(text.split()), validate=True).decode()
    except ValueError as error:
        raise ScalarError(f"{text!r} is tagged !!binary and is not text in base64") from error


def _number(text: str) -> int | float | str:
    if text.startswith("."):
        return _float(text) if _FLOAT.fullmatch(text) else text
    plain = text.replace("_", "")
    whole = _integer(plain)
    if whole is not None:
        return whole
    number = _float(plain) if _FLOAT.fullmatch(plain) else plain
    return text if isinstance(number, str) else number


def _integer(plain: str) -> int | None:
    found = _SIGN_AND_DIGITS.fullmatch(plain)
    if found is None:
        return None
    sign, prefix, digits = found.groups()
    try:
        value = int(f"{sign}{digits}", _BASES[(prefix or "").lower()])
    except ValueError:
        return None
    greatest = _GREATEST_INTEGER if not sign else 2**63 - 1
    return value if _LEAST_INTEGER <= value <= greatest else None


def _float(plain: str) -> float | str:
    number = float(plain)
    # A number that is too great for a float is text to Go.
    return plain if number in (float("inf"), float("-inf")) else number


def _moment(text: str) -> Moment | None:
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    given = {name: int(found[name] or 0) for name in ("hour", "minute", "second")}
    year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
    zone = int(found["zone_hour"] or 0), int(found["zone_minute"] or 0)
    # Go has a year 0, and the calendar module does not; like 2000, it is a leap year.
    exists = (
        1 <= month <= _MONTHS
        and 1 <= day <= monthrange(year or 2000, month)[1]
        and given["hour"] < _HOURS
        and max(given["minute"], given["second"], zone[1]) < _SIXTY
        and zone[0] <= _HOURS
    )
    if not exists:
        return None
    offset = zone[0] * _SIXTY + zone[1]
    fraction = (found["fraction"] or "")[:_NANO_DIGITS]
    return Moment(
        year=year,
        month=month,
        day=day,
        **given,
        nanosecond=int(fraction.ljust(_NANO_DIGITS, "0")),
        offset=-offset if found["sign"] == "-" else offset,
    )


def _sign(offset: int) -> str:
    return "-" if offset < 0 else "+"
