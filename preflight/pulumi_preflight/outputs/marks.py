"""Made-up values that tell themselves wherever they turn up: by digits, or as whole lists."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from pulumi_preflight.outputs.auto_names import AutoNames
from pulumi_preflight.outputs.inventions import (
    ACCOUNT_ORIGIN,
    UNDECRYPTED,
    Origin,
    Other,
)
from pulumi_preflight.outputs.names import NAME_SUFFIX_DIGITS
from pulumi_preflight.outputs.subject import ACCOUNT
from pulumi_preflight.outputs.templates import (
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
from pulumi_preflight.project.config_values import PLACEHOLDER
from pulumi_preflight.stack_context import is_urn, name_of
from pulumi_preflight.wire import MARK, UNKNOWN, PropertyValue, json_text, with_leaves

Short = tuple[tuple[Origin, PropertyValue], ...]
"""Made-up values without digits of their own; `None` stands for all that a property holds."""

_SHORTEST_WORD = 4


@dataclass(frozen=True, slots=True)
class Kept:
    """A resource's values by what they say of an input that depends on the resource."""

    short: Short
    known: frozenset[PropertyValue]


def texts(value: PropertyValue, *more: str) -> list[str]:
    """All texts that a value holds, after those that are given."""
    return [*more, *(atom for atom in atoms_of(value) if isinstance(atom, str))]


def atoms_of(value: PropertyValue) -> list[PropertyValue]:
    """All that a value holds which holds nothing itself; unknown values are left out."""
    if isinstance(value, list):
        return [atom for item in value for atom in atoms_of(item)]
    if isinstance(value, dict):
        inner = (each for name, each in value.items() if name != MARK)
        return [atom for each in inner for atom in atoms_of(each)]
    return [] if value is None or value == UNKNOWN else [value]


def lists_in(value: PropertyValue) -> Iterator[list[PropertyValue]]:
    """All lists that a value holds, itself among them."""
    match value:
        case list():
            yield value
            for item in value:
                yield from lists_in(item)
        case dict():
            for inner in value.values():
                yield from lists_in(inner)
        case _:
            return


def short_in(atoms: Iterable[PropertyValue], kept: Iterable[Kept], *, explained: bool) -> Short:
    """The made-up values without digits of their own that a property's value may come from.

    Where the property depends on a resource with such values, and nothing that the value holds
    says what it comes from, all of it may be made up.
    """
    atoms = list(atoms)
    words = [atom for atom in atoms if isinstance(atom, str)]
    explained = explained or any(
        _holds(atom, known) for each in kept for known in each.known for atom in atoms
    )
    # Beside what says where the value comes from, a number is one by chance.
    looked_at = words if explained else atoms
    found = {
        (origin, made): None
        for each in kept
        for origin, made in each.short
        if any(_holds(atom, made) for atom in looked_at)
    }
    if found or explained:
        return tuple(found)
    return tuple((each.short[0][0], None) for each in kept if each.short)


def is_made_of(atom: PropertyValue, given: Iterable[str], name: str) -> bool:
    """Whether a text without digits of its own holds one that was given.

    Args:
        atom: The text.
        given: What was given.
        name: The logical name, which may be short, since physical names begin with it.
    """
    if not isinstance(atom, str):
        return False
    begins = bool(name) and atom.startswith(name) and not atom[len(name) :][:1].isalnum()
    if begins or any(each in atom for each in given if len(each) >= _SHORTEST_WORD):
        return True
    # An ARN or a URL ends with it; too few digits for a mark, and a name too short to look for.
    return (
        f"{name}-" in atom
        and re.search(rf"\b{re.escape(name)}-[0-9a-f]{{{NAME_SUFFIX_DIGITS}}}\b", atom) is not None
    )


def tells(atom: PropertyValue) -> bool:
    """Whether a value says where it comes from; 0, 1, yes and no are everywhere."""
    if isinstance(atom, str):
        return len(atom) >= _SHORTEST_WORD
    return not isinstance(atom, bool) and atom not in (0, 1)


