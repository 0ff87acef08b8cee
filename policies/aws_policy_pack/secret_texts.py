"""The texts of secrets, and where they stand in other texts."""

import re
from collections.abc import Iterable
from typing import Final

from aws_policy_pack.json_text import read_json

LONG: Final = 8
"""Characters: a text as long as this does not stand inside an ordinary word by chance."""


def pattern_of(secret: str) -> re.Pattern[str]:
    """Finds a long secret anywhere and a short one as a word: 'test' is not a part of 'latest'."""
    text = re.escape(secret)
    return re.compile(text if len(secret) >= LONG else rf"(?<![A-Za-z0-9]){text}(?![A-Za-z0-9])")


def texts_in(secrets: Iterable[str]) -> set[str]:
    """The secrets and, where one is JSON, the texts inside it."""
    texts = set(secrets)
    pending = list(secrets)
    while pending:
        try:
            inner = _leaves(read_json(pending.pop()))
        except ValueError:
            continue
        pending.extend(inner - texts)
        texts |= inner
    return {text for text in texts if text}


def _leaves(value: object) -> set[str]:
    match value:
        case str():
            return {value}
        case list():
            return {leaf for item in value for leaf in _leaves(item)}
        case dict():
            return {leaf for item in value.values() for leaf in _leaves(item)}
        case _:
            return set()
