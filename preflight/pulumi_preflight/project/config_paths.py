"""Paths inside config values: `network.zones[0]` or `tags["a.b"]`.

The keys of `config:` in the project file are such paths, and what they set is merged into the
stack's values: `aws.region: us-east-1` gives the key `<project>:aws` the member `region`.
Source: pulumi/pulumi, sdk/go/common/resource/config/{map,object}.go.
"""

import re
from typing import Any

_SEGMENT = re.compile(
    r"""
    (?:^|\.)(?P<name>[^.\[\]"]+)
    | \[(?P<index>\d+)\]
    | (?:^|\.)?\["(?P<quoted>(?:[^"\\]|\\.)*)"\]
    """,
    re.VERBOSE,
)

Path = tuple[str | int, ...]
_INTEGER = re.compile(r"(?P<sign>[-+]?)[0-9]+", re.ASCII)
_LEAST, _GREATEST, _GREATEST_UNSIGNED = -(2**63), 2**63 - 1, 2**64 - 1
_LONGEST_GAP = 10_000
_NOTHING = object()


def parse_path(text: str) -> Path | None:
    """Takes a path apart; `None` where it is none."""
    segments: list[str | int] = []
    end = 0
    for found in _SEGMENT.finditer(text):
        if found.start() != end:
            return None
        end = found.end()
        if found["index"] is not None:
            segments.append(int(found["index"]))
        elif found["quoted"] is not None:
            segments.append(found["quoted"].replace('\\"', '"'))
        else:
            segments.append(found["name"])
    return tuple(segments) if segments and end == len(text) else None


def is_set(container: Any, path: Path) -> bool:  # noqa: ANN401 - any config value
    """Whether a value has something at a path."""
    return _find(container, path) is not _NOTHING


def value_at(container: Any, path: Path) -> Any:  # noqa: ANN401 - any config value
    """The part of a value at a path, `None` where there is none."""
    found = _find(container, path)
    return None if found is _NOTHING else found


def _find(container: Any, path: Path) -> Any:  # noqa: ANN401 - any config value
    for segment in path:
        match container, segment:
            case dict(), str() if segment in container:
                container = container[segment]
            case list(), int() if segment < len(container):
                container = container[segment]
            case _:
                return _NOTHING
    return container


def with_value(container: Any, path: Path, value: Any) -> Any:  # noqa: ANN401 - any config value
    """Gives a value with something put at a path.

    Raises:
        ValueError: The path goes through something that is neither list nor mapping, or leaves a
            gap in a list.
    """
    if not path:
        return value
    segment, *rest = path
    match container, segment:
        case ((dict() | None), str()):
            members = dict(container or {})
            members[segment] = with_value(members.get(segment), tuple(rest), value)
            return members
        case None, int() if segment <= _LONGEST_GAP:
            # Where there was no list, the engine makes one, with empty items in front.
            return [*[None] * segment, with_value(None, tuple(rest), value)]
        case list(), int() if segment <= len(container):
            items = [*container, None][: max(len(container), segment + 1)]
            items[segment] = with_value(items[segment], tuple(rest), value)
            return items
        case _:
            raise ValueError(f"{segment!r} has no place in a {type(container).__name__}")


def coerced(value: Any) -> Any:  # noqa: ANN401 - any config value
    """Turns text that looks like a boolean or a whole number into one, as inside of objects."""
    if not isinstance(value, str):
        return value
    if value in ("true", "false"):
        return value == "true"
    found = _INTEGER.fullmatch(value)
    if found is None or (len(value) > 1 and value.startswith("0")):
        return value
    number = int(value)
    greatest = _GREATEST if found["sign"] else _GREATEST_UNSIGNED
    return number if _LEAST <= number <= greatest else value
