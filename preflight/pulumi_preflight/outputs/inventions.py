"""What preflight makes up, as values, also inside of given blocks: where it stood first."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, TypeVar

from pulumi_preflight.outputs.facts import Facts
from pulumi_preflight.outputs.shapes import Kind, Shape
from pulumi_preflight.outputs.subject import Subject
from pulumi_preflight.stack_context import is_urn, member_of, name_of
from pulumi_preflight.wire import (
    SECRET,
    UNKNOWN,
    Properties,
    PropertyValue,
    json_text,
    mark_of,
    secret,
    without_secret,
)

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A member that was added to a block.

    Attributes:
        path: Where it stands, from the resource's property on.
        value: What was made up.
        is_sure: Whether the provider always sets it; otherwise it may leave it empty, and only the
            program sees it.
    """

    path: Path
    value: PropertyValue
    is_sure: bool

    @property
    def property(self) -> str:
        """The resource's property that it stands in."""
        return str(self.path[0])


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of one resource.

    Attributes:
        facts: What is known of its type.
        nested: Gives the shape of a class.
        make: Makes up the value at a dotted path.
        are_open: Whether the provider may fill any member that the program left out: nobody has
            listed those of its package.
    """

    facts: Facts
    nested: Callable[[str], Shape | None]
    make: Callable[[str, Kind], PropertyValue]
    are_open: bool = False

    def completions(self, outputs: Properties, shape: Shape) -> Iterator[Completion]:
        """What is to be added to outputs that repeat what the program gave."""
        if not self.facts.inside and not self.are_open:
            return
        for property_ in shape:
            if property_.name in outputs:
                value = outputs[property_.name]
                yield from self._inside(value, property_.kind, (property_.name,))

    def _inside(self, value: PropertyValue, kind: Kind, path: Path) -> Iterator[Completion]:
        if isinstance(value, list) and kind.item is not None:
            for index, item in enumerate(value):
                yield from self._inside(item, kind.item, (*path, index))
        elif isinstance(value, dict) and kind.name == "object" and mark_of(value) is None:
            for member in self.nested(kind.reference) or ():
                inner = (*path, member.name)
                if value.get(member.name) is not None:
                    yield from self._inside(value[member.name], member.kind, inner)
                    continue
                is_sure = self.facts.inside.get(_dotted(inner))
                # Nobody knows the keys of a map.
                if is_sure is not None and member.kind.name not in ("map", "any"):
                    made = self.make(".".join(map(str, inner)), member.kind)
                    yield Completion(path=inner, value=made, is_sure=is_sure)
                elif self.are_open:
                    yield Completion(path=inner, value=UNKNOWN, is_sure=False)


def completed(outputs: Properties, completions: Iterable[Completion]) -> Properties:
    """The outputs with members added; the outputs themselves stay as they are."""
    found = dict(outputs)
    for each in completions:
        found[each.property] = with_value(found[each.property], each.path[1:], each.value)
    return found


def with_value(value: PropertyValue, path: Path, made: PropertyValue) -> PropertyValue:
    """A value with another one at a path inside; a value that has no such place stays as it is."""
    if isinstance(value, dict) and mark_of(value) == SECRET:
        return secret(with_value(value.get("value"), path, made))
    if not path:
        return made
    first, *rest = path
    if isinstance(value, dict) and isinstance(first, str):
        return {**value, first: with_value(value.get(first), tuple(rest), made)}
    if isinstance(value, list) and isinstance(first, int) and first < len(value):
        return [
            with_value(item, tuple(rest), made) if index == first else item
            for index, item in enumerate(value)
        ]
    return value


def _dotted(path: Path) -> str:
    return ".".join(part for part in path if isinstance(part, str))


class Filling(StrEnum):
    """How preflight came by an output that the program did not give.

    Attributes:
        TOLD: The user gave it, in `preflight.yaml`.
        FOLLOWS: It follows from what was given, as an ARN does from account, region and name.
        MADE_UP: Nobody knows it before the deployment; it has the form that AWS gives it.
        EMPTY: It was left out, and no table says that AWS leaves it empty.
    """

    TOLD = "told"
    FOLLOWS = "follows"
    MADE_UP = "made-up"
    EMPTY = "empty"


class Origin(NamedTuple):
    """Where a made-up value stood first.

    Attributes:
        urn: The resource, or the token of the function that was answered.
        property: The output, `id` for the resource's id.
    """

    urn: str
    property: str

    def owner(self) -> str:
        """The resource's name, or the function's; empty for the account."""
        return name_of(self.urn) if is_urn(self.urn) else member_of(self.urn)

    def __str__(self) -> str:
        """For a reader: `id of web`."""
        return f"{self.property} of {self.owner()}" if self.urn else self.property


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """What one resource, or answer, has.

    Attributes:
        urn: The resource, or the function's token.
        id: The resource's id.
        outputs: What it shows.
        fillings: How each output came about that was not given.
        completions: What was added to blocks that the program gave.
        given: What the program gave.
        empty: Gives what the outputs that were left empty might be.
    """

    urn: str
    id: str = ""
    outputs: Properties
    fillings: Mapping[str, Filling]
    given: Properties
    completions: tuple[Completion, ...] = ()
    empty: Callable[[], Properties] = dict


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """What is to be made up in another way.

    Attributes:
        origins: The values.
        account: What the made-up account becomes.
        unknown: Whether values that may be anything become unknown: all but those of a known form,
            and truths, which are one of two. Else they become others of their kind.
    """

    origins: Collection[Origin]
    account: str
    unknown: bool = True


ACCOUNT_ORIGIN = Origin("", "account")
UNDECRYPTED = Origin("", "value of the configuration")
"""A secure value of the configuration that is not decrypted."""
OF_NO_OWNER = frozenset({ACCOUNT_ORIGIN, UNDECRYPTED})


_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedSubject(Subject):
    """A subject that notes whether anything was made up for it.

    Attributes:
        name_given: Whether the program gave the physical name.
        id_made_up: Whether the id was made up.
        draws: The paths of what was made up since `filling_of` was asked last.
    """

    name_given: bool
    id_made_up: bool = False
    draws: list[str] = field(default_factory=list, compare=False, repr=False)

    def digits(self, path: str, count: int) -> str:
        """Hexadecimal digits of a property's own."""
        self.draws.append(path)
        # A dataclass with slots is another class than `super()` would look at.
        return Subject.digits(self, path, count)

    def capitals(self, path: str, count: int) -> str:
        """Capital letters and digits of a property's own, as in access key ids."""
        self.draws.append(path)
        return Subject.capitals(self, path, count)

    def made_up(self, path: str, value: _Value) -> _Value:
        """A value that is made up without digits of its own, such as a time or a status."""
        self.draws.append(path)
        return value

    def filling_of(self, value: PropertyValue) -> Filling:
        """How a value came about that was made just now."""
        text = value if isinstance(value, str) else json_text(value)
        is_made_up = (
            bool(self.draws)
            or (self.id_made_up and self.id in text)
            or (not self.name_given and self.name in text)
            or (not self.place.account_known and self.place.account in text)
        )
        self.draws.clear()
        return Filling.MADE_UP if is_made_up else Filling.FOLLOWS


def is_given(name: str, inputs: Properties) -> bool:
    """Whether a physical name stands among the inputs."""
    return any(without_secret(value) == name for value in inputs.values())
