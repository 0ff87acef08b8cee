"""Quantities and texts for an estimate."""

from decimal import Decimal

import pytest

from aws_policy_pack.cost.charges import amount, given_text, length, needed_amount, needed_text
from aws_policy_pack.resource import Properties, Resource, Unreadable
from aws_policy_pack.wire import UNKNOWN, Value


def properties(value: Value) -> Properties:
    return Properties(lambda: {"it": value})


def resource(value: Value) -> Resource:
    urn = "urn:pulumi:dev::orders::aws:lb/loadBalancer:LoadBalancer::web"
    return Resource(
        lambda: {"it": value}, urn=urn, type="aws:lb/loadBalancer:LoadBalancer", name="web"
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(0, "0", id="nothing"),
        pytest.param(0.5, "0.5", id="a part"),
        pytest.param("7", "7", id="a number as text"),
        pytest.param(1_000_000_000, "1000000000", id="the largest quantity"),
    ],
)
def test_a_quantity_is_exact(value: Value, expected: str) -> None:
    assert amount(properties(value), "it") == Decimal(expected)
    assert needed_amount(properties(value), "it") == Decimal(expected)


def test_a_quantity_that_is_absent_is_the_default() -> None:
    assert amount(properties(None), "it") == 0
    assert amount(properties(None), "it", default=3) == 3


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(-1, "is -1, not a quantity from 0 to 1000000000", id="negative"),
        pytest.param(
            1_000_000_001,
            "is 1000000001, not a quantity from 0 to 1000000000",
            id="out of all proportion",
        ),
        pytest.param(UNKNOWN, "is not known yet", id="unknown"),
    ],
)
def test_what_is_no_quantity_cannot_be_read(value: Value, reason: str) -> None:
    with pytest.raises(Unreadable) as raised:
        amount(properties(value), "it")
    assert raised.value.reason == reason


def test_a_quantity_that_is_needed_and_absent_cannot_be_read() -> None:
    with pytest.raises(Unreadable, match="is not set"):
        needed_amount(properties(None), "it")


def test_an_empty_text_is_not_given() -> None:
    assert given_text(properties("gp3"), "it") == "gp3"
    assert given_text(properties(""), "it") is None
    assert needed_text(properties("gp3"), "it") == "gp3"
    with pytest.raises(Unreadable, match="is not set"):
        needed_text(properties(""), "it")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(["a", UNKNOWN], 2, id="items that are not known"),
        pytest.param([], 0, id="an empty list"),
        pytest.param(None, 0, id="no list"),
    ],
)
def test_items_of_a_list_are_counted(value: Value, expected: int) -> None:
    assert length(resource(value), "it") == expected


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(UNKNOWN, "is not known yet", id="unknown"),
        pytest.param("ab", "is not a list", id="a text"),
        pytest.param(2, "is not a list", id="a number"),
    ],
)
def test_what_is_no_list_is_not_counted(value: Value, reason: str) -> None:
    with pytest.raises(Unreadable) as raised:
        length(resource(value), "it")
    assert raised.value.reason == reason
