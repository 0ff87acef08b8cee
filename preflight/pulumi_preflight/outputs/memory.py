"""What preflight made up in one run, and where it turns up again.

What tells itself is known again by its marks. A number or a short word is told by the dependencies
of the property that it turns up in: the SDKs send these with each resource, whatever the language.
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

from pulumi_preflight.outputs.inventions import Filling, Invented, Origin, Other, with_value
from pulumi_preflight.outputs.marks import (
    Kept,
    Marks,
    Short,
    atoms_of,
    is_made_of,
    replaced,
    short_in,
    tells,
    texts,
)
from pulumi_preflight.outputs.names import name_properties
from pulumi_preflight.outputs.subject import ACCOUNT, subject_kind
from pulumi_preflight.outputs.templates import opened, shares_digits, varied
from pulumi_preflight.stack_context import is_urn, name_of, type_of
from pulumi_preflight.wire import UNKNOWN, Properties, PropertyValue, with_leaves

# A hosted zone has four name servers, and SES gives three tokens; any other list may be of any
# length.
_OF_KNOWN_LENGTH = frozenset({"nameServers", "dkimTokens"})


@dataclass(frozen=True, slots=True)
class WorkedOn:
    """What code of the program worked on.

    Attributes:
        ways: In how many ways it comes to the property, by code or as it is.
        source: Type, name and property of a resource, or the token of a function alone.
    """

    ways: int
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandedOn:
    """What a resource gets as Outputs, by property.

    Attributes:
        functions: The functions whose answers come to it.
        worked_on: What code of the program worked on.
    """

    functions: Mapping[str, Collection[str]] = field(default_factory=dict)
    worked_on: Mapping[str, Collection[WorkedOn]] = field(default_factory=dict)


class Taint:
    """What is made up in a resource's inputs."""

    def __init__(
        self,
        inventions: "Inventions",
        origins: Mapping[str, Collection[Origin]],
        short: Mapping[str, Short],
    ) -> None:
        """Takes, by input property, where it comes from and what has no digits of its own."""
        self._inventions = inventions
        self._short = short
        self.properties = tuple(origins)
        self.origins = tuple(sorted({each for found in origins.values() for each in found}))

    def otherwise(self, inputs: Properties, other: Other) -> Properties:
        """The inputs with other values in place of the made-up ones."""
        other_inputs: Properties = {}
        for name, value in inputs.items():
            another = self._inventions.otherwise(value, other)
            short = self._short.get(name, ())
            made = [each for origin, each in short if origin in other.origins]
            other_inputs[name] = replaced(another, made, unknown=other.unknown)
        return other_inputs

    @property
    def accounts(self) -> tuple[str, ...]:
        """What the made-up account may be as well."""
        return self._inventions.accounts

    def as_first(self, text: str) -> str:
        """A text about such inputs as it would read of the inputs themselves."""
        return self._inventions.as_first(text)