def _holds(atom: PropertyValue, made: PropertyValue) -> bool:
    if isinstance(atom, str) and isinstance(made, str):
        return atom == made or (len(made) >= _SHORTEST_WORD and made in atom)
    return type(atom) is type(made) and atom == made


def replaced(
    value: PropertyValue, made: Collection[PropertyValue], *, unknown: bool
) -> PropertyValue:
    """The value with others in place of made-up ones; see `Other.unknown`.

    Args:
        value: What holds the made-up values.
        made: The made-up values; `None` is among them where all of `value` may be made up.
        unknown: Whether what may be anything becomes unknown.
    """

    def change(leaf: PropertyValue) -> PropertyValue:
        held = [each for each in made if each is None or _holds(leaf, each)]
        if not held:
            return leaf
        if unknown:
            return opened(leaf)
        if not isinstance(leaf, str) or None in held:
            return varied(leaf)
        for each in held:
            leaf = leaf.replace(str(each), str(varied(each)))
        return leaf

    return with_leaves(value, change)


# What a property gets whose form nobody knows: a name and eight digits.
_FORMLESS = re.compile(rf".*-([0-9a-f]{{{WINDOW}}})", re.DOTALL)
# What holds made-up digits together, such as an id inside an ARN; Python writes numbers with `.0`.
_PIECE = re.compile(r"[0-9A-Za-z]+(?:[-_][0-9A-Za-z]+)*(?:\.0\b)?")
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
# What may stand in a longer text in place of a value that is not decrypted: an account, a name or a
# password. A text that quotes it is told by it.
_OTHER_VALUE = "740817408174"
_NAMING = ("Resource", "NotResource", "Principal", "NotPrincipal")
# Each account that the program names costs a judgement.
_MOST_ACCOUNTS = 3


