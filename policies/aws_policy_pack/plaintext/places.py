"""Where the settings of a service stand in the open, also in texts, and what is found there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from typing import Final

from aws_policy_pack.plaintext.values import PlaintextSecrets, decoded, is_named, sign_of
from aws_policy_pack.resource import Properties, Unreadable
from aws_policy_pack.rule import Finding, Findings, judge_each
from aws_policy_pack.wire import Unknown, Value, read_json
from aws_policy_pack.wording import shown

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
    found = list(map(SETTING.fullmatch, lines))
    if len(lines) < FEWEST_LINES or None in found:
        return []
    return [(f"{name}_{each['key']}", each["value"].strip(" \t\"'")) for each in found if each]


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


STORED: Final = "Keep it in Secrets Manager or as a SecureString in Parameter Store"
"""What to do with a secret in any place; where to name it there follows."""


class Shape(Enum):
    """How settings stand at a place."""

    MAP = auto()
    """An object of values by their names."""
    ENTRIES = auto()
    """A list of objects, each with a `name` and a `value`."""
    WORDS = auto()
    """The words of a command."""
    TEXT = auto()
    """One text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of settings.

    Attributes:
        path: Its path; on the way objects, lists of objects and JSON text of either may stand.
        shape: How settings stand there.
        fix: What to do with a secret that is found there, as a sentence without the full stop.
        what: What a setting is called.
        named: The property beside a text that names it.
        open_types: The words of `type` beside a value under which all may read the value; any
            where empty.
    """

    path: str
    shape: Shape
    fix: str
    what: str = "variable"
    named: str = ""
    open_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """What has places of settings: a resource, or a container of one.

    Attributes:
        properties: Its properties.
        rule: The id of the rule that judges it.
        label: What a finding calls it; empty for the resource itself.
        is_secret: Whether all of it is a secret; findings then count what they would name.
    """

    properties: Properties
    rule: str
    label: str = ""
    is_secret: bool = False


def judge_places(holder: Holder, places: tuple[Place, ...], config: PlaintextSecrets) -> Findings:
    """Judges each setting by its name and its value, which no finding contains."""
    yield from judge_each(places, lambda place: _judge_place(holder, place, config))


def _judge_place(holder: Holder, place: Place, config: PlaintextSecrets) -> Findings:
    *steps, last = place.path.split(".")
    for owner in _reached(holder.properties, steps):
        found = _Found(holder=holder, place=place, config=config, owner=owner, last=last)
        yield from found.judge()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A place in one object."""

    holder: Holder
    place: Place
    config: PlaintextSecrets
    owner: Properties
    last: str

    def judge(self) -> Findings:
        owner = _spelt(self.owner, self.last)
        match self.place.shape:
            case Shape.MAP:
                settings = owner.object(self.last)
                yield from judge_each(
                    enumerate(settings.keys(), start=1),
                    lambda numbered: self._judge_value(*numbered, settings),
                )
            case Shape.ENTRIES:
                yield from judge_each(
                    enumerate(owner.objects(self.last), start=1),
                    lambda numbered: self._judge_entry(*numbered),
                )
            case Shape.WORDS:
                words = owner.texts(self.last)
                yield from self._say(self.last, arguments_of(self.last, words), self._own_label())
            case Shape.TEXT:
                yield from self._judge_text(owner)

    def _judge_value(self, number: int, name: str, settings: Properties) -> Findings:
        value = _text(settings.values[name], f"{settings.path}.{name}")
        yield from self._judge_named(number, name, value)

    def _judge_entry(self, number: int, entry: Properties) -> Findings:
        entry = _spelt(entry, "name", "value", "type")
        if self._is_open(entry):
            value = _text(entry.values.get("value"), f"{entry.path}.value")
            yield from self._judge_named(number, entry.text("name") or "", value)

    def _judge_text(self, owner: Properties) -> Findings:
        if not owner.has(self.last) or not self._is_open(owner):
            return
        name = owner.text(self.place.named) if self.place.named else None
        text = owner.text(self.last) or ""
        if name is None:
            yield from self._say(self.last, parts_of(self.last, text), self._own_label())
        else:
            yield from self._judge_named(1, name, text)

    def _judge_named(self, number: int, name: str, value: str) -> Findings:
        if is_named(name, self.config.open_names):
            return
        which = number if self.holder.is_secret else shown(name)
        of = self._of()
        yield from self._say(name, parts_of(name, value), f"{self.place.what} {which}{of}")

    def _say(self, name: str, parts: Iterator[tuple[str, str]], part: str) -> Findings:
        found = sign_of(name, parts, self.config)
        if found:
            sign, setting = found
            article = "" if self.holder.is_secret or part.startswith("`") else "the "
            yield Finding(
                problem=f"{article}{part} {sign}",
                part=part,
                wanted=f"no secret in `{self.place.path}` ({setting} of {self.holder.rule})",
                fix=self.place.fix,
            )

    def _is_open(self, owner: Properties) -> bool:
        kind = owner.text("type") if self.place.open_types else None
        return kind is None or kind in self.place.open_types

    def _own_label(self) -> str:
        """What a command or a text is called, which has no name but that of its property."""
        if self.holder.label:
            return f"`{self.place.path}` of {self.holder.label}"
        return f"`{f'{self.owner.path}.{self.last}'.strip('.')}`"

    def _of(self) -> str:
        """Tells the settings of one entry of a list from those of the next."""
        if self.holder.label:
            return f" of {self.holder.label}"
        return f" of `{self.owner.path}`" if "[" in self.owner.path else ""


def _reached(owner: Properties, steps: list[str]) -> Iterator[Properties]:
    """The objects at the end of a path; each step leads to an object or a list of them."""
    if not steps:
        yield owner
        return
    first, *others = steps
    for each in _spelt(owner, first).objects(first):
        yield from _reached(each, others)


def _spelt(owner: Properties, *keys: str) -> Properties:
    """The object with these keys as they are written here.

    JSON text may have them in any case, since the provider decodes it with Go's `encoding/json`.
    """
    known: Final = {key.lower(): key for key in keys}

    def spelling(values: Mapping[str, Value]) -> Mapping[str, Value]:
        return {known.get(given.lower(), given): value for given, value in values.items()}

    return owner.respelt(spelling)


def _text(value: Value, path: str) -> str:
    match value:
        case Unknown():
            raise Unreadable(path, "is not known yet")
        case str():
            return value
        case None | bool():
            return ""
        case int() | float():
            return str(value)
        case _:
            raise Unreadable(path, "is not text")
