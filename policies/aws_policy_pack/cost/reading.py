"""Reads quantities and texts for an estimate.

A number out of all proportion is not a quantity: it would drown the total, so it is unreadable.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from aws_policy_pack.resource import Properties, Resource, Unreadable
from aws_policy_pack.wire import Unknown

MOST: Final = 10**9
"""The largest number that is taken for a quantity."""


def amount(properties: Properties, path: str, default: int = 0) -> Decimal:
    """A number that is not negative; the default where it is absent.

    Raises:
        Unreadable: It is not known, no number, negative or out of all proportion.
    """
    number = properties.number(path)
    if number is None:
        return Decimal(default)
    if not 0 <= number <= MOST:
        raise Unreadable(path, f"is {number:.12g}, not a quantity from 0 to {MOST}")
    return Decimal(str(number))


def needed_amount(properties: Properties, path: str) -> Decimal:
    """A number as `amount` reads it, which must be there.

    Raises:
        Unreadable: It is absent, or `amount` cannot read it.
    """
    if not properties.has(path):
        raise Unreadable(path, "is not set")
    return amount(properties, path)


def given_text(properties: Properties, path: str) -> str | None:
    """A text; `None` where it is absent or empty, as providers show what is not set."""
    return properties.text(path) or None


def needed_text(properties: Properties, path: str) -> str:
    """A text that must be there.

    Raises:
        Unreadable: It is absent, empty, not known or no text.
    """
    text = given_text(properties, path)
    if text is None:
        raise Unreadable(path, "is not set")
    return text


def length(resource: Resource, key: str) -> Decimal:
    """How many items a list has, though they may not be known yet; 0 where it is absent.

    Raises:
        Unreadable: The list itself is not known.
    """
    value = resource.values.get(key)
    if isinstance(value, Unknown):
        raise Unreadable(key, "is not known yet")
    if value is None:
        return Decimal(0)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return Decimal(len(value))
    raise Unreadable(key, "is not a list")
