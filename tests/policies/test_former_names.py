"""A renamed rule keeps its former name: a profile may use it, and a note gives the present one."""

import json
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as proto
from pydantic import Field

from aws_policy_pack.analyzer import Analyzer
from aws_policy_pack.config import RuleConfig
from aws_policy_pack.pack import Pack
from aws_policy_pack.profiles import read_settings
from aws_policy_pack.registry import select
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Level, Severity, resource_rule
from aws_policy_pack.testing import resource_request
from pulumi_preflight.packs.config_files import read_config
from pulumi_preflight.packs.connection import configure_request, effective_settings

THING = "test:index:Thing"
FORMER = "test-most"
NOTE = (
    "the pack's config calls this rule `test-most`; wanted its present name, since the next major "
    "version does not know the former one. Fix: Write `test-cap`. https://example.com"
)


class Cap(RuleConfig):
    """A cap."""

    max: int = Field(default=3, description="Most of them")


@resource_rule(
    "test-cap",
    THING,
    level=Level.MANDATORY,
    severity=Severity.LOW,
    summary="There are few",
    why="Many cost more.",
    url="https://example.com",
    good={"count": 1},
    bad={"count": 9},
    formerly=(FORMER,),
)
def cap(thing: Resource, config: Cap) -> Findings:
    """Compares the count."""
    if (thing.number("count") or 0) > config.max:
        yield Finding(problem="many", wanted=f"at most {config.max}", fix="Remove some")


def configured(profile: object, folder: Path) -> Analyzer:
    """The pack's service under a profile that reaches it as under the engine."""
    context: Any = type("Context", (), {"set_trailing_metadata": lambda *_: None})()
    analyzer = Analyzer(Pack("pack", "1.0.0", [cap]))
    file = folder / "profile.json"
    file.write_text(json.dumps(profile), encoding="utf-8")
    info = analyzer.GetAnalyzerInfo(empty_pb2.Empty(), context)
    settings = effective_settings(info, read_config(file), {})
    analyzer.Configure(configure_request(settings), context)
    return analyzer


def found(analyzer: Analyzer, count: int) -> list[tuple[int, str]]:
    context: Any = grpc.ServicerContext
    answer = analyzer.Analyze(resource_request(THING, {"count": count}), context)
    return [(each.enforcementLevel, each.message) for each in answer.diagnostics]


def noted(analyzer: Analyzer) -> list[tuple[str, int, str]]:
    context: Any = grpc.ServicerContext
    answer = analyzer.AnalyzeStack(proto.AnalyzeStackRequest(), context)
    return [
        (each.policyName, each.enforcementLevel, each.message.partition("\n")[2])
        for each in answer.diagnostics
    ]


@pytest.mark.parametrize(
    ("profile", "level", "most"),
    [
        pytest.param({FORMER: {"max": 5}}, proto.MANDATORY, 5, id="settings-alone"),
        pytest.param({FORMER: "advisory"}, proto.ADVISORY, 3, id="a-level"),
        pytest.param(
            {"all": "advisory", FORMER: "mandatory"}, proto.MANDATORY, 3, id="a-level-over-all"
        ),
        pytest.param({"all": "advisory", FORMER: {"max": 5}}, proto.ADVISORY, 5, id="under-all"),
        pytest.param({"test-cap": {"max": 4}, FORMER: {"max": 5}}, proto.MANDATORY, 5, id="both"),
    ],
)
def test_a_profile_may_call_a_rule_by_its_former_name(
    profile: object, level: int, most: int, tmp_path: Path
) -> None:
    analyzer = configured(profile, tmp_path)
    assert found(analyzer, most) == []
    [(found_level, message)] = found(analyzer, most + 1)
    assert (found_level, f"wanted at most {most}." in message) == (level, True)


def test_a_former_name_is_noted_with_the_present_one(tmp_path: Path) -> None:
    assert noted(configured({FORMER: {"max": 5}}, tmp_path)) == [
        (
            "test-cap",
            proto.ADVISORY,
            NOTE,
        )
    ]


@pytest.mark.parametrize(
    "profile",
    [
        pytest.param({}, id="no-name"),
        pytest.param({"test-cap": {"max": 5}}, id="the-present-name"),
        pytest.param({"all": "advisory"}, id="all"),
    ],
)
def test_who_uses_no_former_name_hears_of_none(profile: object, tmp_path: Path) -> None:
    assert noted(configured(profile, tmp_path)) == []


def test_a_profile_without_the_engine_takes_a_former_name_too() -> None:
    setting = read_settings({FORMER: {"max": 5}}, [cap])["test-cap"]
    assert (setting.level, setting.config, setting.called) == (Level.MANDATORY, Cap(max=5), FORMER)


def test_a_rule_is_chosen_by_its_former_name() -> None:
    assert select(ids=[FORMER], rules=[cap]) == (cap,)


def test_a_former_name_is_not_free_for_another_rule() -> None:
    with pytest.raises(ValueError, match="more than one rule is called test-cap, test-most"):
        Pack("pack", "1.0.0", [cap, cap])
