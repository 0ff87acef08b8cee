"""Tells by its name or its value whether a setting is a secret.

What is said of a value never contains it.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final
from urllib.parse import parse_qsl, urlsplit

FORMS: Final = (
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    ("an AWS access key id", re.compile(r"\b(AKIA|ASIA)[A-Z2-7]{16}\b")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")),
    ("a GitHub token", re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22})")),
    ("a Slack token", re.compile(r"\bxox[abeprs]-[A-Za-z0-9-]{10}")),
    ("a JSON web token", re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8}")),
)
"""Kinds of credentials that are known by their form."""

URL_PASSWORD: Final = re.compile(r"://[^\s/@:]*:(?P<password>[^\s/@]+)@")
ASSIGNED_PASSWORD: Final = re.compile(
    r"(?:^|[;\s?&,])(?:password|passwd|pwd|accountkey|sharedaccesskey)\s*=\s*(?P<password>[^;\s&,]+)",
    re.IGNORECASE,
)
PLACEHOLDER: Final = re.compile(r"\$\w+|\$?\{[^{}]*\}|\{\{[^{}]*\}\}|<[^<>]*>|%\(\w+\)s|%s|\*+")
"""What stands for a password that is filled in later."""

WORD_BREAK: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
OPEN_VALUE: Final = re.compile(r"arn:|true$|false$", re.IGNORECASE)
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
    return bool(value) and not OPEN_VALUE.match(value) and not PLACEHOLDER.fullmatch(value)


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
