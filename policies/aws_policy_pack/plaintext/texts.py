"""The settings that stand inside a text: in JSON, in lines, among options and attributes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from aws_policy_pack.json_text import read_json
from aws_policy_pack.plaintext.values import decoded

SETTING: Final = re.compile(
    r"""(-\s+)?(export\s+)?(?P<quote>["']?)(?P<key>[A-Za-z_][\w.-]*)(?P=quote)
    \s*(=|:(?=\s|$))(?P<value>.*)""",
    re.VERBOSE,
)
"""A line of YAML, or of a file of variables."""
COMMENTS: Final = ("#", "---")
FEWEST_LINES: Final = 2

VALUE: Final = r"""(?P<value>"[^"]*"|'[^']*'|\$?\{+[^{}]*\}+|%?\([^()]*\)s?|[^\s;&,"'`|)}<>]+)"""
ASSIGNED: Final = re.compile(
    rf"""(?:^|(?<=[\s;?&,|({{"'`]))-{{0,2}}(?P<key>[A-Za-z_/][\w./:@-]*)["']?\s*
    (?:=>?\s*|(?P<colon>:\s+)){VALUE}""",
    re.VERBOSE,
)
"""`password=x` of connection strings, queries, attributes and properties; `password: x`."""
OPTION: Final = re.compile(rf"(?:^|(?<=\s))--(?P<key>[A-Za-z][\w.-]*)\s+(?!-){VALUE}")
"""`--password x` of a command line."""
FLAG: Final = re.compile(r"--?(?P<key>[A-Za-z][\w.-]+)")
"""An option whose value is the next word."""
CLIENTS: Final = tuple(
    re.compile(rf"\b{before}{VALUE}")
    for before in (
        r"(?:redis|valkey)-cli\b[^|;&\n]*?\s-a\s+",
        r"sshpass\s+-p\s*",
        r"(?:mysql\w*|mariadb[\w-]*)\b[^|;&\n]*?\s-p",
        r"""curl\b[^|;&\n]*?\s(?:-u\s*|--user[\s=])["']?[^\s:"']*:""",
    )
)
"""Passwords behind options of one letter."""
ELEMENT: Final = re.compile(r"<(?P<key>[A-Za-z_][\w.:-]*)(?:\s[^<>]*)?>(?P<value>[^<>]+)</")
ATTRIBUTES: Final = re.compile(
    r"""\b(?:name|key)=(?P<quote>["'])(?P<key>[^"']+)(?P=quote)\s+value=(?P<value>"[^"]*"|'[^']*')"""
)
"""`<property name="password" value="x"/>` of XML."""

NAME_KEYS: Final = ("name", "key", "Name", "Key")
VALUE_KEYS: Final = ("value", "Value")
REFERENCES: Final = ("PARAMETER_STORE", "SECRETS_MANAGER")
"""Types of variables of CodeBuild whose value is the name of a secret."""


def parts_of(name: str, value: str) -> Iterator[tuple[str, str]]:
    """The texts in a value, each with its name, and the value itself where it is not JSON.

    `user` in the JSON of `DB_LOGIN` is called `DB_LOGIN_user`, an entry of a list as the list. A
    value whose lines all say what something is, as YAML and env files do, is read by its lines.
    What is assigned in another text has the name that it has there.
    """
    if value.lstrip().startswith(("{", "[")):
        try:
            parsed = read_json(value)
        except ValueError:
            parsed = value
        if not isinstance(parsed, str):
            yield from _leaves(name, parsed)
            return
    inner = decoded(value)
    if inner is not None:
        yield from parts_of(name, inner)
        return
    lines = _lines(name, value)
    yield from lines or [(name, value)]
    yield from _assigned(value)


def arguments_of(name: str, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The texts in the words of a command, each with its name, as `parts_of` gives them.

    A word behind an option is called as the option, any other one as the command.
    """
    for word in words:
        yield from parts_of(name, word)
    yield from _of_clients(" ".join(words))
    for option, word in pairwise(words):
        found = FLAG.fullmatch(option)
        if found and not word.startswith("-"):
            yield found["key"], word


def _lines(name: str, value: str) -> list[tuple[str, str]]:
    """The settings in the lines of a value; none where some line is not a setting."""
    stripped = map(str.strip, value.splitlines())
    lines = [line for line in stripped if line and not line.startswith(COMMENTS)]
    found = [each for line in lines if (each := SETTING.fullmatch(line))]
    if len(lines) < FEWEST_LINES or len(found) < len(lines):
        return []
    return [(f"{name}_{each['key']}", each["value"].strip(" \t\"'")) for each in found]


def _assigned(value: str) -> Iterator[tuple[str, str]]:
    value = value.replace("\\n", "\n")  # As variables write a text of several lines in one.
    for pattern in (ASSIGNED, OPTION, ELEMENT, ATTRIBUTES):
        for match in pattern.finditer(value):
            given = match["value"].strip("\"'")
            if match.groupdict().get("colon") and _is_prose(given):
                continue
            yield match["key"], given
    yield from _of_clients(value)


def _of_clients(value: str) -> Iterator[tuple[str, str]]:
    for pattern in CLIENTS:
        for match in pattern.finditer(value):
            yield "password", match["value"].strip("\"'")


def _is_prose(text: str) -> bool:
    """Whether what stands behind a colon may be the next word or number of a sentence."""
    return text.isalpha() or not any(character.isalpha() for character in text)


def _leaves(name: str, value: object) -> Iterator[tuple[str, str]]:
    match value:
        case Mapping():
            if value.get("type") in REFERENCES:
                return
            own = next((value[key] for key in NAME_KEYS if isinstance(value.get(key), str)), None)
            for key, item in value.items():
                is_named = own is not None and key in VALUE_KEYS
                yield from _leaves(f"{name}_{own if is_named else key}", item)
        case list():
            for item in value:
                yield from _leaves(name, item)
        case str():
            yield from parts_of(name, value)
        case bool() | None:
            return
        case _:
            yield name, str(value)
