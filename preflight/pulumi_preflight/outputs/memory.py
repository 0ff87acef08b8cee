"""What preflight made up in one run, and where it turns up again.

A long made-up text has digits of its own, so a later value that holds them, or a part of them, is
told by its text. A number or a short word is told by the dependencies of the property that it
turns up in: the SDKs send these with each resource, whatever the language. An answer of a function
comes without dependencies, so its numbers have five digits where a number may.
"""

import re
import threading
from collections.abc import Collection, Iterator, Mapping

from pulumi_preflight.outputs.arns import ACCOUNT
from pulumi_preflight.outputs.inventions import ACCOUNT_ORIGIN, Filling, Invented, Origin, Other
from pulumi_preflight.outputs.short_values import (
    Kept,
    Short,
    atoms_of,
    is_made_of,
    replaced,
    short_in,
    tells,
    texts,
)
from pulumi_preflight.outputs.variation import (
    RUN,
    WINDOW,
    changed,
    is_document,
    numbers_in,
    opened,
    returned,
    turned,
    varied,
    windows,
)
from pulumi_preflight.urns import is_urn, name_of
from pulumi_preflight.wire import UNKNOWN, Properties, PropertyValue, with_leaves

# What a property gets whose form nobody knows: a name and eight digits.
_FORMLESS = re.compile(rf".*-([0-9a-f]{{{WINDOW}}})", re.DOTALL)
# What holds made-up digits together, such as an id inside an ARN; Python writes numbers with `.0`.
_PIECE = re.compile(r"[0-9A-Za-z]+(?:[-_][0-9A-Za-z]+)*(?:\.0\b)?")
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
# Each account that the program names costs a judgement.
_MOST_ACCOUNTS = 3


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
            for origin, made in self._short.get(name, ()):
                if origin in other.origins:
                    another = replaced(another, made, unknown=other.unknown)
            other_inputs[name] = another
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
        # Every window of eight digits of a made-up text.
        self._windows: dict[str, Origin] = {}
        self._turned: set[str] = set()
        # Those of documents, of which nobody knows more than that they are JSON.
        self._documents: set[str] = set()
        # Numbers of answers, as texts.
        self._numbers: dict[str, Origin] = {}
        self._kept: dict[str, Kept] = {}
        self._invented: dict[str, Invented] = {}
        self._taints: dict[str, Taint] = {}
        self._named_accounts: dict[str, None] = {}
        self._account_made_up = False
        self._account_answered = False

    def learn(self, invented: Invented) -> None:
        """Takes note of a resource, or of an answer."""
        urn = invented.urn
        name = name_of(urn) if is_urn(urn) else ""
        given = list(texts(invented.given, urn, name))
        short: list[tuple[Origin, PropertyValue]] = []
        known: set[PropertyValue] = set(atoms_of(invented.given))
        with self._lock:
            if invented.id:
                self._learn_text(Origin(urn, "id"), invented.id, given)
            for property_, filling in invented.fillings.items():
                origin = Origin(urn, property_)
                for atom in atoms_of(invented.outputs.get(property_)):
                    if filling is Filling.TOLD:
                        known.add(atom)
                    elif isinstance(atom, str) and self._learn_text(origin, atom, given):
                        continue
                    elif filling is Filling.FOLLOWS or is_made_of(atom, given, name):
                        known.add(atom)
                    elif not is_urn(urn) and (numbers := numbers_in(atom)):
                        self._numbers |= dict.fromkeys(numbers, origin)
                    else:
                        short.append((origin, atom))
            self._kept[urn] = Kept(tuple(short), frozenset(filter(tells, known)))
            self._invented[urn] = invented

    def _learn_text(self, origin: Origin, text: str, given: Collection[str]) -> bool:
        """Keeps the made-up digits of a text; says whether it has any."""
        found, as_document = False, is_document(text)
        for run in RUN.findall(text):
            if not any(map(str.isdigit, run)) or any(run in each for each in given):
                continue
            found = True
            if run == ACCOUNT:
                self._account_made_up = True
                self._account_answered |= not is_urn(origin.urn)
                continue
            for window in windows(run):
                self._windows.setdefault(window, origin)
                self._turned.add(turned(window))
                if as_document:
                    self._documents.add(window)
        return found

    def keep(self, urn: str, taint: Taint) -> None:
        """Takes note of what is made up in a resource's inputs, which its outputs repeat."""
        self._taints[urn] = taint

    def taint_of(
        self, inputs: Properties, dependencies: Mapping[str, Collection[str]]
    ) -> Taint | None:
        """What is made up in a resource's inputs, `None` where nothing is.

        Args:
            inputs: The inputs.
            dependencies: Input property to the URNs that its value comes from.
        """
        self._note_accounts(inputs, dependencies)
        origins: dict[str, set[Origin]] = {}
        short: dict[str, Short] = {}
        for name, value in inputs.items():
            atoms = list(atoms_of(value))
            digits = {origin for atom in atoms for origin in self._origins_in(atom)}
            kept = [
                self._kept[urn] for urn in sorted(dependencies.get(name, ())) if urn in self._kept
            ]
            if found := short_in(atoms, kept, explained=bool(digits)):
                short[name] = found
            if made := digits | {origin for origin, _ in found}:
                origins[name] = made
        return Taint(self, origins, short) if origins else None

    def _note_accounts(
        self, inputs: Properties, dependencies: Mapping[str, Collection[str]]
    ) -> None:
        """Keeps the accounts that the program names."""
        for name, value in inputs.items():
            # What comes from another resource may have the made-up account in it.
            if dependencies.get(name):
                continue
            for text in texts(value):
                for account in _ACCOUNT.findall(text):
                    if account != ACCOUNT or not self._account_answered:
                        self._named_accounts[account] = None

    def _origins_in(self, atom: PropertyValue) -> Iterator[Origin]:
        if self._numbers:
            for number in numbers_in(atom):
                if (origin := self._numbers.get(number)) is not None:
                    yield origin
        if isinstance(atom, str):
            yield from self._origins_of_digits(atom)

    def _origins_of_digits(self, text: str) -> Iterator[Origin]:
        for run in RUN.findall(text):
            if run == ACCOUNT and self._account_made_up:
                yield ACCOUNT_ORIGIN
            for window in windows(run):
                if (origin := self._windows.get(window)) is not None:
                    yield origin

    @property
    def accounts(self) -> tuple[str, ...]:
        """What the made-up account may be as well: one that the program names, where it does."""
        return tuple(self._named_accounts)[:_MOST_ACCOUNTS] or (turned(ACCOUNT),)

    def otherwise(self, value: PropertyValue, other: Other) -> PropertyValue:
        """The value with other digits in place of the made-up ones.

        Where these do not tell what else a value may be, it is unknown instead: a number or a text
        of an answer, which may be a name, JSON or anything, and what holds a part of a document.
        """

        def change(leaf: PropertyValue) -> PropertyValue:
            if self._may_be_anything(leaf, other):
                return UNKNOWN if other.unknown else varied(leaf)
            if not isinstance(leaf, str):
                return leaf
            return RUN.sub(lambda run: self._turn(run[0], other), leaf)

        return with_leaves(value, change)

    def _may_be_anything(self, leaf: PropertyValue, other: Other) -> bool:
        if self._numbers and any(
            self._numbers.get(number) in other.origins for number in numbers_in(leaf)
        ):
            return True
        if not isinstance(leaf, str):
            return False
        if found := _FORMLESS.fullmatch(leaf):
            origin = self._windows.get(found[1])
            if origin in other.origins and origin is not None and not is_urn(origin.urn):
                return True
        return bool(self._documents) and any(
            window in self._documents and self._windows[window] in other.origins
            for run in RUN.findall(leaf)
            for window in windows(run)
        )

    def _turn(self, run: str, other: Other) -> str:
        if run == ACCOUNT:
            return other.account if ACCOUNT_ORIGIN in other.origins else run
        return changed(run, turned, lambda window: self._windows.get(window) in other.origins)

    def as_first(self, text: str) -> str:
        """A text with the made-up digits that other ones stand in place of."""
        return RUN.sub(
            lambda run: changed(run[0], returned, lambda window: window in self._turned), text
        )

    def shown(self, text: str) -> str:
        """A text for a reader, with its source in place of each made-up value: `<id of web>`."""

        def source(piece: re.Match[str]) -> str:
            for origin in self._origins_in(piece[0]):
                if origin != ACCOUNT_ORIGIN:
                    return f"<{origin}>"
                if ACCOUNT not in self._named_accounts:
                    return piece[0].replace(ACCOUNT, f"<{origin}>")
            return piece[0]

        return _PIECE.sub(source, text)

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
        if other.unknown:
            return others | dict.fromkeys(empty, UNKNOWN)
        possible = invented.empty() if empty else {}
        return others | {name: possible[name] for name in empty if name in possible}

    def _another(self, origin: Origin, value: PropertyValue, other: Other) -> PropertyValue:
        """Another value of an output; a text that holds the account stays where the account does.

        The program may name the very account that is made up, and other resources' inputs repeat
        the text.
        """
        if isinstance(value, list) and other.unknown:
            # Nobody knows how many there are.
            return UNKNOWN
        short = {made for each, made in self._kept[origin.urn].short if each == origin}

        def change(leaf: PropertyValue) -> PropertyValue:
            digits = self.otherwise(leaf, other)
            if digits != leaf:
                return digits
            if leaf in short:
                return opened(leaf) if other.unknown else varied(leaf)
            is_kept = self._account_made_up and isinstance(leaf, str) and ACCOUNT in leaf
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
        found = {*self._windows.values(), *([ACCOUNT_ORIGIN] if self._account_made_up else [])}
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
