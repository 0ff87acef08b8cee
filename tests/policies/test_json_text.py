"""JSON text is read as the providers read it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_policy_pack.wire import read_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(value=VALUES)
def test_what_json_writes_is_read_as_it_was(value: object) -> None:
    assert read_json(json.dumps(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 200 + "]" * 200, id="lists"),
        pytest.param('{"a":' * 199 + "1" + "}" * 199, id="objects"),
    ],
)
def test_the_deepest_text_is_read(text: str) -> None:
    assert read_json(text) == json.loads(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("NaN", "NaN is not a number of JSON", id="nan"),
        pytest.param("[-Infinity]", "-Infinity is not a number of JSON", id="infinity"),
        pytest.param("1e999", "1e999 is out of the range of numbers", id="fraction"),
        pytest.param("1" * 400, "1" * 20 + "... is out of the range of numbers", id="whole"),
        pytest.param(
            "-" + "1" * 19 + "e999", "-" + "1" * 19 + "... is out", id="longer-than-shown"
        ),
        pytest.param("1" * 16 + "e999", "1" * 16 + "e999 is out", id="as-long-as-shown"),
        pytest.param("[" * 100_000, "too deeply nested", id="deep"),
        pytest.param("[" * 201 + "]" * 201, "too deeply nested", id="a-level-too-deep"),
        pytest.param('{"a":' * 201 + "1" + "}" * 201, "too deeply nested", id="objects-too-deep"),
    ],
)
def test_what_is_no_json_of_a_provider_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match="^" + problem.replace(".", r"\.")):
        read_json(text)


def test_a_whole_number_stays_whole() -> None:
    assert type(read_json("9007199254740993")) is int


def test_objects_are_made_of_their_pairs_where_that_is_asked_for() -> None:
    assert read_json('{"a": 1, "a": 2}', pairs=tuple) == (("a", 1), ("a", 2))
