"""How long logs and images are kept."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.rules.cost.retention import ecr_lifecycle, log_retention
from aws_policy_pack.testing import UNKNOWN, Example, analyze, analyze_stack

REPOSITORY = "aws:ecr/repository:Repository"
POLICY = "aws:ecr/lifecyclePolicy:LifecyclePolicy"


@pytest.mark.parametrize(
    ("properties", "cap", "problem"),
    [
        pytest.param({}, 90, "not set, so events are kept for ever", id="nothing said"),
        pytest.param(
            {"retentionInDays": None}, 90, "not set, so events are kept for ever", id="null"
        ),
        pytest.param({"retentionInDays": 0}, 90, "0, so events are kept for ever", id="zero"),
        pytest.param({"retentionInDays": 30}, 29, "30", id="one day over the cap"),
        pytest.param(
            {"retentionInDays": 91, "logGroupClass": "INFREQUENT_ACCESS"}, 90, "91", id="a class"
        ),
    ],
)
def test_events_that_are_kept_too_long_are_found(
    properties: Mapping[str, object], cap: int, problem: str
) -> None:
    (report,) = analyze(log_retention, properties, config={"maxDays": cap})
    assert report.level == "mandatory"
    assert report.message == (
        f"subject: `retentionInDays` is {problem}; wanted 1 to {cap} "
        "(`maxDays` of cost-log-retention). Fix: Set `retentionInDays` within these bounds. "
        f"{log_retention.url}"
    )


@pytest.mark.parametrize(
    ("properties", "config"),
    [
        pytest.param({"retentionInDays": 1}, {"maxDays": 29}, id="the shortest"),
        pytest.param({"retentionInDays": 29}, {"maxDays": 29}, id="the cap"),
        pytest.param(
            {"logGroupClass": "DELIVERY"}, {"maxDays": 29}, id="a class that keeps two days always"
        ),
        pytest.param({"retentionInDays": 3653}, {}, id="ten years under no cap"),
        pytest.param({}, {}, id="for ever under no cap"),
        pytest.param({"retentionInDays": UNKNOWN}, {}, id="not known, under no cap"),
    ],
)
def test_events_that_are_dropped_in_time_pass(
    properties: Mapping[str, object], config: Mapping[str, object]
) -> None:
    assert analyze(log_retention, properties, config=config) == []


def test_a_retention_that_is_not_known_is_not_judged() -> None:
    (report,) = analyze(log_retention, {"retentionInDays": UNKNOWN}, config={"maxDays": 29})
    assert report.message.endswith("not evaluated: subject: `retentionInDays` is not known yet")


def test_a_repository_without_a_lifecycle_policy_is_found() -> None:
    stack = [
        Example(type=REPOSITORY, name="app", properties={"name": "app-dev"}),
        Example(type=REPOSITORY, name="other", properties={"name": "other-dev"}),
        Example(type=POLICY, name="rules", properties={"repository": "other-dev"}),
    ]
    (report,) = analyze_stack(ecr_lifecycle, stack)
    assert report.message == (
        f"app: no lifecycle policy refers to this repository; wanted a resource of type {POLICY}. "
        f"Fix: Add a lifecycle policy that removes untagged and old images. {ecr_lifecycle.url}"
    )


@pytest.mark.parametrize(
    ("repository", "references"),
    [
        pytest.param("app-dev", {}, id="by name"),
        pytest.param(UNKNOWN, {"repository": ("app",)}, id="by reference, not known yet"),
    ],
)
def test_a_repository_with_a_lifecycle_policy_passes(
    repository: object, references: Mapping[str, tuple[str, ...]]
) -> None:
    stack = [
        Example(type=REPOSITORY, name="app", properties={"name": "app-dev"}),
        Example(
            type=POLICY,
            name="rules",
            properties={"repository": repository},
            references=references,
        ),
    ]
    assert analyze_stack(ecr_lifecycle, stack) == []


def test_a_policy_of_a_repository_that_is_not_known_may_be_the_one() -> None:
    stack = [
        Example(type=REPOSITORY, name="app", properties={"name": "app-dev"}),
        Example(type=POLICY, name="rules", properties={"repository": UNKNOWN}),
    ]
    (report,) = analyze_stack(ecr_lifecycle, stack)
    assert report.message.endswith("not evaluated: rules: `repository` is not known yet")
