"""Tells by its name or its value whether a setting is a secret.

What is said of a value never contains it.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from aws_policy_pack.json_text import read_json
from aws_policy_pack.lists import load

FORMS: Final = tuple(
    (form["what"], re.compile(form["pattern"])) for form in load("credential_forms").entries
)
"""Kinds of credentials that are known by their form."""

URL_PASSWORD: Final = re.compile(r"://[^\s/@:]*:(?P<password>[^\s/@]+)@")
ASSIGNED_PASSWORD: Final = re.compile(
    r"(?:^|[;\s?&,])(?:password|passwd|pwd|accountkey|sharedaccesskey)\s*=\s*(?P<password>[^;\s&,]+)",
    re.IGNORECASE,
)
PLACEHOLDER: Final = re.compile(
    r"""
    \$[A-Z_][A-Z0-9_]* | \$[a-z]+(_[a-z]+)+       # of a shell
    | \$\{(?![^{}]*:[-=][^{}])[^{}]*\}            # likewise, without a default after `:-`
    | \$\([^()]*\)                                # the output of a command
    | \{\{[^{}]*\}\}                              # of a template, or a dynamic reference
    | \{([A-Za-z_]*|[0-9])\} | %\(\w+\)s | %s      # of Python
    | %[A-Za-z_]\w*%                             # of Windows
    | <[A-Za-z]+([ _-][A-Za-z0-9]+)*>             # for the reader
    | \*+ | x{3,} | X{3,}
    """,
    re.VERBOSE,
)
"""What stands for a password that is filled in later; `$ecret` and `<Hunter2!>` are passwords."""

SETTING: Final = re.compile(
    r"""(-\s+)?(export\s+)?(?P<quote>["']?)(?P<key>[A-Za-z_][\w.-]*)(?P=quote)
    \s*(=|:(?=\s|$))(?P<value>.*)""",
    re.VERBOSE,
)
"""A line of YAML, or of a file of variables."""
COMMENTS: Final = ("#", "---")
FEWEST_LINES: Final = 2

WORD_BREAK: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
OPEN_VALUE: Final = re.compile(
    r"""
    arn:.* | (vault|ssm|secretsmanager|op|ref\+\w+):.*  # tells where the secret is
    | (?-i:[.~]?(/([a-z0-9._-]+|[A-Z0-9._-]+)){2,}/?)  # a path
    | true | false | yes | no | on | off | none | null | enabled | disabled | \W* | [0-9]
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
"""What is not a secret, whatever its name: where one is, a switch, a single digit."""
NO_KEY: Final = re.compile(r"arn:|/|.*://", re.DOTALL)
"""ARNs, paths and URLs, whose parts may look as random as keys."""

ADDRESS_WORDS: Final = frozenset({"URL", "URI", "ENDPOINT"})

ALPHABET: Final = 64
FEWEST_DIGITS: Final = 2
"""Base64 has one digit in six characters; names and words have fewer."""


def is_named(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name matches one of the globs, which are in capitals with underscores.

    `db.password` and `dbPassword` are compared as `DB_PASSWORD`.
    """
    normal = _normal(name)
    return any(fnmatchcase(normal, pattern) for pattern in patterns)


def is_open_address(name: str, value: str, secret_names: Iterable[str]) -> bool:
    """Whether a name speaks of an address, and the value is one that holds no secret.

    A secret may stand before the host, or in the query under a name of a secret.
    """
    if ADDRESS_WORDS.isdisjoint(_normal(name).split("_")):
        return False
    try:
        address = urlsplit(value)
    except ValueError:
        return False
    asked = (key for key, _ in parse_qsl(address.query))
    return (
        bool(address.scheme and address.netloc)
        and "@" not in address.netloc
        and not any(is_named(key, secret_names) for key in asked)
    )


def _normal(name: str) -> str:
    return WORD_BREAK.sub("_", name).upper()


def may_be_secret(value: str) -> bool:
    """Whether a value can be a secret at all; an ARN, a yes or no, a placeholder cannot."""
    return not OPEN_VALUE.fullmatch(value) and not PLACEHOLDER.fullmatch(value)


def parts_of(name: str, value: str) -> Iterator[tuple[str, str]]:
    """The texts in the JSON or the lines of a value, each named by the way to it; else the value.

    `user` in the JSON of `DB_LOGIN` is called `DB_LOGIN_user`, an entry of a list as the list. A
    value whose lines all say what something is, as YAML and env files do, is read by its lines.
    """
    parsed: object = value
    if value.lstrip().startswith(("{", "[")):
        try:
            parsed = read_json(value)
        except ValueError:
            yield name, value
            return
    match parsed:
        case str():
            yield from _settings(name, parsed) or [(name, parsed)]
        case _:
            yield from _leaves(name, parsed)


def _settings(name: str, value: str) -> list[tuple[str, str]]:
    """The settings in the lines of a value; none where some line is no setting."""
    stripped = map(str.strip, value.splitlines())
    lines = [line for line in stripped if line and not line.startswith(COMMENTS)]
    found = [each for line in lines if (each := SETTING.fullmatch(line))]
    if len(lines) < FEWEST_LINES or len(found) < len(lines):
        return []
    return [(f"{name}_{each['key']}", each["value"].strip(" \t\"'")) for each in found]


def _leaves(name: str, value: object) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for key, item in value.items():
                yield from _leaves(f"{name}_{key}", item)
        case list():
            for item in value:
                yield from _leaves(name, item)
        case str():
            yield from parts_of(name, value)
        case bool() | None:
            return
        case _:
            yield name, str(value)


def secret_in(value: str, *, min_length: int, min_randomness: float) -> str | None:
    """What shows that a value holds a secret, as the end of a sentence; `None` if nothing does.

    Args:
        value: The value.
        min_length: Fewest characters of a random text.
        min_randomness: Entropy that counts as random, as a share of the greatest that a text of
            the same length in base64 can have. Measured on random texts of 24 to 64 characters,
            nineteen in twenty have 0.83 or more, half have 0.86 to 0.93.
    """
    for form, pattern in FORMS:
        if pattern.search(value):
            return f"has the form of {form}"
    if _has_password(URL_PASSWORD, value):
        return "has a password in its URL"
    if _has_password(ASSIGNED_PASSWORD, value):
        return "has a password in its connection string"
    if not NO_KEY.match(value) and any(
        _is_random(run, min_randomness)
        for run in re.findall(rf"[A-Za-z0-9+/=]{{{min_length},}}", value)
    ):
        return "looks random, as keys do"
    return None


def randomness(text: str) -> float:
    """Shannon entropy as a share of the greatest that a base64 text of this length can have."""
    size = len(text)
    entropy = -sum(count / size * math.log2(count / size) for count in Counter(text).values())
    return entropy / math.log2(min(size, ALPHABET))


def _has_password(pattern: re.Pattern[str], value: str) -> bool:
    return any(not PLACEHOLDER.fullmatch(match["password"]) for match in pattern.finditer(value))


def _is_random(text: str, min_randomness: float) -> bool:
    digits = sum(character.isdigit() for character in text)
    is_mixed = text.lower() != text and text.upper() != text and digits >= FEWEST_DIGITS
    return is_mixed and randomness(text) >= min_randomness
