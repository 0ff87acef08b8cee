"""A profile is checked strictly and read into one setting for each rule."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from aws_policy_pack.config import ConfigError, OnUnknown, RuleConfig, Waiver
from aws_policy_pack.profiles import load_profile, read_settings, resolved
from aws_policy_pack.registry import RULES
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Level, Severity, resource_rule


class Cap(RuleConfig):
    """A cap."""

    max: int = Field(default=3, ge=0, description="The most that is allowed")
    share: float = Field(default=0.5, description="A part of it")
    overrides: dict[str, int] = Field(default={}, description="Other caps, by name")


class Unused(RuleConfig):
    """No rule has it."""


@resource_rule(
    "test-cap",
    "test:index:Thing",
    level=Level.MANDATORY,
    severity=Severity.LOW,
    summary="Few",
    why="Many cost more.",
    url="https://example.com",
    good={"count": 1},
    bad={"count": 9},
)
def cap(thing: Resource, config: Cap) -> Findings:
    """Compares the count."""
    if (thing.number("count") or 0) > config.max:
        yield Finding(problem="many", wanted="few", fix="Remove some")


@resource_rule(
    "test-plain",
    "test:index:Thing",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="Nothing",
    why="Nothing.",
    url="https://example.com",
    good={},
    bad={},
)
def plain(_thing: Resource) -> Findings:
    """Finds nothing."""
    yield from ()


TEST_RULES = (cap, plain)


@pytest.mark.parametrize(
    ("raw", "level", "most"),
    [
        pytest.param({}, Level.MANDATORY, 3, id="nothing-said"),
        pytest.param({"test-cap": "advisory"}, Level.ADVISORY, 3, id="a-level"),
        pytest.param({"test-cap": {"max": 5}}, Level.MANDATORY, 5, id="a-setting"),
        pytest.param(
            {"test-cap": {"enforcementLevel": "disabled", "max": 5}}, Level.DISABLED, 5, id="both"
        ),
        pytest.param({"all": "disabled"}, Level.DISABLED, 3, id="all"),
        pytest.param(
            {"all": {"enforcementLevel": "disabled"}}, Level.DISABLED, 3, id="all-from-the-engine"
        ),
        pytest.param(
            {"all": "disabled", "test-cap": "remediate"}, Level.REMEDIATE, 3, id="more-than-all"
        ),
        pytest.param(
            {"all": "disabled", "test-cap": {"max": 1}}, Level.DISABLED, 1, id="all-with-a-setting"
        ),
    ],
)
def test_a_rule_has_the_level_and_config_that_the_profile_says(
    raw: dict[str, object], level: Level, most: int
) -> None:
    setting = read_settings(raw, TEST_RULES)["test-cap"]
    assert (setting.level, setting.config) == (level, Cap(max=most))


def test_a_rule_that_is_not_named_has_its_defaults() -> None:
    setting = read_settings({"test-cap": {"max": 5}}, TEST_RULES)["test-plain"]
    assert (setting.level, setting.config.on_unknown) == (Level.ADVISORY, OnUnknown.REPORT)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        pytest.param(
            {"test-cap": {"waivers": [{"resource": f"r{n}"} for n in range(1001)]}},
            "test-cap.waivers: has 1001 entries; wanted at most 1000: use globs",
            id="too-many-waivers",
        ),
        pytest.param(
            {"test-cap": {"overrides": {f"a*{n}": 1 for n in range(200_000)}}},
            "test-cap.overrides: has 200000 entries; wanted at most 1000: use globs",
            id="too-many-patterns",
        ),
        pytest.param(
            {"test-cap": {"max": float("inf")}},
            "test-cap.max: inf is not accepted: input should be a finite number",
            id="infinity",
        ),
        pytest.param(
            {"zzzzz": {}},
            "zzzzz: unknown rule; known are `test-cap`, `test-plain`",
            id="a-rule-like-no-other",
        ),
        pytest.param(
            {"test-cup": {}}, "test-cup: unknown rule; did you mean `test-cap`?", id="misspelt-rule"
        ),
        pytest.param(
            {"test-cap": {"mx": 1}},
            "test-cap.mx: unknown key; did you mean `max`?",
            id="misspelt-key",
        ),
        pytest.param(
            {"test-cap": "mandatry"},
            "test-cap: 'mandatry' is not a level; did you mean `mandatory`?",
            id="misspelt-level",
        ),
        pytest.param(
            {"test-cap": {"enforcementLevel": "mandatry"}},
            "test-cap.enforcementLevel: 'mandatry' is not a level; did you mean `mandatory`?",
            id="misspelt-level-in-an-object",
        ),
        pytest.param(
            {"all": "none"},
            "all: 'none' is not a level; "
            "known are `advisory`, `disabled`, `mandatory`, `remediate`",
            id="no-level-for-all",
        ),
        pytest.param(
            {"all": {"enforcementLevel": "advisory", "max": 1}},
            "all.max: unknown key; `all` takes `enforcementLevel` alone",
            id="a-setting-for-all",
        ),
        pytest.param(
            {"test-cap": 3}, "test-cap: 3 is neither a level nor an object", id="a-bare-number"
        ),
        pytest.param(
            {"test-cap": {"max": -1}},
            "test-cap.max: -1 is not accepted: wanted at least 0",
            id="out-of-range",
        ),
        pytest.param(
            {"test-cap": {"max": "1"}},
            "test-cap.max: '1' is not accepted: wanted a whole number without quotes",
            id="text-for-a-number",
        ),
        pytest.param(
            {"test-cap": {"max": True}},
            "test-cap.max: True is not accepted: wanted a whole number without quotes",
            id="true-for-a-number",
        ),
        pytest.param(
            {"test-cap": {"share": "0.5"}},
            "test-cap.share: '0.5' is not accepted: wanted a number without quotes",
            id="text-for-a-fraction",
        ),
        pytest.param(
            {"test-cap": {"overrides": {"a*": False}}},
            "test-cap.overrides.a*: False is not accepted: wanted a whole number without quotes",
            id="false-in-an-object",
        ),
        pytest.param(
            {"test-cap": {"waivers": [{"resource": "\udcff"}]}},
            "test-cap.waivers.0.resource: '\\udcff' is not accepted: input should be a valid "
            "string, unable to parse raw data as a unicode string",
            id="half-a-character",
        ),
        pytest.param([], "profile: is not a JSON object", id="a-list"),
    ],
)
def test_a_mistake_is_told_with_the_nearest_right_name(raw: object, told: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_settings(raw, TEST_RULES)
    assert str(error.value) == told


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        pytest.param(
            {"max": 5.0, "overrides": {"a": 2.0}},
            Cap(max=5, overrides={"a": 2}),
            id="an-integer-of-the-wire",
        ),
        pytest.param({"share": 1}, Cap(share=1.0), id="an-integer-for-a-fraction"),
        pytest.param({"onUnknown": "fail"}, Cap(on_unknown=OnUnknown.FAIL), id="a-word-of-a-list"),
        pytest.param(
            {"waivers": [{"resource": "a", "expires": "2027-03-31"}]},
            Cap(waivers=(Waiver(resource="a", expires=dt.date(2027, 3, 31)),)),
            id="a-day",
        ),
    ],
)
def test_what_json_says_in_its_own_types_is_taken(settings: dict[str, object], wanted: Cap) -> None:
    assert read_settings({"test-cap": settings}, TEST_RULES)["test-cap"].config == wanted


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        read_settings({"test-cup": {}, "test-cap": {"mx": 1}, "test-plain": 1}, TEST_RULES)
    assert len(error.value.problems) == 3


def test_a_profile_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text(json.dumps({"test-cap": {"max": 7}}), encoding="utf-8")
    profile = load_profile(file, TEST_RULES)
    assert (profile.source, profile.config(Cap).max) == (str(file), 7)


def test_a_mistake_in_a_file_is_told_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text('{"test-cup": {}}', encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load_profile(file, TEST_RULES)
    assert str(error.value) == f"{file}: test-cup: unknown rule; did you mean `test-cap`?"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        load_profile(tmp_path / "no.json")
    assert str(error.value) == (
        f"{tmp_path / 'no.json'}: cannot be read: No such file or directory"
    )


def test_a_file_that_is_no_json_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text("{", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"is not valid JSON: .* line 1 column 2"):
        load_profile(file)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"a": 1, "twice": {}, "twice": {}}', id="a rule"),
        pytest.param('{"a": {"twice": 1, "b": 2, "twice": 1}}', id="a setting"),
    ],
)
def test_what_stands_there_twice_is_told(text: str, tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="is not valid JSON: 'twice' stands there more than once"):
        load_profile(file)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        pytest.param("", 3, id="empty"),
        pytest.param(" \n", 3, id="blank"),
        pytest.param('{"environments": ["a/b"], "test-cap": {"max": 5}}', 5, id="environments"),
    ],
)
def test_what_the_engine_takes_is_taken(text: str, most: int, tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text(text, encoding="utf-8")
    assert load_profile(file, TEST_RULES).config(Cap).max == most


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param('{"test-cap": {"max": Infinity}}', "Infinity is not a number", id="infinity"),
        pytest.param('{"test-cap": {"max": NaN}}', "NaN is not a number of JSON", id="nan"),
        pytest.param('{"test-cap": {"max": -1e999}}', "-1e999 is out of the range", id="too-large"),
        pytest.param('{"a": ' + "[" * 3000 + "]" * 3000 + "}", "too deeply nested", id="deep"),
    ],
)
def test_what_other_readers_of_json_refuse_is_refused(text: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=f"is not valid JSON: {told}"):
        load_profile(file)


def test_a_config_that_no_rule_has_cannot_be_looked_up(tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(LookupError, match="0 rules are configured by Unused, not one"):
        load_profile(file, TEST_RULES).config(Unused)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["all", "enforcementLevel", "waivers", *(r.id for r in RULES)])
                | st.text(max_size=8),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_either_read_or_refused_with_a_config_error(raw: object) -> None:
    try:
        settings = read_settings(raw)
    except ConfigError:
        return
    assert set(settings) == {rule.id for rule in RULES}


def written(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_profile_changes_the_one_that_it_extends(tmp_path: Path) -> None:
    written(tmp_path, "base.json", {"test-cap": {"enforcementLevel": "advisory", "max": 1}})
    path = written(tmp_path, "own.json", {"extends": "base.json", "test-cap": {"share": 0.1}})
    setting = load_profile(path, [cap, plain]).settings["test-cap"]
    assert setting.level is Level.ADVISORY
    assert setting.config == Cap(max=1, share=0.1)


def test_a_level_alone_keeps_the_settings_of_what_is_extended(tmp_path: Path) -> None:
    written(tmp_path, "base.json", {"test-cap": {"max": 1}})
    path = written(tmp_path, "own.json", {"extends": "base.json", "test-cap": "disabled"})
    assert resolved(path) == {"test-cap": {"enforcementLevel": "disabled", "max": 1}}


def test_the_level_of_all_goes_over_every_level_of_what_is_extended(tmp_path: Path) -> None:
    base = {"test-cap": {"enforcementLevel": "advisory", "max": 1}, "test-plain": "mandatory"}
    written(tmp_path, "base.json", base)
    path = written(tmp_path, "own.json", {"extends": "base.json", "all": "disabled"})
    assert resolved(path) == {"test-cap": {"max": 1}, "all": "disabled"}


def test_environments_stay_in_what_the_engine_gets(tmp_path: Path) -> None:
    path = written(tmp_path, "own.json", {"environments": ["team/shared"], "all": "advisory"})
    assert resolved(path) == {"environments": ["team/shared"], "all": "advisory"}


def test_environments_of_what_is_extended_come_first(tmp_path: Path) -> None:
    written(tmp_path, "base.json", {"environments": ["team/base"], "all": "mandatory"})
    own = {"extends": "base.json", "environments": ["team/own"], "all": "advisory"}
    path = written(tmp_path, "own.json", own)
    assert resolved(path) == {"environments": ["team/base", "team/own"], "all": "advisory"}


@pytest.mark.parametrize(
    ("base", "told"),
    [
        pytest.param("own.json", "extends: the profile extends itself", id="itself"),
        pytest.param("missing.json", "missing.json: cannot be read", id="missing"),
        pytest.param("recomended", "did you mean `recommended`?", id="typo"),
        pytest.param(None, "extends: null is neither a profile that the pack ships", id="null"),
        pytest.param({}, "extends: {} is neither a profile that the pack ships", id="object"),
        pytest.param(True, "extends: true is neither a profile that the pack ships", id="flag"),
        pytest.param(7, "extends: 7 is neither a profile that the pack ships nor", id="number"),
        pytest.param("base.json", "base.json: test-cap.maxx: unknown key", id="mistake"),
    ],
)
def test_a_profile_that_cannot_be_extended_is_told(tmp_path: Path, base: object, told: str) -> None:
    written(tmp_path, "base.json", {"test-cap": {"maxx": 1}})
    path = written(tmp_path, "own.json", {"extends": base})
    with pytest.raises(ConfigError) as raised:
        load_profile(path, [cap, plain])
    assert told in str(raised.value)


@pytest.mark.parametrize("last", ["first.json", "second.json"])
def test_a_circle_of_profiles_is_told_as_a_chain(tmp_path: Path, last: str) -> None:
    path = written(tmp_path, "first.json", {"extends": "second.json"})
    second = written(tmp_path, "second.json", {"extends": "third.json"})
    third = written(tmp_path, "third.json", {"extends": last})
    with pytest.raises(ConfigError) as raised:
        load_profile(path, [cap, plain])
    assert str(raised.value) == (
        f"{path}: extends: the profile extends itself: {path} -> {second} -> {third} -> "
        f"{tmp_path / last}"
    )


LEVELS = st.sampled_from([level.value for level in Level])
SETTINGS = st.fixed_dictionaries(
    {},
    optional={"enforcementLevel": LEVELS, "max": st.integers(0, 9), "share": st.floats(0, 1)},
)
RAW = st.fixed_dictionaries(
    {}, optional={"all": LEVELS, "test-cap": LEVELS | SETTINGS, "test-plain": LEVELS}
)


@given(layers=st.lists(RAW, min_size=1, max_size=4))
def test_a_chain_of_profiles_sets_what_each_says_one_after_the_other(
    layers: list[dict[str, object]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("chain")
    level = {"test-cap": "mandatory", "test-plain": "advisory"}
    values: dict[str, object] = {"max": 3, "share": 0.5}
    path = folder
    for index, layer in enumerate(layers):
        base = {"extends": f"{index - 1}.json"} if index else {}
        path = written(folder, f"{index}.json", {**base, **layer})
        if "all" in layer:
            level = dict.fromkeys(level, str(layer["all"]))
        for rule in level:
            said: Any = layer.get(rule, {})
            said = {"enforcementLevel": said} if isinstance(said, str) else dict(said)
            level[rule] = said.pop("enforcementLevel", level[rule])
            values.update(said)
    settings = load_profile(path, [cap, plain]).settings
    assert {rule: each.level.value for rule, each in settings.items()} == level
    assert settings["test-cap"].config == Cap.model_validate(values)
