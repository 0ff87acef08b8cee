"""How values and lists of them are written in findings."""

import pytest

from aws_policy_pack.wording import counted, first_few, listed, shown


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(None, "not set", id="nothing"),
        pytest.param(True, "true", id="a flag"),
        pytest.param("a 'b'", "\"a 'b'\"", id="a text"),
        pytest.param(7, "7", id="a number"),
    ],
)
def test_a_value_is_quoted_as_it_was_given(value: object, expected: str) -> None:
    assert shown(value) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([], "nothing", id="none"),
        pytest.param(["a"], "'a'", id="one"),
        pytest.param(["a", 1], "'a', 1", id="two"),
    ],
)
def test_values_are_listed(values: list[object], expected: str) -> None:
    assert listed(values) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param("", "", id="none"),
        pytest.param("a", "a", id="one"),
        pytest.param("abcde", "a, b, c, d, e", id="as many as are named"),
        pytest.param("abcdef", "a, b, c, d, e and 1 more", id="one more"),
        pytest.param("abcdefgh", "a, b, c, d, e and 3 more", id="many"),
    ],
)
def test_of_a_long_list_the_rest_is_counted(texts: str, expected: str) -> None:
    assert first_few(list(texts)) == expected


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 resources"), (1, "1 resource"), (2, "2 resources")]
)
def test_things_are_counted(count: int, expected: str) -> None:
    assert counted(count, "resource") == expected
