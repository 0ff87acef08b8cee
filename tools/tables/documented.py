"""Defaults that the SDK's own texts state.

`documented` reads what is stated without a condition. `claims` reads every value that a text calls
the default: enough to contradict another source, too little to know a default by.
"""

import json
import re
from typing import Any

from pulumi_preflight.outputs.kinds import in_kind
from pulumi_preflight.outputs.shapes import Kind

_DEFAULT = re.compile(
    r"\b(?:defaults? (?:value )?(?:is|to)|default:)\s*(?:the value )?`([^`]*)`(?=\s*[.;)]|\s*$)",
    re.IGNORECASE,
)
_QUOTED = r"(?:`([^`\s][^`]*)`|\"([^\"\s][^\"]*)\"|'([^'\s][^']*)')"
_CLAIMS = (
    re.compile(
        rf"\bdefaults?(?: value)?:?(?: is| to| of)?:?\s*(?:the value )?{_QUOTED}", re.IGNORECASE
    ),
    # A number before a word is in another unit than the property, perhaps.
    re.compile(
        r"\bdefaults?(?: value)?:?(?: is| to| of)?:?\s*(true|false|-?\d+)(?!,\d)(?=\s*[.;),]|\s*$)",
        re.IGNORECASE,
    ),
    re.compile(rf"{_QUOTED} \((?:the )?default\b", re.IGNORECASE),
)
_CONDITION = re.compile(
    r"\b(?:if|when|where|unless|only|required|depend\w*|except|computed|otherwise|for)\b",
    re.IGNORECASE,
)


def documented(text: str, kind: Kind) -> Any:  # noqa: ANN401 - JSON of the property's kind
    """The default that the text of a property states; `None` where it states none, or several."""
    stated = _DEFAULT.findall(text)
    line = next((line for line in text.splitlines() if _DEFAULT.search(line)), "")
    if len(stated) != 1 or _CONDITION.search(line):
        return None
    return None if '"' in stated[0] and kind.name == "string" else _value(stated[0], kind)


def claims(text: str, kind: Kind) -> list[Any]:
    """The values of the property's kind that its text calls the default, in whatever words."""
    found = (
        _value("".join(hit.groups("")).strip('"').rstrip("."), kind)
        for pattern in _CLAIMS
        for hit in pattern.finditer(text)
    )
    return [value for value in found if value is not None]


def is_conditional(text: str) -> bool:
    """Whether a sentence that states a default states a condition as well."""
    sentences = re.split(r"(?<=[.;])\s", text)
    return any(
        _CONDITION.search(sentence)
        for sentence in sentences
        if any(pattern.search(sentence) for pattern in _CLAIMS)
    )


def _value(stated: str, kind: Kind) -> Any:  # noqa: ANN401 - JSON of the property's kind
    value = in_kind(stated, kind)
    match kind.name:
        case "string":
            return stated or None
        case "boolean":
            return value if stated.lower() in ("true", "false") else None
        case "integer" | "number":
            return value if isinstance(value, float) else None
        case "list":
            return _list(stated)
        case _:
            return None


def _list(text: str) -> Any:  # noqa: ANN401 - JSON
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, list) else None
