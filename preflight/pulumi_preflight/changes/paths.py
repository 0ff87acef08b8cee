"""Paths of properties, such as `tags.Name`, `rules[0].port`, `tags["a.b"]` and `rules[*]`.

Source: pulumi/pulumi, sdk/go/common/resource/properties_path.go.
"""

import re
from collections.abc import Sequence

from pulumi_preflight.wire import SECRET, Properties, PropertyValue, mark_of, without_secret

Path = tuple[str | int, ...]

_PART = re.compile(
    r'\.?(?P<name>[^.\[\]"]+)|\[(?P<index>\d+|\*)\]|\["(?P<quoted>(?:[^"\\]|\\.)*)"\]'
)
_ANY = "*"


def parse_path(text: str) -> Path | None:
    """The parts of a path, `None` where the engine could not read it either."""
    parts: list[str | int] = []
    end = 0
    while end < len(text):
        found = _PART.match(text, end)
        if found is None or (found["name"] and end and text[end] != "."):
            return None
        end = found.end()
        if found["quoted"] is not None:
            parts.append(re.sub(r"\\(.)", r"\1", found["quoted"]))
        elif found["index"] is not None:
            parts.append(_ANY if found["index"] == _ANY else int(found["index"]))
        else:
            parts.append(found["name"])
    return tuple(parts) or None


def contains(path: Path, other: Path) -> bool:
    """Whether a path leads to another, or above it."""
    return len(path) <= len(other) and all(
        mine in (_ANY, theirs) for mine, theirs in zip(path, other, strict=False)
    )


def value_at(value: PropertyValue, path: Path) -> PropertyValue:
    """What a path leads to, `None` where it leads to nothing; secrets are what they hold."""
    for part in path:
        value = without_secret(value)
        match value, part:
            case dict(), str():
                value = value.get(part)
            case list(), int() if part < len(value):
                value = value[part]
            case _:
                return None
    return value


def reset(old: Properties, new: Properties, path: Path) -> Properties:
    """The new properties with the old ones' value at a path, as `ignoreChanges` wants it.

    What cannot be taken over stays: an element that only one of two lists has.
    """
    kept = _reset(old, new, path)
    return kept if isinstance(kept, dict) else new


def _reset(old: PropertyValue, new: PropertyValue, path: Path) -> PropertyValue:
    if isinstance(new, dict) and mark_of(new) == SECRET:
        return {**new, "value": _reset(old, new.get("value"), path)}
    old = without_secret(old)
    part, *rest = path
    match old, new:
        case dict(), dict():
            return _reset_names(old, new, part, rest)
        case list(), list():
            shared = range(min(len(old), len(new)))
            chosen = shared if part == _ANY else [each for each in shared if each == part]
            kept = list(new)
            for index in chosen:
                kept[index] = _reset(old[index], new[index], tuple(rest)) if rest else old[index]
            return kept
        case _, dict() if not rest and part != _ANY:
            return {name: value for name, value in new.items() if name != part}
        case _:
            return new


def _reset_names(
    old: Properties, new: Properties, part: str | int, rest: Sequence[str | int]
) -> PropertyValue:
    if not rest:
        chosen = old.keys() | new.keys() if part == _ANY else {part}
        kept = {name: value for name, value in new.items() if name not in chosen}
        return kept | {name: value for name, value in old.items() if name in chosen}
    both = old.keys() & new.keys()
    chosen = both if part == _ANY else both & {part}
    return new | {name: _reset(old[name], new[name], tuple(rest)) for name in sorted(chosen)}
