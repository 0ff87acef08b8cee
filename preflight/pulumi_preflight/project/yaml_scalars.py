"""The engine's meaning of a YAML file's scalars; Go's YAML is 1.2 with parts of 1.1.

`yes` and `1:30` are text, `1e3` is a number, `017` is octal, `2026-01-02` is a moment.
Source: gopkg.in/yaml.v3, resolve.go; moments: Go's time.Parse with the four forms listed there.
"""

import re
from base64 import b64decode
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass

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
