"""The inputs of a resource as two runs told them, made alike where they say the same."""

import json
from collections.abc import Collection, Iterable

from pulumi_preflight.changes.paths import parse_path, reset
from pulumi_preflight.redaction import SHOWN_SECRET
from pulumi_preflight.wire import (
    ARCHIVE,
    ASSET,
    SECRET,
    Properties,
    PropertyValue,
    mark_of,
    without_secret,
)

ADDED = "__defaults"
"""Where a provider's Check lists, at each level, the inputs that it added itself."""
_INTERNAL = "__"


def added_in(inputs: Properties) -> Collection[str]:
    """The inputs that Check added."""
    names = inputs.get(ADDED)
    return {str(name) for name in names} if isinstance(names, list) else ()


def as_given(old: Properties, now: Properties) -> Properties:
    """Old inputs without what the provider added and nobody gives now, and without null."""
    added = added_in(old)
    return {
        name: _as_given(value, now.get(name))
        for name, value in old.items()
        if value is not None
        and not name.startswith(_INTERNAL)
        and (name in now or name not in added)
    }


def _as_given(old: PropertyValue, now: PropertyValue) -> PropertyValue:
    match old:
        case dict() if mark_of(old) == SECRET:
            return {**old, "value": _as_given(old.get("value"), without_secret(now))}
        case dict() if mark_of(old) is None:
            now = without_secret(now)
            return as_given(old, now if isinstance(now, dict) else {})
        case list():
            news = without_secret(now)
            items = news if isinstance(news, list) else []
            beside = [*items, *[None] * len(old)]
            return [_as_given(each, beside[index]) for index, each in enumerate(old)]
        case _:
            return old


def with_ignored(old: Properties, new: Properties, ignored: Iterable[str]) -> Properties:
    """New inputs with the old values where `ignoreChanges` names them."""
    for text in ignored:
        path = parse_path(text)
        if path is not None:
            new = reset(old, new, path)
    return new


def aligned(old: PropertyValue, new: PropertyValue) -> PropertyValue:
    """The new value, with the old one's form wherever both say the same.

    The same are: documents of JSON that differ in their spaces; policies of IAM that differ in an
    order; a number and its text; a secret that nobody could open, and any value; assets with one
    hash.
    """
    before, after = without_secret(old), without_secret(new)
    if before == after or SHOWN_SECRET in (before, after) or _is_same(before, after):
        return old
    match before, after:
        case dict(), dict() if mark_of(before) is None and mark_of(after) is None:
            return {
                name: aligned(before[name], value) if name in before else value
                for name, value in after.items()
            }
        case list(), list():
            shared = min(len(before), len(after))
            return [
                *(aligned(before[index], after[index]) for index in range(shared)),
                *after[shared:],
            ]
        case _:
            return new


def is_sealed(value: PropertyValue) -> bool:
    """Whether a secret that nobody could open stands anywhere in a value."""
    match value:
        case dict():
            return any(map(is_sealed, value.values()))
        case list():
            return any(map(is_sealed, value))
        case _:
            return value == SHOWN_SECRET


def _is_same(before: PropertyValue, after: PropertyValue) -> bool:
    match before, after:
        case str(), str():
            said = _said_by(before)
            return said is not None and said == _said_by(after)
        case (str(), float() | bool()) | (float() | bool(), str()):
            return _text(before) == _text(after)
        case dict(), dict() if mark_of(before) in (ASSET, ARCHIVE):
            hashes = before.get("hash"), after.get("hash")
            return mark_of(before) == mark_of(after) and None not in hashes and len({*hashes}) == 1
        case _:
            return False


def document_in(text: str) -> PropertyValue:
    """What a text holds that is an object or a list in JSON, else `None`."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        document: PropertyValue = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document


def _said_by(text: str) -> object:
    """The same, of a policy of IAM in one order; `None` where it is too deep to be put in order."""
    document = document_in(text)
    if not isinstance(document, dict) or "Statement" not in document:
        return document
    try:
        return _unordered(document)
    except RecursionError:
        return None


def _unordered(value: object) -> object:
    """A part of a policy of IAM, which says the same in any order, and of one item with no list."""
    match value:
        case dict():
            return {name: _unordered(inner) for name, inner in value.items()}
        case [single]:
            return _unordered(single)
        case list():
            return sorted(json.dumps(_unordered(each), sort_keys=True) for each in value)
        case _:
            return value


def _text(value: PropertyValue) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
