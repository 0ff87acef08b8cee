"""Other values of the same form."""

import datetime as dt
import ipaddress
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.outputs.templates import opened, returned, turned, varied
from pulumi_preflight.wire import UNKNOWN, PropertyValue, secret

DIGITS = st.text("0123456789abcdefABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1)


@given(DIGITS)
def test_turned_digits_are_others_of_the_same_kinds(digits: str) -> None:
    other = turned(digits)
    assert all(one != two for one, two in zip(digits, other, strict=True))
    assert [one.isdigit() for one in digits] == [two.isdigit() for two in other]
    assert [one.isupper() for one in digits] == [two.isupper() for two in other]


@given(DIGITS)
def test_what_was_turned_can_be_returned(digits: str) -> None:
    assert returned(turned(digits)) == digits


@given(st.uuids(version=4))
def test_a_turned_uuid_is_one(made: uuid.UUID) -> None:
    first, *middle, last = str(made).split("-")
    assert uuid.UUID("-".join([turned(first), *middle, turned(last)])) != made


@pytest.mark.parametrize(
    ("value", "other"),
    [
        pytest.param(True, False, id="truth"),
        pytest.param(5432.0, 5433.0, id="number"),
        pytest.param("ACTIVE", "ACTIVE-2", id="word"),
        pytest.param("16.4", "16.5", id="version"),
        pytest.param("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", id="time"),
        pytest.param("10.0.0.0/16", "10.1.0.0/16", id="network"),
        pytest.param("2001:db8:1234:1a00::/56", "2001:db9:1234:1a00::/56", id="network-of-ipv6"),
        pytest.param([1.0, {"size": 2.0}], [2.0, {"size": 3.0}], id="nested"),
        pytest.param(secret("pass1"), secret("pass2"), id="secret"),
        pytest.param([], [], id="nothing"),
        pytest.param(None, None, id="null"),
    ],
)
def test_a_varied_value_is_another_of_its_form(value: PropertyValue, other: PropertyValue) -> None:
    assert varied(value) == other


@pytest.mark.parametrize(
    ("value", "other"),
    [
        pytest.param(True, False, id="truth-is-the-other-one"),
        pytest.param(5432.0, UNKNOWN, id="number"),
        pytest.param("ACTIVE", UNKNOWN, id="word"),
        pytest.param([{"size": 2.0}, "", None], [{"size": UNKNOWN}, "", None], id="nested"),
        pytest.param(secret("pass1"), secret(UNKNOWN), id="secret"),
    ],
)
def test_an_opened_value_may_be_anything(value: PropertyValue, other: PropertyValue) -> None:
    assert opened(value) == other


@given(st.ip_addresses(v=4))
def test_a_varied_address_is_one(address: ipaddress.IPv4Address) -> None:
    assert ipaddress.ip_address(varied(str(address))) != address  # type: ignore[arg-type]


@given(st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2098, 12, 31)))
def test_a_varied_date_is_another_year_s(date: dt.date) -> None:
    assert str(varied(date.isoformat())).startswith(str(date.year + 1))
