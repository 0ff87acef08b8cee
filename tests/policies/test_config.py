"""Mistakes in a rule's config are told with place, value and the nearest right name."""

import math
from typing import Any

import pytest
from pydantic import Field, ValidationError

from aws_policy_pack.config import (
    FEW,
    MOST_ENTRIES,
    ConfigError,
    OnUnknown,
    Problem,
    RuleConfig,
    StrictModel,
    Waiver,
    config_schema,
    nearest,
    problems_in,
    too_long,
)
from aws_policy_pack.registry import RULES
from aws_policy_pack.rules.cost.budget import MonthlyBudget
from aws_policy_pack.testing import analyze


class Limit(StrictModel):
    """A setting within a setting."""

    max_count: int = Field(default=3, ge=1, description="Upper bound")


class Limits(RuleConfig):
    """A rule's config with all that can be nested."""

    limits: tuple[Limit, ...] = Field(default=(), description="Bounds")
    by_name: dict[str, Limit] = Field(default_factory=dict, description="Bounds by name")
    single: Limit | None = Field(default=None, description="One bound")
    required: str = Field(description="Must be given")


class Group(StrictModel):
    """A setting that has one within."""

    limit: Limit = Field(description="Upper bound of the group")


class Groups(RuleConfig):
    """A rule's config whose settings lie deep."""

    groups: tuple[Group, ...] = Field(default=(), description="Groups")


def problems(raw: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as error:
        Limits.model_validate({"required": "x", **raw})
    return [str(problem) for problem in problems_in(error.value, Limits, "rule")]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        pytest.param(
            {"limts": []}, "rule.limts: unknown key; did you mean `limits`?", id="misspelt-key"
        ),
        pytest.param(
            {"xyz": 1},
            "rule.xyz: unknown key; known are `byName`, `limits`, `onUnknown`, `required`, "
            "`single`, `waivers`",
            id="unlike-any-key",
        ),
        pytest.param(
            {"limits": [{"maxCont": 2}]},
            "rule.limits.0.maxCont: unknown key; did you mean `maxCount`?",
            id="misspelt-key-in-a-list",
        ),
        pytest.param(
            {"single": {"maxCont": 2}},
            "rule.single.maxCont: unknown key; did you mean `maxCount`?",
            id="misspelt-key-in-an-object",
        ),
        pytest.param(
            {"waivers": [{"resource": "a", "ownr": "b"}]},
            "rule.waivers.0.ownr: unknown key; did you mean `owner`?",
            id="misspelt-key-in-a-waiver",
        ),
        pytest.param(
            {"single": {"maxCount": 0}},
            "rule.single.maxCount: 0 is not accepted: wanted at least 1",
            id="out-of-range",
        ),
        pytest.param(
            {"onUnknown": "pass"},
            "rule.onUnknown: 'pass' is not accepted: input should be 'report', 'fail' or 'ignore'",
            id="no-such-mode",
        ),
    ],
)
def test_a_mistake_is_told(raw: dict[str, Any], told: str) -> None:
    assert problems(raw) == [told]


def test_a_misspelt_key_that_lies_deep_is_told_with_its_neighbours() -> None:
    with pytest.raises(ValidationError) as error:
        Groups.model_validate({"groups": [{"limit": {"maxCont": 2}}]})
    assert [str(problem) for problem in problems_in(error.value, Groups, "rule")] == [
        "rule.groups.0.limit.maxCont: unknown key; did you mean `maxCount`?"
    ]


def test_a_missing_key_is_told() -> None:
    with pytest.raises(ValidationError) as error:
        Limits.model_validate({})
    told = [str(problem) for problem in problems_in(error.value, Limits, "rule")]
    assert told == ["rule.required: {} is not accepted: field required"]


def test_every_mistake_is_told() -> None:
    assert len(problems({"limts": 1, "onUnknown": 2, "single": {"maxCount": "x"}})) == 3


def test_whole_numbers_may_come_as_floats() -> None:
    assert Limit.model_validate({"maxCount": 2.0}).max_count == 2


def test_a_whole_number_as_a_float_hides_no_mistake() -> None:
    with pytest.raises(ValidationError) as error:
        Limit.model_validate({"maxCount": 2.0, "maxCont": 3}, strict=True)
    assert [str(problem) for problem in problems_in(error.value, Limit, "rule")] == [
        "rule.maxCont: unknown key; did you mean `maxCount`?"
    ]


