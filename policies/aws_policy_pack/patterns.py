"""Settings by name or glob: which one holds for a name.

The engine sends a rule's config as an object whose order is lost, so the order in a profile cannot
decide.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase


def most_specific(patterns: Iterable[str], name: str) -> str | None:
    """The pattern that holds for a name: itself, else the longest glob that matches it.

    Of globs of one length, the first in alphabetical order holds.
    """
    matching = sorted(pattern for pattern in patterns if fnmatchcase(name, pattern))
    return name if name in matching else max(matching, key=len, default=None)
