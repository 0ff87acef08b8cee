"""Defaults that the SDK's own texts state without a condition."""

import json
import re
from typing import Any

from pulumi_preflight.outputs.kinds import in_kind
from pulumi_preflight.outputs.shapes import Kind

_DEFAULT = re.compile(
    r"\b(?:defaults? (?:value )?(?:is|to)|default:)\s*(?:the value )?`([^`]*)`(?=\s*[.;)]|\s*$)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|when|where|unless|only|required|depend\w*|except|computed|otherwise|for)\b",
    re.IGNORECASE,
)


def documented(text: str, kind: Kind) -> Any:  # noqa: ANN401 - JSON of the property's kind
    """The default that the text of a property states; `None` where it states none, or several."""
    stated = _DEFAULT.findall(text)
    if len(stated) != 1 or _CONDITION.search(_sentence(text)):
        return None
    value = in_kind(stated[0], kind)
    match kind.name:
        case "string":
            return stated[0] if stated[0] and '"' not in stated[0] else None
        case "boolean":
            return value if stated[0].lower() in ("true", "false") else None
        case "integer" | "number":
            return value if isinstance(value, float) else None
        case "list":
            return _list(stated[0])
        case _:
            return None


def _sentence(text: str) -> str:
    """The line that states the default, where conditions would stand."""
    return next((line for line in text.splitlines() if _DEFAULT.search(line)), "")


def _list(text: str) -> Any:  # noqa: ANN401 - JSON
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, list) else None
