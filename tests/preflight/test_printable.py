"""Texts of programs and packs on a terminal and in files."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.printing import (
    escaped,
    escaped_json,
    escaped_line,
    shortened,
    without_colour,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("grün 日本 😀", "grün 日本 😀", id="letters"),
        pytest.param("a\tb\nc", "a\tb\nc", id="tab-and-newline"),
        pytest.param("\x1b[31mred", r"\x1b[31mred", id="escape-sequence"),
        pytest.param("\x1b]0;title\x07", r"\x1b]0;title\x07", id="title-of-the-window"),
        pytest.param("\x9b2J\x85", r"\x9b2J\x85", id="controls-of-latin-1"),
        pytest.param("done\rx\x08\x00\x7f", r"done\x0dx\x08\x00\x7f", id="controls-of-ascii"),
        pytest.param("a\u202eb\u2066\u200f", r"a\u202eb\u2066\u200f", id="directions"),
        pytest.param("a\u2028b", r"a\u2028b", id="other-line-ends"),
        pytest.param("\ud800", r"\ud800", id="half-a-character"),
        pytest.param("\U000e0041", r"\U000e0041", id="hidden-tag"),
    ],
)
def test_what_a_terminal_could_act_on_is_written_as_its_number(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_a_name_stays_one_line() -> None:
    assert escaped_line("a\nb\tc\x1b") == r"a\nb\tc\x1b"


@given(st.text())
def test_nothing_is_left_that_is_not_printed(text: str) -> None:
    assert escaped(escaped(text)) == escaped(text)
    assert not [sign for sign in escaped_line(text) if ord(sign) < ord(" ")]


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_an_escaped_document_holds_the_same(document: object) -> None:
    text = escaped_json(json.dumps(document, indent=2, ensure_ascii=False))
    assert json.loads(text) == document
    assert escaped(text) == text


def test_what_is_cut_is_counted() -> None:
    assert shortened("abc", 3) == "abc"
    assert shortened("a" * 1_003, 2) == "aa... (1,001 more characters)"
    assert shortened("abc", 1, "; see b") == "a... (2 more characters; see b)"


def test_colours_are_left_out() -> None:
    assert without_colour("\x1b[1;31mred\x1b[0m \x1b[2J") == "red \x1b[2J"
