"""The conditions of policy documents."""

import pytest

from tests.policies.rules.iam_documents import GOOD, document, faults


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param(
            {"Like": {"a": "b"}},
            "`policy.Statement[0].Condition` has the operator 'Like'; wanted an operator of IAM, "
            "such as 'StringEquals'",
            id="operator",
        ),
        pytest.param(
            {"StringEquals": "b"},
            "`policy.Statement[0].Condition.StringEquals` is 'b'; wanted an object of condition "
            "keys",
            id="keys",
        ),
        pytest.param(
            [],
            "`policy.Statement[0].Condition` is a list; wanted an object of operators",
            id="list",
        ),
    ],
)
def test_a_condition_that_iam_does_not_know_is_found(condition: object, expected: str) -> None:
    assert faults(document({**GOOD, "Condition": condition})) == [expected]


@pytest.mark.parametrize(
    "operator",
    [
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "NumericLessThanEquals",
        "DateGreaterThan",
        "DateNotEquals",
        "Bool",
        "BinaryEquals",
        "NotIpAddress",
        "IpAddress",
        "ArnNotLike",
        "ArnEqualsIfExists",
        "ForAllValues:StringEquals",
        "ForAnyValue:StringNotLikeIfExists",
        "Null",
        "stringequals",
    ],
)
def test_every_kind_of_operator_passes(operator: str) -> None:
    assert faults(document({**GOOD, "Condition": {operator: {"aws:a": "b"}}})) == []


@pytest.mark.parametrize("operator", ["NullIfExists", "ForSomeValues:Bool", "StringLikeX", ""])
def test_what_only_looks_like_an_operator_is_found(operator: str) -> None:
    assert faults(document({**GOOD, "Condition": {operator: {"aws:a": "b"}}}))
