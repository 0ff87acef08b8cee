"""Keeps secrets out of reports."""

import re
from collections.abc import Iterable, Iterator

from google.protobuf.struct_pb2 import Struct

from pulumi_preflight.wire import (
    MARK,
    SECRET,
    UNKNOWN,
    Properties,
    PropertyValue,
    from_struct,
    is_marked,
    mark_of,
    without_references,
)

SHOWN_SECRET = "[secret]"  # noqa: S105 - what stands in place of one
SHOWN_UNKNOWN = "[unknown]"

# The engine's own filter leaves texts shorter than this, which occur everywhere, as they are.
# Source: pulumi/pulumi, sdk/go/common/util/logging/log.go.
_SHORTEST = 3

# A text as long as this does not stand inside an ordinary word by chance; a shorter one is hidden
# only as a word: `test` is no part of `latest`.
_LONG = 8


class Redactor:
    """Replaces known secrets in texts, such as a rule's message that quotes a value."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted({text for text in secrets if len(text) >= _SHORTEST}, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_pattern, known))) if known else None

    def __call__(self, text: str) -> str:
        """Gives `text` without secrets."""
        return self._pattern.sub(SHOWN_SECRET, text) if self._pattern else text

    def inside(self, value: PropertyValue) -> PropertyValue:
        """Gives a value with all texts in it without secrets."""
        match value:
            case str():
                return self(value)
            case list():
                return [self.inside(item) for item in value]
            case dict():
                return {name: self.inside(item) for name, item in value.items()}
            case _:
                return value


def _pattern(secret: str) -> str:
    text = re.escape(secret)
    return text if len(secret) >= _LONG else rf"(?<![A-Za-z0-9]){text}(?![A-Za-z0-9])"


def shown(properties: Struct) -> Properties:
    """Properties for a reader: secrets and unknown values are words, whole numbers have no point.

    A resource reads as its id, or as its URN if it is a component.
    """
    return {name: shown_value(value) for name, value in from_struct(properties).items()}


def shown_value(value: PropertyValue) -> PropertyValue:
    """One value for a reader; see `shown`."""
    return _shown(without_references(value))


def secret_texts(properties: Struct) -> Iterator[str]:
    """Every text inside a secret, at any depth."""
    if is_marked(properties):
        for value in from_struct(properties).values():
            yield from _secret_texts(value, secret=False)


def _shown(value: PropertyValue) -> PropertyValue:
    match value:
        case dict() if mark_of(value) == SECRET:
            return SHOWN_SECRET
        case dict():
            # The wire keeps no order, and two runs are to show the same.
            return {name: _shown(inner) for name, inner in sorted(value.items()) if name != MARK}
        case list():
            return [_shown(inner) for inner in value]
        case str():
            return SHOWN_UNKNOWN if value == UNKNOWN else value
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _secret_texts(value: PropertyValue, *, secret: bool) -> Iterator[str]:
    match value:
        case dict():
            hidden = secret or mark_of(value) == SECRET
            for name, inner in value.items():
                if name != MARK:
                    yield from _secret_texts(inner, secret=hidden)
        case list():
            for inner in value:
                yield from _secret_texts(inner, secret=secret)
        case str() if secret and value != UNKNOWN:
            yield value
        case _:
            return
