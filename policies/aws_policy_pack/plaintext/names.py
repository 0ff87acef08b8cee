"""What the name of a setting says of its value.

The last words of a name say what it holds: `DB_PASSWORD_PROD` is a password, `PASSWORD_LENGTH` is
a number, `DB_PASSWORD_FILE` a path.
"""

import re
from collections.abc import Mapping
from fnmatch import translate
from functools import lru_cache
from typing import Final

from aws_policy_pack.lists import load

NAMES: Final[Mapping[str, list[str]]] = load("secret_names").entries
SUSPECTS: Final = tuple(NAMES["suspect"])
"""Globs of names that speak of a secret, and may say something else of it."""
KEYS: Final = tuple(NAMES["key"])
"""Globs of names of keys, of which some open a door and others sort a table."""
LOGINS: Final = tuple(NAMES["login"])
"""Globs of names of a user's name and password with a colon between."""
IDENTIFIERS: Final = tuple(NAMES["identifier"])
"""Globs of names of what looks random and is public."""
QUALIFIERS: Final = frozenset(NAMES["qualifiers"])
"""Words that say which one, not what: `DB_PASSWORD_PROD`."""

NUMBERED: Final = re.compile(r"V?\d+")
WORD_BREAK: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


@lru_cache(maxsize=4096)  # The same names stand in every task of a stack.
def is_named(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a name, or the name without its qualifiers, matches one of the globs.

    The globs are in capitals with underscores; `db.password` and `dbPassword` are compared as
    `DB_PASSWORD`.
    """
    matches = _matching(patterns)
    words = words_of(name)
    if matches.match("_".join(words)):
        return True
    core = [*words]
    while len(core) > 1 and (core[-1] in QUALIFIERS or NUMBERED.fullmatch(core[-1])):
        core.pop()
    return len(core) < len(words) and bool(matches.match("_".join(core)))


def words_of(name: str) -> list[str]:
    """The words of a name in capitals."""
    return WORD_BREAK.sub("_", name).upper().strip("_").split("_")


@lru_cache(maxsize=64)
def _matching(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, patterns)) or r"(?!)")
