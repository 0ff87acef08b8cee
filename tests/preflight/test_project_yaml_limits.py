"""YAML that is too deep, contains itself, grows by aliases, or has another encoding."""

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project.yaml_files import DEEPEST, read_mapping

TEN = "[x, x, x, x, x, x, x, x, x, x]"


def grown(levels: int) -> str:
    """A list of ten; each next level holds ten of the level before."""
    lines = [f"a0: &a0 {TEN}"]
    lines += [
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, levels)
    ]
    return "\n".join(lines)


def chained(links: int) -> str:
    """Lists that are shallow by themselves; each holds the one before."""
    lines = ["a0: &a0 [x]"]
    lines += [f"a{link}: &a{link} [[[*a{link - 1}]]]" for link in range(1, links)]
    return "\n".join(lines)


def refusal(tmp_path: Path, content: bytes) -> str:
    file = tmp_path / "Pulumi.yaml"
    file.write_bytes(content)
    with pytest.raises(ProjectError) as raised:
        read_mapping(file)
    return str(raised.value).replace(str(file), "FILE")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(
            "a: &a [1, *a]", "FILE:1: is not YAML: the anchor 'a' contains itself", id="list"
        ),
        pytest.param(
            "x:\n  a: &b\n    c: {d: *b}\n",
            "FILE:3: is not YAML: the anchor 'b' contains itself",
            id="mapping",
        ),
        pytest.param(
            "a: &a\n  <<: *a\n", "FILE:2: is not YAML: the anchor 'a' contains itself", id="merged"
        ),
        pytest.param(grown(9), "FILE: is not YAML: its aliases make too many values", id="grows"),
        pytest.param(
            f"a: {'[' * 3000}{']' * 3000}",
            f"FILE:1: is not YAML: lists and keys are nested more than {DEEPEST} deep",
            id="deep-lists",
        ),
        pytest.param(
            "\n".join(f"{' ' * level}a:" for level in range(3000)),
            f"FILE:{DEEPEST}: is not YAML: lists and keys are nested more than {DEEPEST} deep",
            id="deep-mappings",
        ),
        pytest.param(
            chained(60),
            "FILE:1: is not YAML: lists and keys are nested more than 100 deep",
            id="deep-by-aliases",
        ),
        pytest.param(
            'a: "\\ud800"',
            "FILE:1: is not YAML: half of a character (a surrogate) is not text",
            id="half-a-character",
        ),
        pytest.param(
            "a: \x00",
            "FILE:1: is not YAML: the character U+0000 may not stand in it",
            id="control-character",
        ),
        pytest.param(
            "a: 1\n\nb: \ufffe",
            "FILE:3: is not YAML: the character U+FFFE may not stand in it",
            id="no-character-at-all",
        ),
        pytest.param("a: *b", "FILE:1: is not YAML: found undefined alias 'b'", id="undefined"),
    ],
)
def test_yaml_that_cannot_be_held_is_refused_with_its_line(
    tmp_path: Path, content: str, told: str
) -> None:
    assert refusal(tmp_path, content.encode()) == told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"a: \xfc", "FILE: is not UTF-8: byte 4 is 0xFC", id="latin-1"),
        pytest.param(codecs.BOM_UTF16_LE + b"a", "FILE: is not UTF-16: byte 3 is 0x61", id="cut"),
    ],
)
def test_another_encoding_is_named_with_its_place(
    tmp_path: Path, content: bytes, told: str
) -> None:
    assert refusal(tmp_path, content) == told


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf_8_and_marked_utf_16_are_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "Pulumi.yaml"
    file.write_bytes("a: grün 日本".encode(encoding))
    assert read_mapping(file) == {"a": "grün 日本"}


@pytest.mark.parametrize(
    ("content", "value"),
    [
        pytest.param("a: &a [1]\nb: [*a, *a]", {"a": [1], "b": [[1], [1]]}, id="used-twice"),
        pytest.param("a: &a 1\nb: &a 2\nc: *a", {"a": 1, "b": 2, "c": 2}, id="given-again"),
        pytest.param("a: &a {x: &a 1}\nb: *a", {"a": {"x": 1}, "b": 1}, id="given-inside"),
    ],
)
def test_aliases_stand_for_what_they_name(tmp_path: Path, content: str, value: object) -> None:
    file = tmp_path / "Pulumi.yaml"
    file.write_text(content)
    assert read_mapping(file) == value


@given(st.integers(min_value=1, max_value=DEEPEST - 3))
def test_what_is_as_deep_as_configuration_may_be_is_read(
    tmp_path_factory: pytest.TempPathFactory, depth: int
) -> None:
    file = tmp_path_factory.getbasetemp() / "deep.yaml"
    file.write_text(f"a: {'[' * depth}{']' * depth}")
    assert str(read_mapping(file)["a"]) == "[" * depth + "]" * depth


def test_as_many_aliases_as_go_takes_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.yaml"
    file.write_text(grown(3))
    assert len(read_mapping(file)) == 3
