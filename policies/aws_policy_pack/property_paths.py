"""Property paths as the engine reads them in `ignoreChanges`.

A path is names and indices: `desiredCount`, `scalingConfig.desiredSize`, `rules[0].name`,
`["desiredCount"]`; `*` stands for any of them. The engine skips a path that it cannot parse.

Source: `sdk/go/common/resource/properties_path.go` in pulumi/pulumi.
"""

import re
from typing import Final

EVERY: Final = "*"
ELEMENT: Final = re.compile(
    r"""
    \[ "(?P<key>(?:\\"|[^"])*)" \]  # a name in quotes
    | \[ (?P<index>\*|[+-]?\d+) \]
    | (?P<name>[^.\[]+)
    | \. (?=.)  # between two of them
    """,
    re.VERBOSE,
)


def elements_of(path: str) -> tuple[str, ...]:
    """The names and indices of a path; none where the engine could not parse the path."""
    found: list[str] = []
    position = 0
    while match := ELEMENT.match(path, position):
        position = match.end()
        if match.lastgroup is not None:
            found.append(match[match.lastgroup].replace('\\"', '"'))
    is_whole = position == len(path) and not path.startswith(".")
    return tuple(found) if is_whole else ()


def covers(pattern: str, path: str) -> bool:
    """Whether a pattern means the property at a path, or a property that contains it."""
    wanted, given = elements_of(pattern), elements_of(path)
    return 0 < len(wanted) <= len(given) and all(
        element in (EVERY, own) for element, own in zip(wanted, given, strict=False)
    )
