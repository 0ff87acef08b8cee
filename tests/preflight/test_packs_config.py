"""How a pack's configuration is merged and checked.

The expected texts of schema errors are those of the real engine, 3.276.0, for the same input.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto.analyzer_pb2 import (
    ADVISORY,
    DISABLED,
    MANDATORY,
    AnalyzerInfo,
    PolicyConfig,
    PolicyConfigSchema,
    PolicyInfo,
)

from pulumi_preflight.errors import PackError
from pulumi_preflight.packs.config_files import ConfigFile, RuleSettings
from pulumi_preflight.packs.connection import Profiles, configure_request, effective_settings
from tests.preflight.builders import struct
from tests.preflight.test_packs_config_files import config

SCHEMA = {
    "maxTasks": {"type": "integer", "default": 3, "minimum": 1},
    "mode": {"enum": ["a", "b"]},
    "names": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    "pattern": {"type": "string", "pattern": "^x", "maxLength": 3},
    "size": {
        "type": "object",
        "properties": {"a": {"exclusiveMinimum": 0}},
        "required": ["a"],
        "additionalProperties": False,
    },
    "nothing": {"type": ["string", "null"]},
    "even": {"type": "number", "multipleOf": 2, "maximum": 10},
}


def info(
    *, required: tuple[str, ...] = (), initial: dict[str, PolicyConfig] | None = None
) -> AnalyzerInfo:
    return AnalyzerInfo(
        name="demo",
        supportsConfig=True,
        initialConfig=initial or {},
        policies=[
            PolicyInfo(
                name="sized",
                enforcementLevel=MANDATORY,
                configSchema=PolicyConfigSchema(properties=struct(SCHEMA), required=required),
            ),
            PolicyInfo(name="plain", enforcementLevel=DISABLED),
        ],
    )


def test_without_a_file_rules_have_their_own_level_and_schema_defaults() -> None:
    assert effective_settings(info(), None, {}) == {
        "sized": RuleSettings(level="mandatory", properties={"maxTasks": 3}),
        "plain": RuleSettings(level="disabled"),
    }


def test_the_file_wins_over_initial_config_which_wins_over_defaults(tmp_path: Path) -> None:
    initial = PolicyConfig(
        enforcementLevel=DISABLED, properties=struct({"maxTasks": 5, "mode": "a"})
    )
    settings = effective_settings(
        info(initial={"sized": initial}), config(tmp_path, {"sized": {"maxTasks": 7}}), {}
    )
    assert settings["sized"] == RuleSettings(
        level="disabled", properties={"maxTasks": 7, "mode": "a"}
    )


def test_initial_config_without_a_level_makes_a_rule_advisory() -> None:
    initial = PolicyConfig(properties=struct({"mode": "a"}))
    assert initial.enforcementLevel == ADVISORY
    assert (
        effective_settings(info(initial={"sized": initial}), None, {})["sized"].level == "advisory"
    )


def test_lists_and_objects_are_replaced_whole(tmp_path: Path) -> None:
    initial = PolicyConfig(enforcementLevel=MANDATORY, properties=struct({"names": ["a", "b"]}))
    settings = effective_settings(
        info(initial={"sized": initial}), config(tmp_path, {"sized": {"names": ["c"]}}), {}
    )
    assert settings["sized"].properties["names"] == ["c"]


def test_all_sets_the_level_of_every_rule_that_sets_none(tmp_path: Path) -> None:
    settings = effective_settings(
        info(), config(tmp_path, {"all": "advisory", "plain": "mandatory"}), {}
    )
    assert {name: rule.level for name, rule in settings.items()} == {
        "all": "advisory",
        "sized": "advisory",
        "plain": "mandatory",
    }


@pytest.mark.parametrize(
    ("given_", "problems"),
    [
        pytest.param(
            {"maxTasks": "x"},
            "sized: maxTasks: Invalid type. Expected: integer, given: string",
            id="type",
        ),
        pytest.param(
            {"maxTasks": 1.5},
            "sized: maxTasks: Invalid type. Expected: integer, given: number",
            id="no-whole-number",
        ),
        pytest.param(
            {"maxTasks": 0},
            "sized: maxTasks: Must be greater than or equal to 1",
            id="minimum",
        ),
        pytest.param(
            {"mode": "c"},
            'sized: mode: mode must be one of the following: "a", "b"',
            id="enum",
        ),
        pytest.param(
            {"names": []}, "sized: names: Array must have at least 1 items", id="min-items"
        ),
        pytest.param(
            {"names": [1, "b"]},
            "sized: names.0: Invalid type. Expected: string, given: integer",
            id="inside-a-list",
        ),
        pytest.param(
            {"pattern": "abcd"},
            "sized: pattern: Does not match pattern '^x'; "
            "sized: pattern: String length must be less than or equal to 3",
            id="pattern-and-length",
        ),
        pytest.param({"size": {}}, "sized: size: a is required", id="required-inside"),
        pytest.param(
            {"size": {"a": 0}}, "sized: size.a: Must be greater than 0", id="exclusive-minimum"
        ),
        pytest.param(
            {"size": {"a": 1, "b": 2, "c": 3}},
            "sized: size: Additional property b is not allowed; "
            "sized: size: Additional property c is not allowed",
            id="properties-inside-that-the-schema-does-not-name",
        ),
        pytest.param(
            {"nothing": 3},
            "sized: nothing: Invalid type. Expected: [string,null], given: integer",
            id="several-types",
        ),
        pytest.param(
            {"even": 13},
            "sized: even: Must be a multiple of 2; sized: even: Must be less than or equal to 10",
            id="multiple-and-maximum",
        ),
    ],
)
def test_properties_that_do_not_fit_the_schema_are_refused_in_the_engines_words(
    tmp_path: Path, given_: dict[str, object], problems: str
) -> None:
    with pytest.raises(PackError) as raised:
        effective_settings(info(), config(tmp_path, {"sized": given_}), {})
    assert str(raised.value) == f"policy pack 'demo', config {tmp_path}/config.json: {problems}"


def test_a_schema_that_is_not_valid_is_one_problem_of_its_rule() -> None:
    policy = PolicyInfo(
        name="sized",
        configSchema=PolicyConfigSchema(properties=struct({"a": {"pattern": "(", "default": "x"}})),
    )
    with pytest.raises(PackError) as raised:
        effective_settings(AnalyzerInfo(name="demo", policies=[policy]), None, {})
    assert str(raised.value) == (
        "policy pack 'demo': sized: the schema of its configuration is not valid: "
        '"(" is not a "regex"'
    )


def test_a_required_property_that_is_missing_is_refused_without_any_config() -> None:
    with pytest.raises(PackError) as raised:
        effective_settings(info(required=("mode",)), None, {})
    assert str(raised.value) == "policy pack 'demo': sized: mode is required"


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        pytest.param(
            {"szied": {"maxTasks": 3}},
            "did you mean 'sized'?",
            id="misspelt-rule-with-properties-alone",
        ),
        pytest.param({"all": {"maxTasks": 3}}, None, id="all-with-properties-alone"),
        pytest.param(
            {"policies": {"sized": "advisory"}},
            '\'policies\' is a rule\'s name here; a file with "policies" and "exceptions" says '
            '"version": 2',
            id="rules-of-version-2",
        ),
        pytest.param(
            {"exceptions": {"EXC-1": {"reason": "r"}}},
            '\'exceptions\' is a rule\'s name here; a file with "policies" and "exceptions" says '
            '"version": 2',
            id="exceptions-of-version-2",
        ),
    ],
)
def test_an_entry_that_ends_up_without_a_level_is_refused(
    tmp_path: Path, content: dict[str, object], hint: str | None
) -> None:
    (name,) = content
    with pytest.raises(PackError, match=f"'{name}' has properties but no enforcement level") as e:
        effective_settings(info(), config(tmp_path, content), {})
    assert e.value.hint == hint


@pytest.mark.parametrize("content", ["", "  \n", "{}", '{"sized": {}}'])
def test_a_config_file_may_set_nothing(tmp_path: Path, content: str) -> None:
    assert effective_settings(info(), config(tmp_path, content), {}) == effective_settings(
        info(), None, {}
    )


PROFILES = {"few": {"all": "advisory", "sized": {"maxTasks": 1, "mode": "a"}}}


def test_a_file_changes_the_profile_of_the_pack_that_it_extends(tmp_path: Path) -> None:
    file = config(tmp_path, {"extends": "few", "sized": {"maxTasks": 2}, "plain": "mandatory"})
    settings = effective_settings(info(), file, PROFILES)
    assert settings["sized"] == RuleSettings(
        level="advisory", properties={"maxTasks": 2, "mode": "a"}
    )
    assert settings["plain"].level == "mandatory"


def test_the_level_of_all_rules_goes_over_every_level_of_what_is_extended(tmp_path: Path) -> None:
    file = config(tmp_path, {"extends": "few", "all": "disabled"})
    settings = effective_settings(info(), file, PROFILES)
    assert settings["sized"] == RuleSettings(
        level="disabled", properties={"maxTasks": 1, "mode": "a"}
    )


def test_a_file_extends_another_beside_it(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    base = {"extends": "few", "plain": "mandatory", "environments": ["team/base"]}
    (tmp_path / "shared" / "base.json").write_text(json.dumps(base))
    file = config(tmp_path, {"extends": "shared/base.json", "sized": {"maxTasks": 2}})
    settings = effective_settings(info(), file, PROFILES)
    assert settings["plain"].level == "mandatory"
    assert settings["sized"].properties == {"maxTasks": 2, "mode": "a"}
    assert file.environments == ("team/base",)


@pytest.mark.parametrize(
    ("base", "profiles", "complaint", "hint"),
    [
        pytest.param("fwe", PROFILES, "ships no profile 'fwe'", "did you mean 'few'?", id="typo"),
        pytest.param("strict", PROFILES, "ships no profile 'strict'", "it ships few", id="another"),
        pytest.param("few", {}, "ships no profile 'few'", "name a file", id="pack-without"),
        pytest.param(
            "few",
            {"few": {"plain": "loud"}},
            "profile 'few': 'loud' is not an enforcement level for 'plain'",
            "the levels are",
            id="profile-with-a-mistake",
        ),
    ],
)
def test_a_profile_that_cannot_be_extended_is_told(
    tmp_path: Path, base: str, profiles: Profiles, complaint: str, hint: str
) -> None:
    with pytest.raises(PackError) as raised:
        effective_settings(info(), config(tmp_path, {"extends": base}), profiles)
    assert complaint in str(raised.value)
    assert hint in (raised.value.hint or "")


@pytest.mark.parametrize(
    ("base", "complaint"),
    [
        pytest.param("config.json", "extends itself", id="itself"),
        pytest.param("missing.json", "missing.json cannot be read", id="missing"),
        pytest.param(None, '"extends" is null; it must name a profile of the pack', id="null"),
        pytest.param({}, '"extends" is {}; it must name a profile of the pack', id="object"),
        pytest.param(["few"], "must name a profile of the pack, or a file", id="list"),
    ],
)
def test_what_no_file_can_extend_is_refused(tmp_path: Path, base: object, complaint: str) -> None:
    with pytest.raises(PackError, match=complaint):
        config(tmp_path, {"extends": base})


def test_a_circle_of_files_is_told_as_a_chain(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text('{"extends": "config.json"}')
    with pytest.raises(PackError) as raised:
        config(tmp_path, {"extends": "other.json"})
    path = tmp_path / "config.json"
    assert str(raised.value) == (
        f"policy pack config {path} extends itself: {path} -> {other} -> {path}"
    )


@pytest.mark.parametrize(
    "said", [pytest.param("mandatory", id="level"), pytest.param({"max": 1}, id="settings")]
)
def test_a_rule_may_be_called_extends_as_the_engine_has_it(tmp_path: Path, said: object) -> None:
    read = config(tmp_path, {"extends": said})
    assert read.profile is None
    assert [list(rules) for rules in read.layers] == [["extends"]]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(given_=st.dictionaries(st.sampled_from([*SCHEMA, "other"]), JSON_VALUES))
def test_any_properties_are_either_sent_as_given_or_refused(given_: dict[str, object]) -> None:
    file = ConfigFile(
        path=Path("config.json"), layers=({"sized": RuleSettings(level=None, properties=given_)},)
    )
    try:
        settings = effective_settings(info(), file, {})
    except PackError:
        return
    sent = configure_request(settings).policyConfig["sized"]
    assert sent.enforcementLevel == MANDATORY
    assert sent.properties == struct({"maxTasks": 3, **given_})
