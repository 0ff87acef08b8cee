"""Tags that every resource must carry."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.rules.names.form import tags_required
from aws_policy_pack.testing import UNKNOWN, Secret, analyze, remediate

REQUIRED = {"tags": {"Environment": "dev"}}
ANY = {"tags": {"Team": None}}


def judge(properties: Mapping[str, object], config: Mapping[str, object]) -> list[str]:
    """The texts, without what the SDK puts before that of a rule that could not run."""
    found = analyze(tags_required, properties, config=config)
    return [report.text for report in found]


def said(name: str, value: str, wanted: str) -> str:
    return (
        f"subject: tag '{name}' is {value}; wanted {wanted} (`tags.{name}` of tags-required). "
        f"Fix: Set the tag '{name}'. {tags_required.url}"
    )


@pytest.mark.parametrize(
    ("properties", "config", "expected"),
    [
        pytest.param({}, REQUIRED, said("Environment", "not set", "'dev'"), id="no tags"),
        pytest.param({"tags": None}, REQUIRED, said("Environment", "not set", "'dev'"), id="null"),
        pytest.param({"tags": {}}, ANY, said("Team", "not set", "any value"), id="any value"),
        pytest.param({"tags": {"Team": ""}}, ANY, said("Team", "''", "any value"), id="empty"),
        pytest.param(
            {"tags": {"Environment": "Dev"}},
            REQUIRED,
            said("Environment", "'Dev'", "'dev'"),
            id="another value",
        ),
        pytest.param(
            {"tags": {"environment": "dev"}},
            REQUIRED,
            said("Environment", "not set", "'dev'"),
            id="another case",
        ),
        pytest.param(
            {"tags": {"shop": {"team": "a"}}},
            {"tags": {"shop.team": None}},
            said("shop.team", "not set", "any value"),
            id="a name with a dot is no path",
        ),
    ],
)
def test_a_tag_that_is_missing_or_wrong_is_found(
    properties: Mapping[str, object], config: Mapping[str, object], expected: str
) -> None:
    assert judge(properties, config) == [expected]


def test_each_tag_has_its_own_finding() -> None:
    config = {"tags": {"Environment": "dev", "Team": None, "Project": "shop"}}
    assert len(judge({"tags": {"Project": "shop"}}, config)) == 2


@pytest.mark.parametrize(
    ("properties", "config"),
    [
        pytest.param({}, {}, id="none required"),
        pytest.param({"tagsAll": {"Environment": "dev"}}, REQUIRED, id="by the provider"),
        pytest.param(
            {"tags": {"Environment": "dev"}, "tagsAll": UNKNOWN}, REQUIRED, id="enough is known"
        ),
        pytest.param({"tags": {"Environment": "dev", "x": "y"}}, REQUIRED, id="the value"),
        pytest.param({"tags": {"Environment": Secret("dev")}}, REQUIRED, id="a secret value"),
        pytest.param({"tags": {"Team": "any"}}, ANY, id="any value"),
        pytest.param({"tags": {"Team": UNKNOWN}}, ANY, id="any value, not known yet"),
        pytest.param(
            {"tags": {"shop.team": "a"}}, {"tags": {"shop.team": "a"}}, id="a name with a dot"
        ),
    ],
)
def test_the_tags_that_are_required_pass(
    properties: Mapping[str, object], config: Mapping[str, object]
) -> None:
    assert judge(properties, config) == []


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        pytest.param(UNKNOWN, "`tags` is not known yet", id="unknown tags"),
        pytest.param(
            {"Environment": UNKNOWN}, "`tags.Environment` is not known yet", id="an unknown value"
        ),
        pytest.param(["Environment"], "`tags` is a list, not an object", id="a list"),
    ],
)
def test_tags_that_cannot_be_read_are_not_judged(tags: object, expected: str) -> None:
    assert judge({"tags": tags}, REQUIRED) == [f"not evaluated: subject: {expected}"]


@pytest.mark.parametrize(
    ("properties", "config", "expected"),
    [
        pytest.param({"name": "a"}, REQUIRED, {"Environment": "dev"}, id="none before"),
        pytest.param(
            {"tags": {"Team": "a", "Environment": "prod"}},
            REQUIRED,
            {"Team": "a", "Environment": "dev"},
            id="others are kept, a wrong value is replaced",
        ),
        pytest.param(
            {"tags": {"Team": ""}},
            {"tags": {"Team": None, "Environment": "dev"}},
            {"Team": "", "Environment": "dev"},
            id="what has no configured value is left alone",
        ),
    ],
)
def test_the_fix_sets_the_tags_whose_values_are_configured(
    properties: Mapping[str, object], config: Mapping[str, object], expected: Mapping[str, str]
) -> None:
    mended = remediate(tags_required, properties, config=config)
    assert mended is not None
    assert dict(mended) == {**properties, "tags": expected}


@pytest.mark.parametrize(
    ("properties", "config"),
    [
        pytest.param({"tags": {"Environment": "dev"}}, REQUIRED, id="all there"),
        pytest.param({}, ANY, id="no value is configured"),
        pytest.param({}, {}, id="none required"),
    ],
)
def test_the_fix_changes_nothing_else(
    properties: Mapping[str, object], config: Mapping[str, object]
) -> None:
    assert remediate(tags_required, properties, config=config) is None
