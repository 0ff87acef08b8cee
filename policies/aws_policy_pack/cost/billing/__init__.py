"""Which resource types are free, bill their use alone, or are billed without a price here."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
OURS: Final = ("aws:", "aws-native:")
"""Beginnings of the types that are billed by AWS at all; components have other ones."""


class Billing(StrEnum):
    """What is known of a type that has no pricing function."""

    ELSEWHERE = "not billed by AWS"
    FREE = "free"
    BY_USE = "billed by use alone"
    UNPRICED = "billed, without a price"
    UNLISTED = "in no list"


LISTS: Final = {
    "unpriced.txt": Billing.UNPRICED,
    "by_use.txt": Billing.BY_USE,
    "free.txt": Billing.FREE,
}
"""The lists of types, each with its source and day; no type is in two."""


def billing_of(type_: str, free: Iterable[str] = ()) -> Billing:
    """What is known of a type that has no pricing function.

    Args:
        type_: The type token.
        free: Types or globs that the user knows to be free.
    """
    if not type_.startswith(OURS):
        return Billing.ELSEWHERE
    if any(fnmatchcase(type_, pattern) for pattern in free):
        return Billing.FREE
    return _listed(type_)


@cache
def _listed(type_: str) -> Billing:
    found = (billing for name, billing in LISTS.items() if type_ in tokens_of(name))
    return next(found, Billing.UNLISTED)


@cache
def tokens_of(name: str) -> frozenset[str]:
    """The tokens of a list."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return frozenset(
        token for line in lines if line and not line.startswith("#") for token in _spelt(line)
    )


def _spelt(line: str) -> Iterator[str]:
    """The tokens of a line: `aws:ses Template` stands for `aws:ses/template:Template`."""
    module, *types = line.split()
    if not types:
        yield module
    for type_ in types:
        yield f"{module}/{type_[0].lower()}{type_[1:]}:{type_}"
