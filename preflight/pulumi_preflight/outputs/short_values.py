"""Made-up values without digits of their own: numbers, words, truths, and what is made of them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from pulumi_preflight.outputs.inventions import Origin
from pulumi_preflight.outputs.variation import opened, varied
from pulumi_preflight.wire import MARK, UNKNOWN, PropertyValue, with_leaves

Short = tuple[tuple[Origin, PropertyValue], ...]
"""Made-up values without digits of their own; `None` stands for all that a property holds."""

_SHORTEST_WORD = 4


@dataclass(frozen=True, slots=True)
class Kept:
    """A resource's values by what they say of an input that depends on the resource."""

    short: Short
    known: frozenset[PropertyValue]


def texts(value: PropertyValue, *more: str) -> Iterator[str]:
    """All texts that a value holds, after those that are given."""
    yield from more
    yield from (atom for atom in atoms_of(value) if isinstance(atom, str))


def atoms_of(value: PropertyValue) -> Iterator[PropertyValue]:
    """All that a value holds which holds nothing itself; unknown values are left out."""
    if isinstance(value, list):
        for item in value:
            yield from atoms_of(item)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name != MARK:
                yield from atoms_of(inner)
    elif value is not None and value != UNKNOWN:
        yield value


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
    return begins or any(each in atom for each in given if len(each) >= _SHORTEST_WORD)


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