class Marks:
    """All such values of one run, each with its origin."""

    def __init__(self) -> None:
        """Starts empty."""
        # Every window of eight digits of a made-up text.
        self._windows: dict[str, Origin] = {}
        # The texts that these were learned from, to show a reader where a value ends.
        self._texts: dict[Origin, list[str]] = {}
        self._names = AutoNames()
        self._turned: set[str] = set()
        # Those of documents, of which nobody knows more than that they are JSON, and those of ids
        # whose form nobody knows.
        self._formless: set[str] = set()
        # Numbers of answers, as texts.
        self._numbers: dict[str, Origin] = {}
        # Lists, of which nobody knows how many items they have, as texts.
        self._lists: dict[str, Origin] = {}
        self._named_accounts: dict[str, None] = {}
        self.account_made_up = False
        self._account_answered = False
        # Whether some values of the configuration are placeholders.
        self.holds_placeholders = False

    def learn_text(self, origin: Origin, text: str, given: Collection[str]) -> bool:
        """Keeps the made-up digits of a text; says whether it has any."""
        found, is_formless = False, is_document(text) or _is_formless_id(origin, text, given)
        for run in RUN.findall(text):
            if not any(map(str.isdigit, run)) or any(run in each for each in given):
                continue
            found = True
            if run == ACCOUNT:
                self.account_made_up = True
                self._account_answered |= not is_urn(origin.urn)
                continue
            self._turned.update(windows(turned(run)))
            self._texts.setdefault(origin, []).append(text)
            for window in windows(run):
                self._windows.setdefault(window, origin)
                if is_formless:
                    self._formless.add(window)
        return found

    def learn_name(self, origin: Origin, name: str, given: Collection[str]) -> None:
        """Keeps a physical name that the provider makes, and that has too few digits to tell."""
        self._names.learn(origin, name, given)

    def learn_number(self, origin: Origin, number: PropertyValue) -> bool:
        """Keeps a made-up number; says whether it tells itself."""
        numbers = numbers_in(number)
        self._numbers |= dict.fromkeys(numbers, origin)
        return bool(numbers)

    def learn_list(
        self, origin: Origin, items: list[PropertyValue], given: Collection[str]
    ) -> None:
        """Keeps a made-up list, unless a program may well have the same one of its own."""
        has_digits = any(self.learn_text(origin, text, given) for text in texts(items))
        if has_digits or (len(items) > 1 and not is_urn(origin.urn)):
            self._lists[_in_any_order(items)] = origin

    def note_accounts(self, value: PropertyValue) -> None:
        """Keeps the accounts that a value of the program names."""
        for text in texts(value):
            for account in _ACCOUNT.findall(text):
                is_made_up = any(window in self._windows for window in windows(account))
                if not is_made_up and (account != ACCOUNT or not self._account_answered):
                    self._named_accounts[account] = None

    @property
    def accounts(self) -> tuple[str, ...]:
        """What the made-up account may be as well: one that the program names, where it does."""
        return tuple(self._named_accounts)[:_MOST_ACCOUNTS] or (turned(ACCOUNT),)

    @property
    def origins(self) -> set[Origin]:
        """The origins of all digits."""
        account = {ACCOUNT_ORIGIN} if self.account_made_up else set[Origin]()
        secrets = {UNDECRYPTED} if self.holds_placeholders else set[Origin]()
        digits = {*self._windows.values(), *self._numbers.values()}
        return account.union(secrets, digits, self._names.origins)

    def origins_in(self, value: PropertyValue) -> Iterator[Origin]:
        """The origins of all that a value holds; some of them more than once."""
        if self._lists:
            for items in lists_in(value):
                if (origin := self._lists.get(_in_any_order(items))) is not None:
                    yield origin
        for atom in atoms_of(value):
            if self._numbers:
                for number in numbers_in(atom):
                    if (origin := self._numbers.get(number)) is not None:
                        yield origin
            if isinstance(atom, str):
                if self.holds_placeholders and PLACEHOLDER in atom:
                    yield UNDECRYPTED
                yield from self._origins_of_digits(atom)
                yield from (each.origin for each in self._names.found_in(atom))

    def _origins_of_digits(self, text: str) -> Iterator[Origin]:
        for run in RUN.findall(text):
            if run == ACCOUNT and self.account_made_up:
                yield ACCOUNT_ORIGIN
            for window in windows(run):
                if (origin := self._windows.get(window)) is not None:
                    yield origin

    def otherwise(self, value: PropertyValue, other: Other) -> PropertyValue:
        """The value with other digits in place of the made-up ones.

        Where these do not tell what else a value may be, it is unknown instead: a list, a number or
        a text of an answer, which may be a name, JSON or anything, and what holds a part of a
        document or of an id without a known form.
        """

        def change(leaf: PropertyValue) -> PropertyValue:
            if self._may_be_anything(leaf, other):
                return UNKNOWN if other.unknown else varied(leaf)
            if not isinstance(leaf, str):
                return leaf
            if self.holds_placeholders and UNDECRYPTED in other.origins:
                leaf = leaf.replace(PLACEHOLDER, _OTHER_VALUE)
            leaf = self._names.otherwise(leaf, other.origins)
            return RUN.sub(lambda run: self._turn(run[0], other), leaf)

        if self._lists and other.unknown:
            value = self._without_lists(value, other)
        return with_leaves(value, change)

    def _without_lists(self, value: PropertyValue, other: Other) -> PropertyValue:
        match value:
            case list():
                if self._lists.get(_in_any_order(value)) in other.origins:
                    return UNKNOWN
                return [self._without_lists(item, other) for item in value]
            case dict():
                return {name: self._without_lists(item, other) for name, item in value.items()}
            case _:
                return value

    def _may_be_anything(self, leaf: PropertyValue, other: Other) -> bool:
        if self._numbers and any(
            self._numbers.get(number) in other.origins for number in numbers_in(leaf)
        ):
            return True
        if not isinstance(leaf, str):
            return False
        if self.holds_placeholders and UNDECRYPTED in other.origins and _is_secret(leaf):
            return True
        if not RUN.search(leaf):
            return False
        if found := _FORMLESS.fullmatch(leaf):
            origin = self._windows.get(found[1])
            if origin in other.origins and origin is not None and not is_urn(origin.urn):
                return True
        return bool(self._formless) and any(
            window in self._formless and self._windows[window] in other.origins
            for run in RUN.findall(leaf)
            for window in windows(run)
        )

    def _turn(self, run: str, other: Other) -> str:
        if run == ACCOUNT:
            return other.account if ACCOUNT_ORIGIN in other.origins else run
        return changed(run, turned, lambda window: self._windows.get(window) in other.origins)

    def as_first(self, text: str) -> str:
        """A text with the made-up digits that other ones stand in place of."""
        if self.holds_placeholders:
            text = text.replace(_OTHER_VALUE, PLACEHOLDER)
        text = RUN.sub(
            lambda run: changed(run[0], returned, lambda window: window in self._turned), text
        )
        return self._names.as_first(text)

    def shown(self, text: str) -> str:
        """A text for a reader, with its source in place of each made-up value: `<id of web>`."""
        return _PIECE.sub(lambda piece: self._shown_piece(piece[0]), text)

    def _shown_piece(self, piece: str) -> str:
        for number in numbers_in(piece):
            if (origin := self._numbers.get(number)) is not None:
                return f"<{origin}>"
        parts, done = "", 0
        for start, end, origin in self._places_in(piece):
            if start >= done:
                begin, until = self._whole_value(piece, done, (start, end), origin)
                parts, done = f"{parts}{piece[done:begin]}<{origin}>", until
        return parts + piece[done:]

    def _places_in(self, piece: str) -> Iterator[tuple[int, int, Origin]]:
        """Where made-up digits stand, from left to right.

        Automatic names are shown as a preview shows them: rules speak of their form.
        """
        found: list[tuple[int, int, Origin]] = []
        for run in RUN.finditer(piece):
            if run[0] == ACCOUNT and self.account_made_up and ACCOUNT not in self._named_accounts:
                found.append((*run.span(), ACCOUNT_ORIGIN))
            for place, window in enumerate(windows(run[0]), start=run.start()):
                if (origin := self._windows.get(window)) is not None:
                    found.append((place, place + WINDOW, origin))
        return iter(sorted(found))

    def _whole_value(
        self, piece: str, first: int, place: tuple[int, int], origin: Origin
    ) -> tuple[int, int]:
        """From where to where a made-up value reaches of which some digits stand at a place."""
        start, end = place
        texts = [each for each in self._texts.get(origin, ()) if piece[start:end] in each]
        while end < len(piece) and any(piece[start : end + 1] in each for each in texts):
            end += 1
        while start > first and any(piece[start - 1 : end] in each for each in texts):
            start -= 1
        return start, end


def _is_secret(text: str) -> bool:
    """Whether a text is not decrypted, or a policy document that has such a text for an ARN.

    Elsewhere in a document such a text may be a password, which rules are to see.
    """
    if text == PLACEHOLDER:
        return True
    if f'"{PLACEHOLDER}"' not in text or not is_document(text):
        return False
    return any(PLACEHOLDER in atoms_of(value) for value in _named_things(json.loads(text)))


def _named_things(document: PropertyValue) -> Iterator[PropertyValue]:
    """What the statements of a policy document are about."""
    statements = document.get("Statement") if isinstance(document, dict) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, dict):
            yield from (value for name, value in statement.items() if name in _NAMING)


def _is_formless_id(origin: Origin, text: str, given: Collection[str]) -> bool:
    """Whether a resource's id is its name and eight digits, since no table tells its form."""
    if not is_urn(origin.urn) or origin.property != "id":
        return False
    if (found := _FORMLESS.fullmatch(text)) is None:
        return False
    head = text.removesuffix(f"-{found[1]}")
    return head in given or head.startswith(name_of(origin.urn))


def _in_any_order(items: list[PropertyValue]) -> str:
    """A list as a text that is the same for each order of its items."""
    return ",".join(sorted(map(json_text, items)))