@pytest.mark.parametrize("number", [math.inf, math.nan])
def test_a_number_is_finite(number: float) -> None:
    with pytest.raises(ValidationError, match="finite"):
        MonthlyBudget.model_validate({"budgetBase": number})


def test_a_config_error_has_a_line_for_each_mistake_with_its_file() -> None:
    error = ConfigError([Problem(path="a", text="x"), Problem(path="b", text="y")], "dev.json")
    assert str(error) == "dev.json: a: x\ndev.json: b: y"


def test_a_config_error_without_a_file_begins_with_the_place() -> None:
    assert str(ConfigError([Problem(path="a", text="x")])) == "a: x"


def test_nearest_lists_all_names_in_order_when_none_is_near() -> None:
    assert nearest("zzz", ["b", "a"]) == "known are `a`, `b`"


def test_nearest_lists_as_many_names_as_fit_on_a_line() -> None:
    names = [f"n{number:02}" for number in range(12)]
    assert len(names) == FEW
    assert nearest("zzz", names) == f"known are {', '.join(f'`{name}`' for name in names)}"


def test_nearest_names_only_the_most_alike_of_two() -> None:
    assert nearest("maxCont", ["maxCounts", "maxCount"]) == "did you mean `maxCount`?"


def test_a_config_may_be_made_by_the_names_of_its_attributes() -> None:
    assert RuleConfig(on_unknown=OnUnknown.FAIL) == RuleConfig.model_validate({"onUnknown": "fail"})


def test_a_config_cannot_be_changed() -> None:
    config = RuleConfig()
    with pytest.raises(ValidationError, match="frozen"):
        config.on_unknown = OnUnknown.IGNORE  # type: ignore[misc] # what the test is about


def test_a_waiver_names_a_resource() -> None:
    assert Waiver(resource="a").resource == "a"
    with pytest.raises(ValidationError, match="at least 1 character"):
        Waiver(resource="")


def test_unknown_values_are_reported_unless_configured() -> None:
    assert RuleConfig().on_unknown is OnUnknown.REPORT


def test_nearest_names_one_when_there_are_many() -> None:
    assert nearest("zzz", [f"rule-{n}" for n in range(13)]) == (
        "`aws-policy-pack list` shows what is known"
    )


def test_the_schema_has_wire_names_and_no_references() -> None:
    properties, required = config_schema(Limits)
    assert set(properties) == {"onUnknown", "waivers", "limits", "byName", "single", "required"}
    assert required == ["required"]
    assert "$ref" not in str(properties)
    assert properties["limits"]["items"]["properties"]["maxCount"]["minimum"] == 1


def test_a_schema_keeps_what_stands_beside_a_reference() -> None:
    properties, _ = config_schema(RuleConfig)
    assert properties["onUnknown"]["default"] == "report"
    assert properties["onUnknown"]["enum"] == ["report", "fail", "ignore"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        pytest.param([1] * MOST_ENTRIES, [], id="as-many-as-may-be"),
        pytest.param([1] * (MOST_ENTRIES + 1), ["rule: has 1001 entries"], id="one-too-many"),
        pytest.param({"a": [{"b": [1] * 1001}]}, ["rule.a.0.b: has 1001 entries"], id="inside"),
        pytest.param("x" * 5000, [], id="a-long-text"),
    ],
)
def test_a_list_or_object_may_be_so_long(value: object, told: list[str]) -> None:
    assert [str(problem).partition(";")[0] for problem in too_long(value, "rule")] == told


def test_a_stock_pack_refuses_what_is_too_long() -> None:
    (rule,) = (each for each in RULES if each.id == "sqs-encryption")
    waivers = [{"resource": f"queue-{number}*"} for number in range(MOST_ENTRIES + 1)]
    with pytest.raises(ConfigError, match=r"sqs-encryption\.waivers: has 1001 entries"):
        analyze(rule, {}, config={"waivers": waivers})


def test_what_may_be_null_is_no_choice_of_schemas() -> None:
    properties, _ = config_schema(MonthlyBudget)
    assert properties["budgetBase"]["type"] == ["number", "null"]
    assert properties["budgetBase"]["minimum"] == 0
    expires = properties["waivers"]["items"]["properties"]["expires"]
    assert (expires["type"], expires["format"]) == (["string", "null"], "date")
    assert "anyOf" not in str(properties)