class Inventions:
    """All that was made up in one run; safe from any thread."""

    def __init__(self) -> None:
        """Starts empty."""
        self._lock = threading.Lock()
        self._marks = Marks()
        self._kept: dict[str, Kept] = {}
        self._invented: dict[str, Invented] = {}
        self._taints: dict[str, Taint] = {}
        self._handed_on: dict[tuple[str, str], HandedOn] = {}

    def learn(self, invented: Invented) -> None:
        """Takes note of a resource, or of an answer."""
        urn, marks = invented.urn, self._marks
        name = name_of(urn) if is_urn(urn) else ""
        given = texts(invented.given, urn, name)
        short: list[tuple[Origin, PropertyValue]] = []
        known: set[PropertyValue] = set(atoms_of(invented.given))
        values = [
            *(
                (each, invented.outputs[each], how)
                for each, how in invented.fillings.items()
                if each in invented.outputs
            ),
            *((each.property, each.value, Filling.MADE_UP) for each in invented.completions),
        ]
        with self._lock:
            if invented.id:
                marks.learn_text(Origin(urn, "id"), invented.id, given)
            names = name_properties(subject_kind(type_of(urn))) if is_urn(urn) else ()
            for property_, value, filling in values:
                origin = Origin(urn, property_)
                if filling is Filling.MADE_UP and property_ in names and isinstance(value, str):
                    marks.learn_name(origin, value, given)
                if filling is Filling.MADE_UP and _may_be_of_any_length(value, property_):
                    marks.learn_list(origin, value, given)
                for atom in atoms_of(value):
                    if filling is Filling.TOLD:
                        known.add(atom)
                    elif isinstance(atom, str) and marks.learn_text(origin, atom, given):
                        continue
                    elif filling is Filling.FOLLOWS or is_made_of(atom, given, name):
                        known.add(atom)
                    elif is_urn(urn) or not marks.learn_number(origin, atom):
                        short.append((origin, atom))
            # A function may be asked more than once.
            before = self._kept.get(urn, Kept((), frozenset()))
            self._kept[urn] = Kept(
                (*before.short, *short), before.known.union(filter(tells, known))
            )
            self._invented[urn] = invented

    def learn_placeholders(self) -> None:
        """Takes note that secure values of the configuration are placeholders."""
        self._marks.holds_placeholders = True

    def keep(self, urn: str, taint: Taint) -> None:
        """Takes note of what is made up in a resource's inputs, which its outputs repeat."""
        self._taints[urn] = taint

    def hand_on(self, type_: str, name: str, handed_on: HandedOn) -> None:
        """Takes note of what a resource gets as Outputs."""
        self._handed_on[type_, name] = handed_on

    def taint_of(
        self, urn: str, inputs: Properties, dependencies: Mapping[str, Collection[str]]
    ) -> Taint | None:
        """What is made up in a resource's inputs, `None` where nothing is.

        Args:
            urn: The resource.
            inputs: The inputs.
            dependencies: Input property to the URNs that its value comes from.
        """
        handed_on = self._handed_on.get((type_of(urn), name_of(urn)), HandedOn())
        origins: dict[str, set[Origin]] = {}
        short: dict[str, Short] = {}
        for name, value in inputs.items():
            # What comes from another resource may have the made-up account in it.
            if not dependencies.get(name):
                self._marks.note_accounts(value)
            atoms = atoms_of(value)
            digits = self.origins_in(value)
            come_from = (*sorted(dependencies.get(name, ())), *handed_on.functions.get(name, ()))
            kept = [self._kept[each] for each in dict.fromkeys(come_from) if each in self._kept]
            found = short_in(atoms, kept, explained=bool(digits))
            for each in handed_on.worked_on.get(name, ()):
                if (origin := self._hidden_in(atoms, each, come_from)) is not None:
                    found += ((origin, None),)
            if found:
                short[name] = found
            if made := digits | {origin for origin, _ in found}:
                origins[name] = made
        return Taint(self, origins, short) if origins else None

    def _hidden_in(
        self, atoms: Collection[PropertyValue], worked_on: WorkedOn, come_from: Collection[str]
    ) -> Origin | None:
        """What is made up in a value that code worked on, where the result does not show that."""
        *identity, property_ = worked_on.source
        for urn in come_from:
            is_it = [type_of(urn), name_of(urn)] == identity if is_urn(urn) else urn == property_
            made = [
                origin
                for origin in (self._own_origins(urn) if is_it else ())
                if not identity or origin.property == property_
            ]
            shown = sum(_times_shown(atoms, self._value_of(origin)) for origin in made)
            if made and shown < worked_on.ways:
                return made[0]
        return None

    def _value_of(self, origin: Origin) -> PropertyValue:
        invented = self._invented[origin.urn]
        if origin.property == "id":
            return invented.id
        # The outputs hold what the provider surely adds.
        added = [
            each.value
            for each in invented.completions
            if each.property == origin.property and not each.is_sure
        ]
        return [invented.outputs.get(origin.property), *added]

    @property
    def accounts(self) -> tuple[str, ...]:
        """What the made-up account may be as well: one that the program names, where it does."""
        return self._marks.accounts

    def origins_in(self, value: PropertyValue) -> set[Origin]:
        """The origins of all in a value that tells itself."""
        return set(self._marks.origins_in(value))

    def otherwise(self, value: PropertyValue, other: Other) -> PropertyValue:
        """The value with others in place of those that tell themselves; see `Marks.otherwise`."""
        return self._marks.otherwise(value, other)

    def as_first(self, text: str) -> str:
        """A text with the made-up digits that other ones stand in place of."""
        return self._marks.as_first(text)

    def fillings(self, urn: str) -> Mapping[str, Filling]:
        """How each output of a resource came about that the program did not give."""
        invented = self._invented.get(urn)
        return invented.fillings if invented else {}

    def shown(self, text: str) -> str:
        """A text for a reader, with its source in place of each made-up value: `<id of web>`."""
        return self._marks.shown(text)

    def inputs_otherwise(self, urn: str, inputs: Properties, other: Other) -> Properties:
        """Inputs of a resource, of this or an earlier run, with other values in the same way."""
        return self._repeated(inputs, self._taints.get(urn), other)

    def outputs_otherwise(self, urn: str, outputs: Properties, other: Other) -> Properties:
        """Outputs with other values in place of the made-up ones, and with those left empty."""
        invented, taint = self._invented.get(urn), self._taints.get(urn)
        others = self._repeated(outputs, taint, other)
        if invented is None:
            return others
        empty = set()
        for name, filling in invented.fillings.items():
            if Origin(urn, name) not in other.origins:
                continue
            if filling is Filling.EMPTY:
                empty.add(name)
            elif filling is Filling.MADE_UP and name in outputs:
                others[name] = self._another(Origin(urn, name), outputs[name], other)
        for each in invented.completions:
            if each.is_sure and Origin(urn, each.property) in other.origins:
                another = UNKNOWN if other.unknown else varied(each.value)
                inside = with_value(others.get(each.property), each.path[1:], another)
                others[each.property] = inside
        if other.unknown:
            return others | dict.fromkeys(empty, UNKNOWN)
        possible = invented.empty() if empty else {}
        return others | {name: possible[name] for name in empty if name in possible}

    def _another(self, origin: Origin, value: PropertyValue, other: Other) -> PropertyValue:
        """Another value of an output; a text with another's digits changes with these alone.

        The program may name the very account that is made up, and other resources' inputs repeat
        the text.
        """
        if other.unknown and _may_be_of_any_length(value, origin.property):
            return UNKNOWN
        short = {made for each, made in self._kept[origin.urn].short if each == origin}

        def change(leaf: PropertyValue) -> PropertyValue:
            digits = self.otherwise(leaf, other)
            if digits != leaf:
                return digits
            if leaf in short:
                return opened(leaf) if other.unknown else varied(leaf)
            is_kept = isinstance(leaf, str) and (
                (self._marks.account_made_up and ACCOUNT in leaf) or bool(self.origins_in(leaf))
            )
            # What is made of a given name has that form.
            return varied(leaf) if leaf is value and not is_kept else leaf

        return with_leaves(value, change)

    def _repeated(self, outputs: Properties, taint: Taint | None, other: Other) -> Properties:
        if taint is not None:
            return taint.otherwise(outputs, other)
        return {name: self.otherwise(value, other) for name, value in outputs.items()}

    @property
    def origins(self) -> tuple[Origin, ...]:
        """All origins, in order."""
        found = self._marks.origins
        for urn in self._invented:
            found.update(self._own_origins(urn))
        return tuple(sorted(found))

    def origins_of(self, urn: str) -> Collection[Origin]:
        """The origins of what a resource holds, in its inputs and outputs."""
        taint = self._taints.get(urn)
        return {*self._own_origins(urn), *(taint.origins if taint else ())}

    def _own_origins(self, urn: str) -> Iterator[Origin]:
        invented = self._invented.get(urn)
        if invented is None:
            return
        if invented.id:
            yield Origin(urn, "id")
        for name, filling in invented.fillings.items():
            if filling in (Filling.MADE_UP, Filling.EMPTY):
                yield Origin(urn, name)
        for property_ in dict.fromkeys(each.property for each in invented.completions):
            yield Origin(urn, property_)


def _times_shown(atoms: Iterable[PropertyValue], value: PropertyValue) -> int:
    """How often another value holds a made-up one, or a part of it."""
    words = [atom for atom in atoms if isinstance(atom, str) and tells(atom)]
    return sum(
        word.count(each) or (word in each) or shares_digits(word, each)
        for each in texts(value)
        if tells(each)
        for word in words
    )


def _may_be_of_any_length(value: PropertyValue, name: str) -> TypeGuard[list[PropertyValue]]:
    """Whether nobody knows how many items a made-up value of a property has."""
    return isinstance(value, list) and name not in _OF_KNOWN_LENGTH
