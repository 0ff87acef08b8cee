"""JSON as a configuration of packs may have it: nothing is in it twice, and nothing is changed."""

import json
import math
import re
from collections.abc import Iterator
from typing import Final, NoReturn

DEEPEST: Final = 30
"""Levels of a configuration: the messages that bring it to a pack may nest no deeper."""
_HALF_CHARACTER: Final = re.compile("[\ud800-\udfff]")
TOKEN: Final = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\],:]')


def loads_strictly(text: str) -> object:
    """Reads JSON.

    Raises:
        ValueError: The text is not JSON, has a key twice in one object, a number that JSON does not
            know or half of a character, or nests too deep; the error says on which line.
    """
    try:
        content: object = json.loads(
            text, parse_constant=_refuse, parse_float=_finite, parse_int=_whole
        )
    except RecursionError:
        raise ValueError(f"nests deeper than {DEEPEST} levels") from None
    if _HALF_CHARACTER.search(json.dumps(content, ensure_ascii=False)):
        raise ValueError("half of a character (a surrogate) is not text")
    for key, first, second in _doubled(text):
        raise ValueError(
            f"key {key} stands on line {first} and again on line {second}; keep one of them"
        )
    return content


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is out of the range of numbers")
    return number


def _whole(text: str) -> int:
    # A pack gets every number as a float, and Python itself reads no more digits than that.
    _finite(text)
    return int(text)


def _doubled(text: str) -> Iterator[tuple[str, int, int]]:
    """The keys that occur twice in an object: as written, with both lines."""
    objects: list[dict[str, int]] = []
    string, line, position = "", 1, 0
    for token in TOKEN.finditer(text):
        line += text.count("\n", position, token.start())
        position = token.start()
        match token[0]:
            case "{" | "[":
                objects.append({})
                if len(objects) > DEEPEST:
                    raise ValueError(f"nests deeper than {DEEPEST} levels on line {line}")
            case "}" | "]":
                objects.pop()
            case ":":
                key = json.loads(string)
                if key in objects[-1]:
                    yield string, objects[-1][key], line
                objects[-1][key] = line
            case ",":
                pass
            case _:
                string = token[0]
