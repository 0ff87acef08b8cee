"""Scalars and mappings of YAML files, as the engine's YAML (Go's yaml.v3) reads them."""

import math
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project.go_values import (
    Moment,
    NoJsonError,
    Scalar,
    json_text,
    key_text,
    number_text,
    resolve,
)
from pulumi_preflight.project.yaml_files import read_mapping, read_yaml

DIGITS = st.text("0123456789", min_size=1, max_size=12)
SIGNS = st.sampled_from(["", "-", "+"])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("n", "n"),
        ("1:30", "1:30"),
        ("~", None),
        ("Null", None),
        ("nULL", "nULL"),
        ("True", True),
        ("tRue", "tRue"),
        ("017", 15),
        ("-017", -15),
        ("0o17", 15),
        ("0O17", 15),
        ("018", 18.0),
        ("0x1F", 31),
        ("0X1f", 31),
        ("0xZ", "0xZ"),
        ("0b101", 5),
        ("-0b101", -5),
        ("1_000", 1000),
        ("1__0_", 10),
        ("_1", "_1"),
        ("+5", 5),
        ("-", "-"),
        ("9223372036854775808", 2**63),
        ("18446744073709551616", 18446744073709551616.0),
        ("-9223372036854775809", -9223372036854775809.0),
        ("0x10000000000000000", "0x10000000000000000"),
        ("1e3", 1000.0),
        (".5e1", 5.0),
        ("5.", 5.0),
        ("._5", "._5"),
        ("1e999", "1e999"),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("+.Inf", math.inf),
        ("inf", "inf"),
        ("1 2", "1 2"),
        ("2026-1-2", Moment(year=2026, month=1, day=2)),
        ("2026-02-30", "2026-02-30"),
        ("2026-01-02T3:4:5Z", Moment(year=2026, month=1, day=2, hour=3, minute=4, second=5)),
        ("2026-01-02T03:04:05", "2026-01-02T03:04:05"),
        ("2026-01-02 03:04:05Z", "2026-01-02 03:04:05Z"),
        (
            "2026-01-02 03:04:05.120",
            Moment(year=2026, month=1, day=2, hour=3, minute=4, second=5, nanosecond=120_000_000),
        ),
        (
            "2026-01-02t03:04:05-05:30",
            Moment(year=2026, month=1, day=2, hour=3, minute=4, second=5, offset=-330),
        ),
        ("2026-01-02T24:00:00Z", "2026-01-02T24:00:00Z"),
        ("02026-01-02", "02026-01-02"),
    ],
)
def test_a_scalar_without_quotes_is_what_it_is_in_go(text: str, wanted: Scalar) -> None:
    value = resolve(text)
    assert (type(value), value) == (type(wanted), wanted)


@given(SIGNS, DIGITS.filter(lambda text: not text.startswith("0")))
def test_decimal_digits_are_a_number_of_their_value(sign: str, digits: str) -> None:
    assert resolve(sign + digits) == int(sign + digits)


@given(SIGNS, st.text("01234567", min_size=1, max_size=12))
def test_a_leading_zero_means_octal(sign: str, digits: str) -> None:
    assert resolve(f"{sign}0{digits}") == int(f"{sign}{digits}", 8)


@given(st.text("0123456789_+-.eExXbBoOaAfFzZtT: ", min_size=1, max_size=20))
@example("-0b")
@example("0_")
@example("0x_")
@example("2026-00-00T00:00:00Z")
@example("0000-02-29")
def test_any_text_resolves_to_one_value(text: str) -> None:
    value = resolve(text)
    assert isinstance(value, bool | int | float | str | Moment | None)
    if isinstance(value, str):
        assert value == text


