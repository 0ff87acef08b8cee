"""What becomes of old objects."""

import pytest

from aws_policy_pack.rules import s3
from aws_policy_pack.rules.s3 import BUCKETS, LIFECYCLES
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from tests.policies.rules.reading import problems
from tests.policies.rules.s3_buckets import CONTROLS_URL, beside, bucket


@pytest.mark.parametrize(
    ("stack", "problem"),
    [
        pytest.param([bucket()], "it has no lifecycle rules", id="none"),
        pytest.param(
            [bucket(), beside(LIFECYCLES[0], {"rules": [{"status": "Disabled"}]})],
            "none of its lifecycle rules is switched on",
            id="switched-off",
        ),
    ],
)
def test_a_bucket_without_lifecycle_is_told(stack: list[Example], problem: str) -> None:
    [report] = analyze_stack(s3.lifecycle, stack)
    assert (report.level, report.name) == ("advisory", "data")
    assert report.message == (
        f"data: {problem}; wanted at least one rule that is switched on. Fix: Add a "
        "`BucketLifecycleConfiguration` that expires what is not needed, or at least ends "
        f"unfinished uploads. {CONTROLS_URL}#s3-13"
    )


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param([bucket(lifecycleRules=[{"enabled": True}])], [], id="in-the-bucket"),
        pytest.param(
            [bucket(BUCKETS[1], lifecycleRules=[{"enabled": False}, {"enabled": True}])],
            [],
            id="second-rule-of-the-second-kind",
        ),
        pytest.param(
            [bucket(), beside(LIFECYCLES[0], {"rules": [{"status": "Enabled"}]})],
            [],
            id="beside-it",
        ),
        pytest.param(
            [bucket(), beside(LIFECYCLES[1], {"rules": [{"status": "Enabled"}]})],
            [],
            id="second-kind-beside-it",
        ),
        pytest.param(
            [bucket(lifecycleRules=[{"enabled": False}])],
            ["data: none of its lifecycle rules is switched on"],
            id="switched-off",
        ),
        pytest.param(
            [bucket(), beside(LIFECYCLES[0], {"rules": [{"status": "enabled"}]})],
            ["data: none of its lifecycle rules is switched on"],
            id="status-that-s3-refuses",
        ),
        pytest.param(
            [bucket(lifecycleRules=[])], ["data: it has no lifecycle rules"], id="empty-list"
        ),
        pytest.param([bucket(lifecycleRules=None)], ["data: it has no lifecycle rules"], id="null"),
        pytest.param(
            [bucket(lifecycleRules=UNKNOWN)],
            ["data: it has no lifecycle rules"],
            id="the-provider-fills-it",
        ),
        pytest.param(
            [bucket(lifecycleRules=[{"enabled": UNKNOWN}])],
            ["not evaluated: data: `lifecycleRules[0].enabled` is not known yet"],
            id="unknown",
        ),
        pytest.param(
            [bucket(), beside(LIFECYCLES[0], {"rules": [{"status": [UNKNOWN]}]})],
            ["not evaluated: setting: `rules[0].status` is a list, not text"],
            id="wrong-kind",
        ),
        pytest.param(
            [bucket(lifecycleRules=[{"enabled": True}]), beside(LIFECYCLES[0], {"rules": UNKNOWN})],
            [],
            id="one-is-enough",
        ),
        pytest.param(
            [bucket(), beside(LIFECYCLES[0], {"rules": []}, of=None)],
            ["not evaluated: setting: `bucket` is not known yet"],
            id="of-an-unknown-bucket",
        ),
    ],
)
def test_a_lifecycle_rule_is_switched_on(stack: list[Example], expected: list[str]) -> None:
    assert problems(analyze_stack(s3.lifecycle, stack)) == expected
