"""Lines of an estimate: how amounts are shown, and which lines are the dearest."""

from decimal import Decimal

import pytest

from aws_policy_pack.cost.estimate import Estimate, Line, Unpriced, dearest, dollars, money
from aws_policy_pack.testing import Example
from tests.policies.cost.stacks import graph_of

KEYS = graph_of(*(Example(type="aws:kms/key:Key", name=f"key-{n}") for n in range(4))).resources
KEY = KEYS[0]


def line(item: str, base: str, worst: str) -> Line:
    return Line(
        resource=KEY,
        item=item,
        quantity=Decimal(1),
        unit="month",
        unit_price=Decimal(base),
        base=Decimal(base),
        worst=Decimal(worst),
    )


LINES = (line("steady", "3", "3"), line("bursting", "2", "9"), line("by use", "0", "0"))


@pytest.mark.parametrize(
    ("at_worst", "expected"),
    [
        pytest.param(False, ["steady", "bursting"], id="as declared"),
        pytest.param(True, ["bursting", "steady"], id="at worst"),
    ],
)
def test_the_dearest_come_first_and_what_costs_nothing_is_left_out(
    *, at_worst: bool, expected: list[str]
) -> None:
    assert [each.item for each in dearest(LINES, at_worst=at_worst)] == expected


def test_lines_that_cost_the_same_are_in_the_order_of_their_items() -> None:
    lines = [line("b", "1", "1"), line("a", "1", "1")]
    assert [each.item for each in dearest(lines, at_worst=True)] == ["a", "b"]


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        pytest.param("0", "0.00", id="nothing"),
        pytest.param("0.0049", "<0.01", id="less than half a cent is not nothing"),
        pytest.param("0.005", "0.01", id="half a cent is rounded up"),
        pytest.param("1234567.891", "1,234,567.89", id="thousands"),
    ],
)
def test_how_an_amount_is_shown(amount: str, expected: str) -> None:
    assert dollars(Decimal(amount)) == expected


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        pytest.param("0.0000004", "0.000000", id="below half a millionth"),
        pytest.param("0.0000005", "0.000001", id="half a millionth is rounded up"),
        pytest.param("1.2345678", "1.234568", id="to a millionth"),
    ],
)
def test_a_line_is_rounded_to_a_millionth(quantity: str, expected: str) -> None:
    assert money(Decimal(quantity), Decimal(1)) == Decimal(expected)


def test_the_resources_without_a_table_are_told_by_region() -> None:
    unpriced = [
        Unpriced(resource=each, reason="has no price", region=region)
        for each, region in zip(KEYS, ("x-1", "y-1", "x-1", None), strict=True)
    ]
    told = Estimate(region="x-1", dated=None, lines=(), unpriced=tuple(unpriced)).without_table
    assert told == {"x-1": ["key-0", "key-2"], "y-1": ["key-1"]}
