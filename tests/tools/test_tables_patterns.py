"""How a pattern of AWS's models becomes a form."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.tables.cloudformation import example, form_of, whole


@pytest.mark.parametrize(
    ("pattern", "form"),
    [
        pytest.param(r"^attachment-([0-9a-f]{8,17})$", "attachment-{hex17}", id="hexadecimal"),
        pytest.param(r"^wsb-[0-9a-z]{8,63}$", "wsb-{hex10}", id="small-letters"),
        pytest.param("[A-Z0-9]{4,7}", "{cap7}", id="capitals"),
        pytest.param(r"\d{12}", "{account}", id="account"),
        pytest.param(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", "{uuid}", id="uuid"),
        pytest.param(
            r"arn:aws[a-zA-Z0-9-]*:iam::[0-9]{12}:role/.+",
            "arn:{partition}:iam::{account}:role/{name}",
            id="arn",
        ),
        pytest.param(
            "arn:aws:events:([a-z0-9-]+)?:([0-9]{12})?:bus/.+",
            "arn:{partition}:events:{region}:{account}:bus/{name}",
            id="arn-that-may-lack-its-place",
        ),
        pytest.param(r"arn:[\w-]+:[\w-]+:.*", None, id="arn-of-any-service"),
        pytest.param("#[A-F0-9]{6}", "#{HEX6}", id="color"),
        pytest.param(r"\\d+", None, id="escaped-twice"),
    ],
)
def test_a_plain_pattern_has_a_form(pattern: str, form: str | None) -> None:
    assert form_of(pattern) == form


def test_a_form_is_as_long_as_it_has_to_be() -> None:
    assert form_of(r"\w+", least=16) == "{hex16}"
    assert form_of("[a-z0-9]+", most=5) == "{hex5}"


@given(
    st.lists(
        st.sampled_from(["[a-z]", r"\d{3}", "(?:a|b)", "x-", r"\w{2,}", "[0-9a-f]{8,17}", ".?"]),
        min_size=1,
        max_size=5,
    )
)
def test_a_value_of_a_form_fits_its_pattern(parts: list[str]) -> None:
    pattern = "".join(parts)
    form = form_of(pattern)
    assert form is None or re.fullmatch(pattern, example(form))


@pytest.mark.parametrize(
    ("pattern", "mine"),
    [
        pytest.param(".*", "", id="anything"),
        pytest.param(r"\S", "", id="something"),
        pytest.param(r"\p{L}+", "", id="another-dialect"),
        pytest.param("a+", r"\A(?:a+)\Z", id="whole"),
        pytest.param(r"\p{Alnum}", r"\A(?:a-zA-Z0-9)\Z", id="class-of-java"),
    ],
)
def test_a_pattern_is_read_as_python_s(pattern: str, mine: str) -> None:
    assert whole(pattern) == mine
