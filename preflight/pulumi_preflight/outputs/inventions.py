"""What preflight made up in one run, and where it turns up again.

A long made-up text has digits of its own, so a later value that holds them, or a part of them, is
told by its text. A number or a short word is told by the dependencies of the property that it
turns up in: the SDKs send these with each resource, whatever the language.
"""

import re
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pulumi_preflight.outputs.arns import ACCOUNT
from pulumi_preflight.outputs.variation import returned, turned, varied
from pulumi_preflight.urns import is_urn
from pulumi_preflight.wire import MARK, UNKNOWN, Properties, PropertyValue, with_leaves


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


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Where a made-up value stood first.

    Attributes:
        urn: The resource, or the token of the function that was answered.
        property: The output, `id` for the resource's id.
    """

    urn: str
    property: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """What one resource, or answer, has.

    Attributes:
        urn: The resource, or the function's token.
        id: The resource's id.
        outputs: What it shows.
        fillings: How each output came about that was not given.
        given: What the program gave.
        empty: Gives what the outputs that were left empty might be.
    """

    urn: str
    id: str = ""
    outputs: Properties
    fillings: Mapping[str, Filling]
    given: Properties
    empty: Callable[[], Properties] = dict


_Short = tuple[tuple[Origin, PropertyValue], ...]
"""Made-up values without digits of their own; `None` stands for all that a property holds."""

# Shorter runs of digits occur by chance.
_WINDOW = 8
_RUN = re.compile(rf"[0-9a-f]{{{_WINDOW},}}|[0-9A-Z]{{{_WINDOW},}}")
_SHORTEST_WORD = 4
# What a property gets whose form nobody knows: a name and eight digits.
_FORMLESS = re.compile(rf".*-([0-9a-f]{{{_WINDOW}}})", re.DOTALL)
ACCOUNT_ORIGIN = Origin("", "account")
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
# Each account that the program names costs a judgement.
_MOST_ACCOUNTS = 3


@dataclass(frozen=True, slots=True)
class _Kept:
    """A resource's values by what they say of an input that depends on the resource."""

    short: _Short
    known: frozenset[PropertyValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """What is to be made up in another way.

    Attributes:
        origins: The values.
        account: What the made-up account becomes.
    """

    origins: Collection[Origin]
    account: str


class Taint:
    """What is made up in a resource's inputs."""

    def __init__(
        self,
        inventions: "Inventions",
        origins: Mapping[str, Collection[Origin]],
        short: Mapping[str, _Short],
    ) -> None:
        """Takes, by input property, where it comes from and what has no digits of its own."""
        self._inventions = inventions
        self._short = short
        self.properties = tuple(origins)
        self.origins = tuple(sorted({each for found in origins.values() for each in found}))

    def otherwise(self, inputs: Properties, other: Other) -> Properties:
        """The inputs with other values in place of the made-up ones."""
        changed: Properties = {}
        for name, value in inputs.items():
            replaced = self._inventions.otherwise(value, other)
            for origin, made in self._short.get(name, ()):
                if origin in other.origins:
                    replaced = varied(replaced) if made is None else _replaced(replaced, made)
            changed[name] = replaced
        return changed

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
        self._kept: dict[str, _Kept] = {}
        self._invented: dict[str, Invented] = {}
        self._taints: dict[str, Taint] = {}
        self._named_accounts: dict[str, None] = {}
        self._account_made_up = False
        self._account_answered = False

    def learn(self, invented: Invented) -> None:
        """Takes note of a resource, or of an answer."""
        given = list(_texts(invented.given, invented.urn, invented.urn.rpartition("::")[2]))
        short: list[tuple[Origin, PropertyValue]] = []
        known: set[PropertyValue] = set(_atoms(invented.given))
        with self._lock:
            if invented.id:
                self._learn_text(Origin(invented.urn, "id"), invented.id, given)
            for name, filling in invented.fillings.items():
                origin = Origin(invented.urn, name)
                for atom in _atoms(invented.outputs.get(name)):
                    if filling is Filling.TOLD:
                        known.add(atom)
                    elif isinstance(atom, str) and self._learn_text(origin, atom, given):
                        continue
                    elif filling is Filling.FOLLOWS or _is_made_of(atom, given):
                        known.add(atom)
                    else:
                        short.append((origin, atom))
            self._kept[invented.urn] = _Kept(tuple(short), frozenset(filter(_tells, known)))
            self._invented[invented.urn] = invented

    def _learn_text(self, origin: Origin, text: str, given: Collection[str]) -> bool:
        """Keeps the made-up digits of a text; says whether it has any."""
        found = False
        for run in _RUN.findall(text):
            if not any(map(str.isdigit, run)) or any(run in each for each in given):
                continue
            found = True
            if run == ACCOUNT:
                self._account_made_up = True
                self._account_answered |= not is_urn(origin.urn)
                continue
            for window in _windows(run):
                self._windows.setdefault(window, origin)
                self._turned.add(turned(window))
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
        short: dict[str, _Short] = {}
        for name, value in inputs.items():
            atoms = list(_atoms(value))
            digits = {
                origin
                for atom in atoms
                if isinstance(atom, str)
                for origin in self._origins_in(atom)
            }
            kept = [
                self._kept[urn] for urn in sorted(dependencies.get(name, ())) if urn in self._kept
            ]
            if found := _short_in(atoms, kept, explained=bool(digits)):
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
            for text in _texts(value):
                for account in _ACCOUNT.findall(text):
                    if account != ACCOUNT or not self._account_answered:
                        self._named_accounts[account] = None

    def _origins_in(self, text: str) -> Iterator[Origin]:
        for run in _RUN.findall(text):
            if run == ACCOUNT and self._account_made_up:
                yield ACCOUNT_ORIGIN
            for window in _windows(run):
                if (origin := self._windows.get(window)) is not None:
                    yield origin

    @property
    def accounts(self) -> tuple[str, ...]:
        """What the made-up account may be as well: one that the program names, where it does."""
        return tuple(self._named_accounts)[:_MOST_ACCOUNTS] or (turned(ACCOUNT),)

    def otherwise(self, value: PropertyValue, other: Other) -> PropertyValue:
        """The value with other digits in place of the made-up ones.

        A text of an answer whose form nobody knows is unknown instead: it may be a name, JSON or
        anything.
        """

        def change(leaf: PropertyValue) -> PropertyValue:
            if not isinstance(leaf, str):
                return leaf
            if self._is_formless(leaf, other):
                return UNKNOWN
            return _RUN.sub(lambda run: self._turn(run[0], other), leaf)

        return with_leaves(value, change)

    def _is_formless(self, text: str, other: Other) -> bool:
        found = _FORMLESS.fullmatch(text)
        origin = self._windows.get(found[1]) if found else None
        return origin in other.origins and origin is not None and not is_urn(origin.urn)

    def _turn(self, run: str, other: Other) -> str:
        if run == ACCOUNT:
            return other.account if ACCOUNT_ORIGIN in other.origins else run
        return _changed(run, turned, lambda window: self._windows.get(window) in other.origins)

    def as_first(self, text: str) -> str:
        """A text with the made-up digits that other ones stand in place of."""
        return _RUN.sub(
            lambda run: _changed(run[0], returned, lambda window: window in self._turned), text
        )

    def outputs_otherwise(self, urn: str, outputs: Properties, other: Other) -> Properties:
        """Outputs with other values in place of the made-up ones, and with those left empty."""
        invented, taint = self._invented.get(urn), self._taints.get(urn)
        changed = self._repeated(outputs, taint, other)
        if invented is None:
            return changed
        empty = set()
        for name, filling in invented.fillings.items():
            if Origin(urn, name) not in other.origins:
                continue
            if filling is Filling.EMPTY:
                empty.add(name)
            elif filling is Filling.MADE_UP and changed.get(name) == outputs.get(name):
                changed[name] = self._varied_output(outputs[name])
        possible = invented.empty() if empty else {}
        return changed | {name: possible[name] for name in empty if name in possible}

    def _varied_output(self, value: PropertyValue) -> PropertyValue:
        """Another value; one that is made of the account stays where the account does.

        The program may name the very account that is made up, and other resources' inputs repeat
        the value.
        """
        if self._account_made_up and any(ACCOUNT in text for text in _texts(value)):
            return value
        return varied(value)

    def _repeated(self, outputs: Properties, taint: Taint | None, other: Other) -> Properties:
        if taint is not None:
            return taint.otherwise(outputs, other)
        return {name: self.otherwise(value, other) for name, value in outputs.items()}

    @property
    def origins(self) -> tuple[Origin, ...]:
        """All origins, in order."""
        found = {*self._windows.values(), *([ACCOUNT_ORIGIN] if self._account_made_up else [])}
        for invented in self._invented.values():
            found |= {
                Origin(invented.urn, name)
                for name, filling in invented.fillings.items()
                if filling in (Filling.MADE_UP, Filling.EMPTY)
            }
        return tuple(sorted(found))


def _windows(run: str) -> Iterator[str]:
    return (run[start : start + _WINDOW] for start in range(len(run) - _WINDOW + 1))


def _changed(run: str, change: Callable[[str], str], is_made_up: Callable[[str], bool]) -> str:
    """A run of digits with those changed that stand in a made-up window."""
    places = {
        start + step
        for start, window in enumerate(_windows(run))
        if is_made_up(window)
        for step in range(_WINDOW)
    }
    return "".join(change(digit) if place in places else digit for place, digit in enumerate(run))


def _texts(value: PropertyValue, *more: str) -> Iterator[str]:
    yield from more
    yield from (atom for atom in _atoms(value) if isinstance(atom, str))


def _atoms(value: PropertyValue) -> Iterator[PropertyValue]:
    """All that a value holds which holds nothing itself; unknown values are left out."""
    if isinstance(value, list):
        for item in value:
            yield from _atoms(item)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name != MARK:
                yield from _atoms(inner)
    elif value is not None and value != UNKNOWN:
        yield value


def _short_in(atoms: Iterable[PropertyValue], kept: Iterable[_Kept], *, explained: bool) -> _Short:
    """The made-up values without digits of their own that a property's value may come from.

    Where the property depends on a resource with such values, and nothing that the value holds
    says what it comes from, all of it may be made up.
    """
    atoms = list(atoms)
    texts = [atom for atom in atoms if isinstance(atom, str)]
    explained = explained or any(
        _holds(atom, known) for each in kept for known in each.known for atom in atoms
    )
    # Beside what says where the value comes from, a number is one by chance.
    looked_at = texts if explained else atoms
    found = {
        (origin, made): None
        for each in kept
        for origin, made in each.short
        if any(_holds(atom, made) for atom in looked_at)
    }
    if found or explained:
        return tuple(found)
    return tuple((each.short[0][0], None) for each in kept if each.short)


def _is_made_of(atom: PropertyValue, given: Iterable[str]) -> bool:
    """Whether a text without digits of its own holds one that was given, such as a name."""
    return isinstance(atom, str) and any(
        each in atom for each in given if len(each) >= _SHORTEST_WORD
    )


def _tells(atom: PropertyValue) -> bool:
    """Whether a value says where it comes from; 0, 1, yes and no are everywhere."""
    if isinstance(atom, str):
        return len(atom) >= _SHORTEST_WORD
    return not isinstance(atom, bool) and atom not in (0, 1)


def _holds(atom: PropertyValue, made: PropertyValue) -> bool:
    if isinstance(atom, str) and isinstance(made, str):
        return atom == made or (len(made) >= _SHORTEST_WORD and made in atom)
    return type(atom) is type(made) and atom == made


def _replaced(value: PropertyValue, made: PropertyValue) -> PropertyValue:
    """The value with another one in place of a made-up one."""

    def change(leaf: PropertyValue) -> PropertyValue:
        if not _holds(leaf, made):
            return leaf
        if isinstance(leaf, str) and isinstance(made, str):
            return leaf.replace(made, str(varied(made)))
        return varied(leaf)

    return with_leaves(value, change)
