"""Physical names that a provider would make: a head that tells whose name it is, and seven digits.

Seven digits are too few to tell a value by themselves, so a name is known again by all of it.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from pulumi_preflight.outputs.inventions import Origin
from pulumi_preflight.outputs.names import NAME_SUFFIX_DIGITS
from pulumi_preflight.outputs.templates import returned, turned

# At each place, since hexadecimal letters may stand around the digits.
_DIGITS = re.compile(rf"(?=([0-9a-f]{{{NAME_SUFFIX_DIGITS}}}))")
# What the provider puts behind the digits has its form from AWS.
_NAME = re.compile(rf"(.+)([0-9a-f]{{{NAME_SUFFIX_DIGITS}}})(?:\.fifo)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Found:
    """A name that stands in a text.

    Attributes:
        digits: Where its digits begin.
        end: Where its digits end.
        origin: Whose name it is.
    """

    digits: int
    end: int
    origin: Origin


@dataclass(slots=True)
class AutoNames:
    """All such names of one run.

    Attributes:
        _heads: By the digits, what stands before them, and whose name that is.
        _turned: The same by the other digits that stand in their place.
    """

    _heads: dict[str, dict[str, Origin]] = field(default_factory=dict)
    _turned: dict[str, dict[str, Origin]] = field(default_factory=dict)

    def learn(self, origin: Origin, name: str, given: Collection[str]) -> None:
        """Keeps a name; one that the program gave, or that has no digits, tells nothing."""
        found = _NAME.fullmatch(name)
        if found is None or any(found[1] + found[2] in each for each in given):
            return
        head, digits = found.groups()
        self._heads.setdefault(digits, {}).setdefault(head, origin)
        self._turned.setdefault(turned(digits), {}).setdefault(head, origin)

    @property
    def origins(self) -> set[Origin]:
        """The origins of all names."""
        return {origin for heads in self._heads.values() for origin in heads.values()}

    def found_in(self, text: str) -> Iterator[Found]:
        """The names that stand in a text, from left to right."""
        return _found(text, self._heads)

    def otherwise(self, text: str, origins: Collection[Origin]) -> str:
        """A text with other digits in the names of some."""
        for each in self.found_in(text):
            if each.origin in origins:
                digits = turned(text[each.digits : each.end])
                text = f"{text[: each.digits]}{digits}{text[each.end :]}"
        return text

    def as_first(self, text: str) -> str:
        """A text with the made-up digits that other ones stand in place of."""
        for each in _found(text, self._turned):
            digits = returned(text[each.digits : each.end])
            text = f"{text[: each.digits]}{digits}{text[each.end :]}"
        return text


def _found(text: str, names: dict[str, dict[str, Origin]]) -> Iterator[Found]:
    for match in _DIGITS.finditer(text) if names else ():
        heads = names.get(match[1], {})
        # The longest head is that of the whole name: "jobs" stands in "old-jobs" too.
        fitting = [head for head in heads if text.endswith(head, 0, match.start())]
        if fitting:
            head = max(fitting, key=len)
            yield Found(*match.span(1), heads[head])
