"""JSON text as the providers read it: numbers are doubles, and there is no NaN."""

import json
import math
from collections.abc import Callable
from typing import Any, NoReturn


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
        return json.loads(
            text,
            object_pairs_hook=pairs,
            parse_constant=_no_number,
            parse_float=_double,
            parse_int=_whole,
        )
    except RecursionError as error:
        raise ValueError("too deeply nested") from error


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
