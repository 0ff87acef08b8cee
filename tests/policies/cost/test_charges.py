"""What pricing functions say: charges by the month, by the hour, by use."""

from decimal import Decimal

import pytest

from aws_policy_pack.cost.charges import Charge, beyond, hourly, monthly, usage


def quantities(charges: list[Charge]) -> list[tuple[int, int]]:
    return [(int(charge.quantity), int(charge.worst)) for charge in charges]


@pytest.mark.parametrize(
    ("quantity", "worst", "expected"),
    [
        pytest.param(2, None, [(2, 2)], id="no worst case is what is declared"),
        pytest.param(2, 5, [(2, 5)], id="a worst case"),
        pytest.param(5, 2, [(5, 5)], id="a worst case below what is declared"),
        pytest.param(0, 5, [(0, 5)], id="nothing yet"),
        pytest.param(0, 0, [], id="nothing ever"),
        pytest.param(0, None, [], id="nothing declared"),
    ],
)
def test_a_charge_by_the_month(
    quantity: int, worst: int | None, expected: list[tuple[int, int]]
) -> None:
    most = None if worst is None else Decimal(worst)
    assert quantities(list(monthly("key", "kms/key-month", Decimal(quantity), most))) == expected


def test_an_hour_is_charged_730_times_a_month() -> None:
    assert quantities(list(hourly("NAT", "nat/hour", Decimal(2), Decimal(3)))) == [(1460, 2190)]


def test_one_is_charged_where_no_quantity_is_said() -> None:
    assert quantities(list(monthly("key", "kms/key-month"))) == [(1, 1)]
    assert quantities(list(hourly("NAT", "nat/hour"))) == [(730, 730)]


def test_use_counts_nothing_and_says_so() -> None:
    assert usage("requests", "sqs/requests") == Charge(
        item="requests (usage only)", price="sqs/requests", quantity=Decimal(0), worst=Decimal(0)
    )


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        pytest.param(3001, 1, id="one more"),
        pytest.param(3000, 0, id="just as many"),
        pytest.param(2000, 0, id="fewer"),
    ],
)
def test_what_is_included_is_not_charged(units: int, expected: int) -> None:
    assert beyond(Decimal(units), 3000) == expected
