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
    assert faults(document({**GOOD, "Condition": {operator: {"aws:a": "2030"}}})) == []


AT = "policy.Statement[0].Condition"
A_DATE = "a date such as '2030-12-31T00:00:00Z'"
A_VALUE = "a text, a number, or true or false"


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        pytest.param("StringEquals", {"a": "b"}, f"is an object; wanted {A_VALUE}", id="object"),
        pytest.param("StringEquals", None, f"is null; wanted {A_VALUE}", id="null"),
        pytest.param("Bool", [True, ["a"]], f"has a list; wanted {A_VALUE}", id="list in a list"),
        pytest.param("Null", ["true", None], f"has null; wanted {A_VALUE}", id="null in a list"),
        pytest.param("DateGreaterThan", "tomorrow", f"is 'tomorrow'; wanted {A_DATE}", id="word"),
        pytest.param("DateLessThan", ["2030-01-01", "x"], f"has 'x'; wanted {A_DATE}", id="second"),
        pytest.param("ForAnyValue:DateEquals", "", f"is ''; wanted {A_DATE}", id="of several"),
        pytest.param(
            "datenotequalsifexists", "1/2/2030", f"is '1/2/2030'; wanted {A_DATE}", id="/"
        ),
    ],
)
def test_a_value_that_no_operator_compares_is_found(
    operator: str, values: object, expected: str
) -> None:
    policy = document({**GOOD, "Condition": {operator: {"aws:a": values}}})
    assert faults(policy) == [f"`{AT}.{operator}.aws:a` {expected}"]


@pytest.mark.parametrize(
    "date",
    [
        *("2030", "2030-12", "2030-12-31", "2030-12-31T23:59Z", "2030-12-31t23:59:59.5z"),
        *("2030-12-31T23:59:59+01:00", "2030-12-31T23:59:59", "1893456000", 1893456001),
    ],
)
def test_a_date_passes(date: object) -> None:
    assert (
        faults(document({**GOOD, "Condition": {"DateLessThan": {"aws:CurrentTime": date}}})) == []
    )


@pytest.mark.parametrize("value", ["a", 3600, 0.5, True, ["a", 1, False], []])
def test_texts_numbers_and_truths_are_values(value: object) -> None:
    assert faults(document({**GOOD, "Condition": {"StringEquals": {"aws:a": value}}})) == []


@pytest.mark.parametrize("operator", ["NullIfExists", "ForSomeValues:Bool", "StringLikeX", ""])
def test_what_only_looks_like_an_operator_is_found(operator: str) -> None:
    assert faults(document({**GOOD, "Condition": {operator: {"aws:a": "b"}}}))
