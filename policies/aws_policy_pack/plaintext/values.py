"""What a value says of itself: a credential, a password, a key, or none of them.

What is said of a value never contains it.
"""

import base64
import math
import re
from collections import Counter
from typing import Final

from aws_policy_pack.lists import load
from aws_policy_pack.plaintext.names import NAMES

FORMS: Final = tuple(
    (form["what"], re.compile(form["pattern"]), form.get("public", False))
    for form in load("credential_forms").entries
)
"""Kinds of credentials that are known by their form, and whether some of that form are public."""

URL_PASSWORDS: Final = (
    re.compile(r"://[^\s/@:]*:(?P<password>[^\s/@]+)@"),
    re.compile(r"\bjdbc:oracle:\w+:[^\s/@]+/(?P<password>[^\s@]+)@"),
    re.compile(r"^[^\s/@:]+:(?P<password>[^\s/@]+)@(?:\w+)?\("),
)
"""Where a password stands in a URL, in one of Oracle's, and in a data source of Go's MySQL.

https://docs.oracle.com/en/database/oracle/oracle-database/19/jjdbc/data-sources-and-URLs.html
https://github.com/go-sql-driver/mysql#dsn-data-source-name
"""
PLACEHOLDER: Final = re.compile(
    r"""
    \$[A-Z_][A-Z0-9_]* | \$[0-9@*] | \$[a-z]+(_[a-z]+)+       # of a shell
    | \$\{(?![^{}]*:[-=][^{}])[^{}]*\}            # likewise, without a default after `:-`
    | \$\(.* | `.*                                # the output of a command
    | Ref::\w+                                    # of a job of Batch
    | \{\{[^{}]*\}\}                              # of a template, or a dynamic reference
    | \{([A-Za-z_]*|[0-9])\} | %\(\w+\)s | %[A-Za-z]  # of Python and C
    | %[A-Za-z_]\w*% | @[A-Z_]+@                  # of Windows and of make
    | %%\w+%% | ENC\[[^\[\]]*\]                   # of Datadog
    | :[a-z]+(_[a-z]+)*                           # of SQL
    | <[A-Za-z]+([ _-][A-Za-z0-9]+)*>             # for the reader
    | \[[A-Za-z]+([ _-][A-Za-z0-9]+)*\]           # likewise
    | </?[a-z]+> | <\|[a-z_]+\|>                  # of a language model
    | .*(\.[*+]|\\[SsWwDd]|\[\^).*                # a regular expression
    | \*+ | x{3,} | X{3,}
    """,
    re.VERBOSE,
)
"""What stands for a password that is filled in later; `$ecret` and `<Hunter2!>` are passwords."""

OPEN_VALUE: Final = re.compile(
    r"""
    arn:[\w-]+:[\w-]+:.*  # tells where the secret is
    | (vault|ssm|secretsmanager|op|ref\+\w+):.*
    | (file|env|secret|sm|awssm|aws-?(ssm|sm|secretsmanager)|gcp-?sm|gcp-secret|azkv|keyvault)://.*
    | file:.* | @Microsoft\.KeyVault\(.*
    | id=[\w.-]+(,.*)?  # of Docker
    | (?-i:/[a-z]+/?)  # a folder
    | (?-i:[.~]?(/([a-z0-9._-]+|[0-9._-]*[A-Z][A-Z0-9._-]*)){2,}/?)  # a path
    | (?-i:[a-z][a-z_-]+(/[a-z][a-z_-]+)+)  # likewise, or the name of a secret
    | [\w.-]+\.(pem|key|crt|cer|json|ya?ml|toml|ini|txt|env|p12|pfx|jks|properties)  # a file
    | 0x[0-9a-f]{40}  # an address of Ethereum
    | true | false | yes | no | on | off | enabled | disabled | \W* | [0-9]
    | none | null | nil | undefined | unset | unused | n/a | not[ _-]?(set|used|applicable)
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
"""What is not a secret, whatever its name: where one is, a switch, a single digit."""
DIGEST: Final = re.compile(r"\bsha\d+[-:][A-Za-z0-9+/=]+")
LOGIN: Final = re.compile(r"[\w.@-]+:\S+")
NO_KEY: Final = re.compile(
    r"arn:|/|.*://|-----BEGIN|ssh-|ecdsa-|data:|pk_(live|test)_",
    re.IGNORECASE | re.DOTALL,
)
"""ARNs, paths, URLs, public keys, pictures and digests, whose parts may look as random as keys."""

GUESSED: Final = re.compile(r"[^\s/\\.:,;@<>()\[\]{}]{6,}")
"""What is judged as a password by its letters: no path, address, list or text."""
PART: Final = re.compile(r"[^_-]+")
LEET: Final = re.compile(r"[A-Za-z][0-9$!]*[0-9][0-9$!]*[a-z]")
HEX: Final = re.compile(r"[0-9A-Fa-f]{4,}")
DURATION: Final = re.compile(r"(?i:([0-9]+[a-z]{1,3})+|P([0-9]+[YMWD])*(T([0-9]+[HMS])+)?)")
TECHNICAL: Final = frozenset(NAMES["technical"])
"""Words with a digit between letters that name a format or an algorithm."""

HEX_KEY: Final = re.compile(
    r"(?i:0x[0-9a-f]{64}|(?=\D*\d)(?=\d*[a-f])[0-9a-f]{32}([0-9a-f]{8}|([0-9a-f]{16}){0,6}))"
)
"""16, 20, 24, 32 and more bytes, or a key of Ethereum."""
STRONG: Final = re.compile(
    r"""(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])(?=[\w.\-/]*[^\w.\-/][\w.\-/]*[^\w.\-/])
    [^\s,;:{}<>()"'`]{12,}""",
    re.VERBOSE,
)
"""A password of all kinds of characters; an address of mail has one that is special."""
KEY: Final = re.compile(r"(base64:)?(?P<key>[A-Za-z0-9+/=_-]{16,})")
WORD: Final = re.compile(r"[A-Z]?[a-z]{2,}")
VOWELS: Final = frozenset("aeiouy")
MOST_WORDS: Final = 0.6
"""Share of a text that stands in words. Measured on random texts of 24 to 64 characters, nineteen
in twenty have 0.54 or less; names such as `OrdersWebServiceTaskDef1A2B3C4D` have 0.65 or more."""

