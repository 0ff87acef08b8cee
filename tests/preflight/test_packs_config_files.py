"""The configuration files of packs: what they say, and the mistakes in them."""

import json
from pathlib import Path

import pytest

from pulumi_preflight.errors import PackError
from pulumi_preflight.packs.config_files import ConfigFile, read_config


def config(tmp_path: Path, content: object) -> ConfigFile:
    path = tmp_path / "config.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return read_config(path)


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        pytest.param(
            {"version": "2", "policies": {}},
            'a file with "policies" and "exceptions" has a number: "version": 2',
            id="version-as-text",
        ),
        pytest.param(
            {"exceptions": [{"reason": "r"}]},
            '\'exceptions\' is a rule\'s name here; a file with "policies" and "exceptions" says '
            '"version": 2',
            id="exceptions-as-a-list",
        ),
        pytest.param(
            {"sized": "loud"},
            "the levels are advisory, mandatory, remediate, disabled",
            id="a-rule",
        ),
    ],
)
def test_a_mistake_says_that_version_2_is_meant(
    tmp_path: Path, content: dict[str, object], hint: str
) -> None:
    with pytest.raises(PackError) as raised:
        config(tmp_path, content)
    assert raised.value.hint == hint


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param("{bad", "is not JSON", id="no-json"),
        pytest.param(
            '{"rule": {\n"max": 1,\n\n"max": 9}}',
            'key "max" stands on line 2 and again on line 4; keep one of them',
            id="key-twice",
        ),
        pytest.param(
            '{"rule": "advisory",\n"other": {"a:b{": [1, "}"]},\n"rule": "disabled"}',
            'key "rule" stands on line 1 and again on line 3',
            id="rule-twice",
        ),
        pytest.param(
            '{"rule": {"a": [{"b": 1}, {"b": 2, "\\u0062": 3}]}}',
            r'key "\u0062" stands on line 1 and again on line 1',
            id="key-twice-in-a-list-once-escaped",
        ),
        pytest.param('{"rule": {"max": Infinity}}', "Infinity is not a number", id="infinity"),
        pytest.param('{"rule": {"max": -Infinity}}', "-Infinity is not a number", id="below"),
        pytest.param('{"rule": {"max": NaN}}', "NaN is not a number", id="not-a-number"),
        pytest.param('{"rule": {"max": 1e999}}', "1e999 is out of the range", id="out-of-range"),
        pytest.param(
            '{"rule": {"a": ' + "[" * 3000 + "]" * 3000 + "}}", "nests deeper", id="deep-lists"
        ),
        pytest.param(
            '{"a": ' * 31 + "1" + "}" * 31, "nests deeper than 30 levels on line 1", id="deep"
        ),
        pytest.param("[" * 100_000, "nests deeper than 30 levels", id="deeper-than-pythons-stack"),
        pytest.param(
            '{"rule": {"max": ' + "9" * 400 + "}}",
            "9 is out of the range of numbers",
            id="whole-number-out-of-range",
        ),
        pytest.param(
            '{"rule": {"max": ' + "9" * 5_000 + "}}",
            "9 is out of the range of numbers",
            id="more-digits-than-python-reads",
        ),
        pytest.param('{"rule": {"name": "\\ud800"}}', "half of a character", id="half-a-character"),
        pytest.param([1], "must be an object of rule names", id="a-list"),
        pytest.param({"sized": 3}, "'sized' is 3; it must be a level or an object", id="a-number"),
        pytest.param(
            {"sized": "loud"}, "'loud' is not an enforcement level for 'sized'", id="unknown-level"
        ),
        pytest.param(
            {"sized": {"enforcementLevel": 3}},
            "3 is not an enforcement level for 'sized'",
            id="level-no-text",
        ),
        pytest.param(
            {"sized": {"enforcementLevel": None}},
            "None is not an enforcement level for 'sized'",
            id="level-null",
        ),
        pytest.param(
            {"environments": "a"}, '"environments" must be an array of strings', id="environments"
        ),
    ],
)
def test_a_config_file_with_a_mistake_is_refused(
    tmp_path: Path, content: object, complaint: str
) -> None:
    with pytest.raises(PackError) as raised:
        config(tmp_path, content)
    assert f"{tmp_path}/config.json" in str(raised.value)
    assert complaint in str(raised.value)


def test_a_config_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"missing\.json cannot be read: No such file"):
        read_config(tmp_path / "missing.json")


def test_environments_are_kept_apart_from_rules(tmp_path: Path) -> None:
    read = config(tmp_path, {"environments": ["team/shared"], "plain": "advisory"})
    assert read.environments == ("team/shared",)
    assert [list(rules) for rules in read.layers] == [["plain"]]
