"""Where the settings of a service stand in the open, and what is found there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from aws_policy_pack.parts import judge_each
from aws_policy_pack.plaintext.judgement import PlaintextSecrets, sign_of
from aws_policy_pack.plaintext.names import is_named
from aws_policy_pack.plaintext.texts import arguments_of, parts_of
from aws_policy_pack.resource import Properties, Unreadable
from aws_policy_pack.rule import Finding, Findings
from aws_policy_pack.wire import Unknown, Value
from aws_policy_pack.wording import shown

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
