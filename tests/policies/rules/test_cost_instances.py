"""Instances that a change makes larger or smaller by several sizes."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.rules.cost.instances import PATHS, instance_class_step
from aws_policy_pack.testing import UNKNOWN, Report, analyze

EC2 = "aws:ec2/instance:Instance"
SEARCH = "aws:opensearch/domain:Domain"


def judged(
    before: object,
    now: object,
    *,
    operation: str = "",
    config: Mapping[str, object] | None = None,
    ignore_changes: tuple[str, ...] = (),
) -> list[Report]:
    return analyze(
        instance_class_step,
        {"instanceClass": now},
        before={"instanceClass": before},
        operation=operation,
        config=config,
        ignore_changes=ignore_changes,
    )


def test_a_class_that_grows_by_three_sizes_is_told() -> None:
    [report] = judged("db.t4g.medium", "db.t4g.2xlarge")
    assert report.level == "advisory"
    assert report.message == (
        "subject: `instanceClass` goes from 'db.t4g.medium' to 'db.t4g.2xlarge', which multiplies "
        "the size by 8; wanted by 2 at most (`steps` of cost-instance-class-step is 1). "
        "Fix: Change `instanceClass` size by size, or raise `steps` in the pack's config. "
        f"{instance_class_step.url}"
    )


def test_a_class_that_shrinks_is_told_by_what_divides_it() -> None:
    [report] = judged("db.r6g.12xlarge", "db.r6g.large")
    assert "which divides the size by 24;" in report.message


@pytest.mark.parametrize(
    ("before", "now", "is_found"),
    [
        pytest.param("db.t4g.medium", "db.t4g.large", False, id="one-size-up"),
        pytest.param("db.t4g.medium", "db.t4g.xlarge", True, id="two-sizes-up"),
        pytest.param("db.t4g.xlarge", "db.t4g.large", False, id="one-size-down"),
        pytest.param("db.t4g.xlarge", "db.t4g.medium", True, id="two-sizes-down"),
        pytest.param("db.t4g.micro", "db.t4g.medium", True, id="small-ones"),
        pytest.param("db.r5.xlarge", "db.r5.2xlarge", False, id="twice-xlarge"),
        pytest.param("db.r5.2xlarge", "db.r5.4xlarge", False, id="twice-2xlarge"),
        pytest.param("db.r5.4xlarge", "db.r5.8xlarge", False, id="twice-4xlarge"),
        pytest.param("db.r5.8xlarge", "db.r5.12xlarge", False, id="less-than-twice"),
        pytest.param("db.r5.8xlarge", "db.r5.24xlarge", True, id="three-times"),
        pytest.param("db.t3.large", "db.r8g.large", False, id="another-family"),
        pytest.param("db.t3.medium", "db.r8g.2xlarge", True, id="another-family-and-size"),
        pytest.param("db.m5.large.tpc1.mem2x", "db.m5.4xlarge.tpc2.mem2x", True, id="oracle"),
        pytest.param("db.serverless", "db.r6g.16xlarge", False, id="from-no-size"),
        pytest.param("db.t3.medium", "db.serverless", False, id="to-no-size"),
        pytest.param(None, "db.r6g.16xlarge", False, id="none-before"),
        pytest.param("db.r6g.16xlarge", None, False, id="none-now"),
    ],
)
def test_sizes_are_compared_in_any_family(before: object, now: object, *, is_found: bool) -> None:
    assert [each.was_evaluated for each in judged(before, now)] == [True] * is_found


@pytest.mark.parametrize(
    ("before", "now", "path"),
    [
        pytest.param("db.t4g.medium", UNKNOWN, "instanceClass", id="now"),
        pytest.param(UNKNOWN, "db.t4g.medium", "before.instanceClass", id="before"),
    ],
)
def test_a_class_that_is_not_known_is_not_evaluated(before: object, now: object, path: str) -> None:
    assert [each.unreadable for each in judged(before, now)] == [path]


@pytest.mark.parametrize(
    ("steps", "is_found"), [pytest.param(3, False, id="three"), pytest.param(2, True, id="two")]
)
def test_the_profile_allows_more_sizes(steps: int, *, is_found: bool) -> None:
    found = judged("db.t4g.medium", "db.t4g.2xlarge", config={"steps": steps})
    assert bool(found) == is_found


def test_a_replaced_instance_is_compared_too() -> None:
    assert judged("db.t4g.medium", "db.t4g.2xlarge", operation="replace")


def test_nothing_is_found_where_there_is_no_base() -> None:
    assert analyze(instance_class_step, {"instanceClass": "db.t4g.2xlarge"}) == []


def test_nothing_is_found_at_what_is_new() -> None:
    found = analyze(instance_class_step, {"instanceClass": "db.t4g.2xlarge"}, operation="create")
    assert found == []


def test_a_class_whose_changes_are_ignored_does_not_change() -> None:
    assert judged("db.t4g.medium", "db.t4g.2xlarge", ignore_changes=("instanceClass",)) == []
    assert judged("db.t4g.medium", "db.t4g.2xlarge", operation="same") == []


def test_each_class_of_a_search_domain_has_a_finding_of_its_own() -> None:
    found = analyze(
        instance_class_step,
        {
            "clusterConfig": {
                "instanceType": "r6g.4xlarge.search",
                "dedicatedMasterType": "m6g.4xlarge.search",
            }
        },
        type=SEARCH,
        before={
            "clusterConfig": {
                "instanceType": "r6g.large.search",
                "dedicatedMasterType": "m6g.large.search",
            }
        },
    )
    assert [each.part for each in found] == [
        "clusterConfig.instanceType",
        "clusterConfig.dedicatedMasterType",
    ]


@pytest.mark.parametrize("kind", PATHS)
def test_every_type_is_judged_where_its_class_stands(kind: str) -> None:
    path = PATHS[kind][0]

    def holding(text: str) -> Mapping[str, object]:
        outer, _, inner = path.partition(".")
        return {outer: {inner: text}} if inner else {outer: text}

    found = analyze(
        instance_class_step, holding("m5.4xlarge"), type=kind, before=holding("m5.large")
    )
    assert [each.part for each in found] == [path]


def test_a_machine_without_a_size_is_passed() -> None:
    found = analyze(
        instance_class_step,
        {"instanceType": "m5.metal"},
        type=EC2,
        before={"instanceType": "m5.large"},
    )
    assert found == []
