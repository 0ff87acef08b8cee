"""Writes values as the engine does, in Go's forms: the texts that programs and packs get.

Source: Go's encoding/json and fmt; pulumi/pulumi, sdk/go/common/resource/config/object.go.
"""

import json
import math
import re
from decimal import Decimal
from typing import Any

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
