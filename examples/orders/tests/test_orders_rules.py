"""The own rule, tested with the pack's kit."""

import pytest

from aws_policy_pack.testing import UNKNOWN, analyze
from orders_rules import table_on_demand


def test_a_table_billed_per_request_passes() -> None:
    assert analyze(table_on_demand, {"billingMode": "PAY_PER_REQUEST"}) == []


@pytest.mark.parametrize(
    ("properties", "actual"),
    [
        pytest.param({"billingMode": "PROVISIONED"}, "'PROVISIONED'", id="provisioned"),
        pytest.param({}, "not set", id="as-aws-sets-it"),
    ],
)
def test_a_table_with_provisioned_capacity_is_refused(
    properties: dict[str, object], actual: str
) -> None:
    (report,) = analyze(table_on_demand, properties)
    assert report.level == "mandatory"
    assert report.message == (
        f"subject: `billingMode` is {actual}; wanted 'PAY_PER_REQUEST'. "
        f"Fix: Set `billingMode` to 'PAY_PER_REQUEST'. {table_on_demand.url}"
    )


def test_a_billing_mode_that_is_not_known_yet_is_said_out_loud() -> None:
    (report,) = analyze(table_on_demand, {"billingMode": UNKNOWN})
    assert not report.was_evaluated
