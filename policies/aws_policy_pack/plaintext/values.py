"""The judgement of one setting: what its name and its value say of it."""

import base64
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from fnmatch import translate
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field

from aws_policy_pack.config import RuleConfig
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
    core = [*words]
    while core and (core[-1] in QUALIFIERS or NUMBERED.fullmatch(core[-1])):
        core.pop()
    return any(matches.match("_".join(each)) for each in (words, core))


def words_of(name: str) -> list[str]:
    """The words of a name in capitals."""
    return WORD_BREAK.sub("_", name).upper().strip("_").split("_")


@lru_cache(maxsize=64)
def _matching(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, patterns)) or r"(?!)")


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
    r"""(?isx)
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
    """
)
"""What is not a secret, whatever its name: where one is, a switch, a single digit."""
DIGEST: Final = re.compile(r"\bsha\d+[-:][A-Za-z0-9+/=]+")
LOGIN: Final = re.compile(r"[\w.@-]+:\S+")
NO_KEY: Final = re.compile(r"(?is)arn:|/|.*://|-----BEGIN|ssh-|ecdsa-|data:|pk_(live|test)_")
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
    return bool(LOGIN.fullmatch(value)) and may_be_secret(value.partition(":")[2])


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
    cases = any(map(str.isupper, text)) and any(map(str.islower, text))
    is_mixed = cases and digits >= FEWEST_DIGITS
    in_words = sum(len(word) for word in WORD.findall(text) if not VOWELS.isdisjoint(word))
    return is_mixed and in_words <= MOST_WORDS * len(text) and randomness(text) >= min_randomness


ADDRESS_WORDS: Final = frozenset({"URL", "URI", "ENDPOINT"})


class PlaintextSecrets(RuleConfig):
    """What looks like a secret.

    Names are compared in capitals with underscores. ECS.8 names AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY and ECS_ENGINE_AUTH_DATA, which the globs cover.
    """

    secret_names: tuple[str, ...] = Field(
        default=tuple(NAMES["secret"]),
        description="Globs of the names of secrets, compared without words such as PROD at the "
        "end; where other words follow, as in PASSWORD_ROUNDS, the value must look like a secret "
        "as well",
    )
    harmless_names: tuple[str, ...] = Field(
        default=tuple(NAMES["harmless"]),
        description="Globs of names that only point at a secret or describe it; "
        "their values are still looked at",
    )
    open_names: tuple[str, ...] = Field(
        default=(),
        description="Globs of names whose values are known to be no secrets and are not judged",
    )
    min_random_length: int = Field(
        default=24, ge=8, description="Fewest characters of a text that is judged by its entropy"
    )
    min_randomness: float = Field(
        default=0.87,
        gt=0,
        le=1,
        description="Entropy that counts as random, as a share of the greatest possible",
    )


def sign_of(
    name: str, parts: Iterable[tuple[str, str]], config: PlaintextSecrets
) -> tuple[str, str] | None:
    """What gives a setting away, as the end of a sentence, and the setting that has a say in it.

    Args:
        name: The name of the setting.
        parts: The texts inside with their names, as `places.parts_of` gives them.
        config: What looks like a secret.
    """
    for own, value in parts:
        found = _sign(own, value, config)
        if found is not None:
            sign, setting = found
            return (sign if own == name else f"holds a text that {sign}"), setting
    return None


def _sign(name: str, value: str, config: PlaintextSecrets) -> tuple[str, str] | None:
    if not may_be_secret(value):
        return None
    is_public = is_named(name, IDENTIFIERS)
    if not _is_harmless(name, value, config):
        if is_named(name, config.secret_names):
            return "is a secret by its name", "names: `secretNames`"
        if is_named(name, LOGINS) and is_login(value):
            return "is a user's name and password", "exceptions: `openNames`"
        is_suspect = is_named(name, SUSPECTS)
        if not is_public and (
            (is_suspect and looks_chosen(value))
            or (
                (is_suspect or is_named(name, KEYS))
                and looks_generated(value, min_randomness=config.min_randomness)
            )
        ):
            return "is a secret by its name and its value", "exceptions: `openNames`"
    found = secret_in(
        value,
        min_length=config.min_random_length,
        min_randomness=config.min_randomness,
        is_public=is_public,
    )
    return (found, "exceptions: `openNames`") if found else None


def _is_harmless(name: str, value: str, config: PlaintextSecrets) -> bool:
    return is_named(name, config.harmless_names) or _is_open_address(
        name, value, config.secret_names
    )


def _is_open_address(name: str, value: str, secret_names: tuple[str, ...]) -> bool:
    """Whether a name speaks of an address, and the value is one that holds no secret.

    A secret may stand before the host, or in the query under a name of a secret.
    """
    if ADDRESS_WORDS.isdisjoint(words_of(name)):
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
