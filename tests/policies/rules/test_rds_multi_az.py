"""Databases have a standby or a second instance in another zone."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.rules.rds.durability import multi_az
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from aws_policy_pack.type_tokens import RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_INSTANCE
from tests.policies.rules.reading import said

GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"


def members(count: int, identifier: object = UNKNOWN, *, refers: bool = True) -> list[Example]:
    return [
        Example(
            type=RDS_CLUSTER_INSTANCE,
            name=f"member-{number}",
            properties={"clusterIdentifier": identifier},
            references={"clusterIdentifier": ("orders",)} if refers else {},
        )
        for number in range(count)
    ]


def cluster(**properties: object) -> Example:
    return Example(type=RDS_CLUSTER, name="orders", properties=properties)


@pytest.mark.parametrize(
    ("stack", "message"),
    [
        pytest.param(
            [Example(type=RDS_INSTANCE, name="orders")],
            "`multiAz` is false; wanted true. Fix: Set `multiAz` to true",
            id="instance",
        ),
        pytest.param(
            [cluster(), *members(1)],
            "has only one instance in the stack; wanted at least 2, which AWS puts in different "
            "zones. Fix: Add a cluster instance",
            id="cluster of one",
        ),
        pytest.param(
            [cluster()],
            "has no instance in the stack; wanted at least 2, which AWS puts in different zones. "
            "Fix: Add a cluster instance",
            id="cluster of none",
        ),
    ],
)
def test_a_database_in_one_zone_is_told_whole(stack: list[Example], message: str) -> None:
    [report] = analyze_stack(multi_az, stack)
    assert (report.level, report.name) == ("advisory", "orders")
    assert report.message == f"orders: {message}. {GUIDE}/Concepts.MultiAZ.html"


@pytest.mark.parametrize(
    ("properties", "count"),
    [
        pytest.param({"multiAz": True}, 0, id="standby"),
        pytest.param({"multiAz": False}, 1, id="no standby"),
        pytest.param({"multiAz": None}, 1, id="null"),
        pytest.param({"multiAz": UNKNOWN}, 1, id="left to AWS, which makes none"),
        pytest.param({"replicateSourceDb": "orders"}, 0, id="replica"),
        pytest.param({"replicateSourceDb": ""}, 1, id="replica of nothing"),
        pytest.param({"replicateSourceDb": UNKNOWN}, 1, id="source left to AWS"),
    ],
)
def test_an_instance_needs_a_standby(properties: Mapping[str, object], count: int) -> None:
    stack = [Example(type=RDS_INSTANCE, name="orders", properties=properties)]
    assert len(analyze_stack(multi_az, stack)) == count


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param([cluster(), *members(2)], id="two instances"),
        pytest.param([cluster(), *members(3)], id="three instances"),
        pytest.param([cluster(id="orders"), *members(2, "orders", refers=False)], id="two by name"),
        pytest.param([cluster(dbClusterInstanceClass="db.m7g.large")], id="Multi-AZ cluster"),
        pytest.param([cluster(engineMode="serverless")], id="serverless v1"),
        pytest.param(
            [cluster(), *members(2), *members(1, refers=False)],
            id="enough beside one that is not known",
        ),
    ],
)
def test_a_cluster_of_two_or_of_another_kind_passes(stack: list[Example]) -> None:
    assert analyze_stack(multi_az, stack) == []


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"engineMode": "provisioned"}, id="provisioned"),
        pytest.param({"engineMode": "spare"}, id="another mode"),
        pytest.param({"engineMode": ""}, id="no mode"),
        pytest.param({"engineMode": UNKNOWN}, id="mode left to AWS"),
        pytest.param({"dbClusterInstanceClass": ""}, id="no class"),
        pytest.param({"dbClusterInstanceClass": UNKNOWN}, id="class left to AWS"),
    ],
)
def test_other_clusters_need_two_instances(properties: Mapping[str, object]) -> None:
    stack = [cluster(**properties), *members(1)]
    assert len(analyze_stack(multi_az, stack)) == 1


def test_instances_of_another_cluster_do_not_count() -> None:
    other = Example(type=RDS_CLUSTER_INSTANCE, name="b", properties={"clusterIdentifier": "other"})
    [found] = said(analyze_stack(multi_az, [cluster(), *members(1), other]))
    assert found.startswith("orders: has only one instance in the stack")


def test_an_instance_of_a_cluster_that_is_not_known_may_be_the_second() -> None:
    found = said(analyze_stack(multi_az, [cluster(), *members(1, refers=False)]))
    assert found == ["not evaluated: member-0: `clusterIdentifier` is not known yet"]


def test_a_standby_that_is_not_known_is_not_evaluated() -> None:
    source = Example(type="aws:ssm/parameter:Parameter", name="switch")
    database = Example(
        type=RDS_INSTANCE,
        name="orders",
        properties={"multiAz": UNKNOWN},
        references={"multiAz": ("switch",)},
    )
    found = said(analyze_stack(multi_az, [source, database]))
    assert found == ["not evaluated: orders: `multiAz` is not known yet"]