ALPHABET: Final = 64
FEWEST_DIGITS: Final = 2
"""Base64 has one digit in six characters; names and words have fewer."""


def may_be_secret(value: str) -> bool:
    """Whether a value can be a secret at all; an ARN, a yes or no, a placeholder cannot."""
    return not OPEN_VALUE.fullmatch(value) and not PLACEHOLDER.fullmatch(value)


def looks_chosen(value: str) -> bool:
    """Whether a value looks like a password that somebody made up, with digits inside of words."""
    if not GUESSED.fullmatch(value) or DURATION.fullmatch(value):
        return False
    return any(
        LEET.search(part) and not HEX.fullmatch(part) and part.lower() not in TECHNICAL
        for part in PART.findall(value)
    )


def is_login(value: str) -> bool:
    """Whether a value is a name and a password with a colon between."""
    name, _, password = value.partition(":")
    return bool(name and LOGIN.fullmatch(value)) and may_be_secret(password)


def looks_generated(value: str, *, min_randomness: float) -> bool:
    """Whether the whole value looks like a key that a program made, or is a login in base64."""
    if NO_KEY.match(value):
        return False
    found = KEY.fullmatch(value)
    return bool(
        HEX_KEY.fullmatch(value)
        or STRONG.fullmatch(value)
        or LOGIN.fullmatch(_text_of(value) or "")
        or (found and _is_random(found["key"], min_randomness))
    )


def secret_in(
    value: str, *, min_length: int, min_randomness: float, is_public: bool = False
) -> str | None:
    """What shows that a value holds a secret, as the end of a sentence; `None` if nothing does.

    Args:
        value: The value.
        min_length: Fewest characters of a random text.
        min_randomness: Entropy that counts as random, as a share of the greatest that a text of
            the same length in base64 can have. Measured on random texts of 24 to 64 characters,
            nineteen in twenty have 0.83 or more, half have 0.86 to 0.93.
        is_public: Whether the name says that the value is public, so that its randomness tells
            nothing.
    """
    for form, pattern, is_often_public in FORMS:
        if not (is_public and is_often_public) and pattern.search(value):
            return f"has the form of {form}"
    if any(_has_password(pattern, value) for pattern in URL_PASSWORDS):
        return "has a password in its URL"
    if not is_public and not NO_KEY.match(value) and decoded(value) is None:
        runs = re.findall(rf"[A-Za-z0-9+/=]{{{min_length},}}", DIGEST.sub("", value))
        if any(_is_random(run, min_randomness) for run in runs):
            return "looks random, as keys do"
    return None


def decoded(value: str) -> str | None:
    """The text of several words or lines, or the JSON, that base64 stands for; else `None`."""
    text = _text_of(value)
    return text if text and re.search(r"[\s{]", text) else None


def _text_of(value: str) -> str | None:
    """The text that base64 stands for; `None` where that is not text."""
    try:
        text = base64.b64decode(value, validate=True).decode()
    except ValueError:
        return None
    is_text = all(character.isprintable() or character.isspace() for character in text)
    return text if is_text else None


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
    in_words = sum(len(word) for word in WORD.findall(text) if not VOWELS.isdisjoint(word))
    return is_mixed and in_words <= MOST_WORDS * len(text) and randomness(text) >= min_randomness
