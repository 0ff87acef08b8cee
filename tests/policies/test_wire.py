"""Property values as the engine sends them become plain Python values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_policy_pack.testing import Secret, wire
from aws_policy_pack.wire import (
    OUTPUT_SIGNATURE,
    SIGNATURE_KEY,
    UNKNOWN,
    UNKNOWN_SENTINELS,
    read_plain,
    read_struct,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=3), JSON))
def test_plain_json_comes_through_unchanged(properties: dict[str, object]) -> None:
    assert read_struct(wire(properties), set()) == properties


@pytest.mark.parametrize("sentinel", sorted(UNKNOWN_SENTINELS))
def test_every_sentinel_is_an_unknown_value(sentinel: str) -> None:
    assert read_struct(wire({"key": [sentinel]}), set()) == {"key": [UNKNOWN]}
    assert read_plain({"key": [sentinel]}) == {"key": [UNKNOWN]}


@pytest.mark.parametrize(
    ("number", "read"),
    [
        pytest.param(2.0, 2, id="whole-numbers-are-integers"),
        pytest.param(2.5, 2.5, id="others-stay-floats"),
    ],
)
def test_numbers(number: float, read: float) -> None:
    values = [read_struct(wire({"key": number}), set())["key"], read_plain(number)]
    assert [(value, type(value)) for value in values] == [(read, type(read))] * 2


def test_a_secret_is_unwrapped_and_its_texts_are_remembered() -> None:
    secrets: set[str] = set()
    properties = {"login": Secret({"user": "ann", "password": "pw", "tries": 3})}
    assert read_struct(wire(properties), secrets) == {
        "login": {"user": "ann", "password": "pw", "tries": 3}
    }
    assert secrets == {"ann", "pw"}


def test_a_text_outside_of_a_secret_is_not_remembered() -> None:
    secrets: set[str] = set()
    read_struct(wire({"hidden": Secret("pw"), "open": ["text"]}), secrets)
    assert secrets == {"pw"}


@pytest.mark.parametrize(
    ("output", "read", "remembered"),
    [
        pytest.param({"value": "text"}, "text", set(), id="known"),
        pytest.param({}, UNKNOWN, set(), id="without-a-value"),
        pytest.param({"value": "pw", "secret": True}, "pw", {"pw"}, id="secret"),
        pytest.param({"value": "text", "secret": False}, "text", set(), id="declared-not-secret"),
    ],
)
def test_an_output_value_is_unwrapped(
    output: dict[str, object], read: object, remembered: set[str]
) -> None:
    secrets: set[str] = set()
    sent = {SIGNATURE_KEY: OUTPUT_SIGNATURE, **output}
    assert read_struct(wire({"key": sent}), secrets) == {"key": read}
    assert secrets == remembered


def test_an_object_with_another_signature_stays_as_it_is() -> None:
    asset = {SIGNATURE_KEY: "c44067f5952c0a294b673a41bacd8c17", "path": "index.html"}
    assert read_struct(wire({"source": asset}), set()) == {"source": asset}


def test_what_the_sdk_hands_over_as_an_object_becomes_its_text() -> None:
    class Asset:
        def __str__(self) -> str:
            return "asset"

    assert read_plain({"source": (Asset(),)}) == {"source": ["asset"]}
