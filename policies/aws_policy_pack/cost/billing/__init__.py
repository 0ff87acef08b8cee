"""Which resource types are free, and which are billed without a price in the tables."""

from collections.abc import Iterable
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
    UNPRICED = "billed, without a price"
    UNLISTED = "in no list"


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
    if type_ in _lines("unpriced.txt"):
        return Billing.UNPRICED
    if any(fnmatchcase(type_, pattern) for pattern in _lines("free.txt")):
        return Billing.FREE
    return Billing.UNLISTED


@cache
def _lines(name: str) -> tuple[str, ...]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))
