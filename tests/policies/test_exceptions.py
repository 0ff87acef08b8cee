"""A profile of version 2 has its rules under `policies`, and the engine's exceptions."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from aws_policy_pack.config import ConfigError
from aws_policy_pack.profiles import load_profile, resolved
from aws_policy_pack.registry import RULES
from aws_policy_pack.rule import Level

QUEUE = "urn:pulumi:dev::shop::aws:sqs/queue:Queue::orders"
ENTRY = {"policies": ["sqs-encryption"], "targets": [QUEUE]}
RENAMED = replace(RULES[0], formerly=("once-another",))


def exception(**changes: object) -> dict[str, object]:
    return {"reason": "public", "match": [ENTRY], **changes}


def written(folder: Path, content: object, name: str = "profile.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_rules_stand_under_policies_and_exceptions_beside_them(tmp_path: Path) -> None:
    content = {
        "version": 2,
        "environments": ["team/shared"],
        "policies": {"extends": "minimal", "sqs-encryption": "mandatory"},
        "exceptions": {"EXC-1": exception()},
    }
    profile = load_profile(written(tmp_path, content))
    assert profile.settings["sqs-encryption"].level is Level.MANDATORY
    assert profile.settings["sqs-long-polling"].level is Level.DISABLED
    [(name, told)] = profile.exceptions.items()
    assert (name, told.reason, told.match[0].targets) == ("EXC-1", "public", (QUEUE,))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"version": 2}, id="version-alone"),
        pytest.param({"version": 2.0, "policies": None, "exceptions": None}, id="nulls"),
    ],
)
def test_a_profile_of_version_2_may_say_nothing(content: object, tmp_path: Path) -> None:
    path = written(tmp_path, content)
    assert load_profile(path).exceptions == {}
    assert resolved(path) == {}


def test_a_text_under_version_is_the_level_of_a_rule(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="version: unknown rule"):
        load_profile(written(tmp_path, {"version": "2"}))


def test_what_is_extended_is_written_out_with_its_exceptions(tmp_path: Path) -> None:
    base = {
        "version": 2,
        "environments": ["team/shared"],
        "policies": {"sqs-encryption": "mandatory"},
        "exceptions": {"EXC-1": exception(), "EXC-2": exception()},
    }
    written(tmp_path, base, "base.json")
    own = {
        "version": 2,
        "policies": {"extends": "base.json", "all": "advisory"},
        "exceptions": {"EXC-2": exception(reason="newer")},
    }
    path = written(tmp_path, own)
    assert resolved(path) == {
        "version": 2,
        "environments": ["team/shared"],
        "policies": {"all": "advisory"},
        "exceptions": {"EXC-1": exception(), "EXC-2": exception(reason="newer")},
    }
    assert {name: each.reason for name, each in load_profile(path).exceptions.items()} == {
        "EXC-1": "public",
        "EXC-2": "newer",
    }


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param({"version": 3}, "version: is 3; wanted 2", id="version"),
        pytest.param({"policies": []}, "policies: is not a JSON object", id="policies"),
        pytest.param(
            {"exception": {}},
            "exception: unknown key beside `policies`; did you mean `exceptions`?",
            id="misspelt",
        ),
        pytest.param(
            {"extends": "minimal"},
            "extends: unknown key beside `policies`; write it inside `policies`",
            id="extends",
        ),
        pytest.param({"policies": {"sqs-x": "advisory"}}, "sqs-x: unknown rule", id="rule"),
        pytest.param({"exceptions": []}, "exceptions: is not a JSON object", id="list"),
        pytest.param(
            {"exceptions": {"a b": exception()}}, "exceptions: 'a b' is not an id", id="id"
        ),
        pytest.param({"exceptions": {"a": 3}}, "exceptions.a: 3 is not accepted", id="number"),
        pytest.param(
            {"exceptions": {"a": exception(reason=" ")}},
            "exceptions.a.reason: ' ' is not accepted: wanted a reason",
            id="blank",
        ),
        pytest.param(
            {"exceptions": {"a": exception(match=[])}},
            "exceptions.a.match: [] is not accepted: wanted at least one",
            id="no-match",
        ),
        pytest.param(
            {"exceptions": {"a": exception(reasons="x")}},
            "exceptions.a.reasons: unknown key; did you mean `reason`?",
            id="key",
        ),
        pytest.param(
            {"exceptions": {"a": exception(match=[{**ENTRY, "targets": ["orders"]}])}},
            "exceptions.a.match.0.targets: ['orders'] is not accepted: wanted URNs",
            id="name",
        ),
        pytest.param(
            {"exceptions": {"a": exception(match=[{**ENTRY, "policies": ["sqs-encrypton"]}])}},
            "exceptions.a.match.0.policies.0: unknown rule; did you mean `sqs-encryption`?",
            id="misspelt-rule",
        ),
        pytest.param(
            {"exceptions": {"a": exception(match=[{**ENTRY, "policies": ["once-another"]}])}},
            f"`once-another` is `{RENAMED.id}` now",
            id="former-name",
        ),
        pytest.param(
            {"exceptions": {"a": exception(match=[ENTRY, {**ENTRY, "policies": ["all"]}])}},
            "exceptions.a.match.1.policies.0: unknown rule",
            id="all",
        ),
        pytest.param(
            {"exceptions": {"a": exception(match=[{**ENTRY, "policies": ["waivers-valid"]}])}},
            "exceptions.a.match.0.policies.0: `waivers-valid` cannot be waived",
            id="the-rule-about-waivers",
        ),
        pytest.param(
            {"exceptions": {"a": exception(expires="tomorrow")}},
            "exceptions.a.expires: 'tomorrow' is not accepted: wanted a day of the calendar",
            id="no-day",
        ),
    ],
)
def test_a_mistake_in_a_profile_of_version_2_is_told_with_its_place(
    content: dict[str, object], told: str, tmp_path: Path
) -> None:
    path = written(tmp_path, {"version": 2, **content})
    with pytest.raises(ConfigError) as raised:
        load_profile(path, (RENAMED, *RULES[1:]))
    assert told in str(raised.value)
    assert str(raised.value).startswith(f"{path}: ")