@given(st.text(st.characters(codec="ascii", categories=["L"]), min_size=1))
def test_words_are_text_but_for_those_of_yaml(text: str) -> None:
    spelled = text in (text.lower(), text.upper(), text.capitalize())
    is_word = text.lower() in ("true", "false", "null") and spelled
    assert (resolve(text) == text) is not is_word


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: !foo bar", {"a": "bar"}),
        ("a: !foo 3", {"a": "3"}),
        ("a: !foo {b: 1}", {"a": {"b": 1}}),
        ("!foo\na: !bar [1]", {"a": [1]}),
        ("a: !!set {x, y}", {"a": {"x": None, "y": None}}),
        ("a: !!int '3'", {"a": 3}),
        ("a: !!float 3", {"a": 3.0}),
        ("a: !!str 3", {"a": "3"}),
        ("a: !!binary aGk=", {"a": "hi"}),
        ("a: !!null ''", {"a": None}),
        ("a: '3'", {"a": "3"}),
        ("a: |\n  3", {"a": "3"}),
        (
            "a: {1: x, true: y, ~: z, 1.5: w}",
            {"a": {"1": "x", "true": "y", "<nil>": "z", "1.5": "w"}},
        ),
        ("a: 1\n---\nb: [", {"a": 1}),
        ("b: &b {x: 1, y: 1}\na: {<<: *b, x: 2}", {"b": {"x": 1, "y": 1}, "a": {"x": 2, "y": 1}}),
        ("a: {<<: [{x: 1}, {x: 2, y: 2}]}", {"a": {"x": 1, "y": 2}}),
    ],
)
def test_tags_keys_and_documents_are_read_as_go_reads_them(
    tmp_path: Path, text: str, wanted: object
) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(text)
    assert read_yaml(file) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: 1\na: 2", ":2: is not YAML: the key 'a' is given twice"),
        ("1: a\n'1': b", ":2: is not YAML: the key '1' is given twice"),
        ("a: {<<: {b: 1}, <<: {c: 2}}", "the key '<<' is given twice"),
        ("a: !!int abc", ":1: is not YAML: 'abc' is !!str and is tagged !!int"),
        ("a: !!bool 'yes'", "'yes' is !!str and is tagged !!bool"),
        ("a: !!timestamp soon", "is tagged !!timestamp"),
        ("a: !!binary '*'", "is not text in base64"),
        ("? [a]\n: b", "a list or mapping is the key of a mapping"),
        ("1: a", "the key 1 is not text; quote it"),
    ],
)
def test_what_go_refuses_is_refused_with_its_line(tmp_path: Path, text: str, wanted: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(text)
    with pytest.raises(ProjectError, match=re.escape(wanted)):
        read_mapping(file)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (0.00001, "0.00001"),
        (0.000001, "0.000001"),
        (0.0000001, "1e-7"),
        (1.5e-7, "1.5e-7"),
        (1e20, "100000000000000000000"),
        (123456789012345680000.0, "123456789012345680000"),
        (1e21, "1e+21"),
        (-0.0, "0"),
        (-1.5, "-1.5"),
        (5.0, "5"),
        (1e16, "10000000000000000"),
    ],
)
def test_a_float_is_written_as_go_writes_it_in_json(value: float, wanted: str) -> None:
    assert number_text(value) == wanted


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_reads_back_as_it_was(value: float) -> None:
    assert float(number_text(value)) == value


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_a_number_without_end_has_no_text(value: float) -> None:
    with pytest.raises(NoJsonError):
        json_text({"a": [value]})


def test_whole_numbers_above_64_bits_are_rounded_in_objects() -> None:
    assert json_text({"a": 2**64 - 1, "b": 2**63 - 1}) == (
        '{"a":18446744073709552000,"b":9223372036854775807}'
    )


def test_json_escapes_what_go_escapes() -> None:
    assert json_text(["<&>\u2028é\x01"]) == '["\\u003c\\u0026\\u003e\\u2028é\\u0001"]'


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        (None, "<nil>"),
        (True, "true"),
        (10, "10"),
        (1e-5, "1e-05"),
        (1234567.5, "1.2345675e+06"),
        (1e20, "1e+20"),
    ],
)
def test_a_key_that_is_not_text_is_what_go_prints(key: object, wanted: str) -> None:
    assert key_text(key) == wanted
