"""What a scalable target means: a service within its cluster, a table within its region."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.ecs import CLUSTER, SERVICE, in_named_clusters, scaled_by
from aws_policy_pack.resource import Unreadable
from aws_policy_pack.testing import UNKNOWN, Example
from tests.policies.cost.stacks import graph_of, make

TARGET = "aws:appautoscaling/target:Target"
TABLE = "aws:dynamodb/table:Table"
REPLICAS = "aws:elasticache/replicationGroup:ReplicationGroup"
A = make(CLUSTER, "cluster-a", name="a", arn=UNKNOWN)
UNNAMED = make(CLUSTER, "unnamed", name=UNKNOWN)


def web(name: str, **properties: object) -> Example:
    return make(SERVICE, name, **{"name": "web", **properties})


def scaled(target: Mapping[str, object], *stack: Example, kind: str = SERVICE) -> list[str]:
    graph = graph_of(make(TARGET, "target", **target), *stack)
    (found,) = graph.of_type(TARGET)
    return [resource.name for resource in scaled_by(found, graph, kind)]


@pytest.mark.parametrize(
    ("mine", "text"),
    [
        pytest.param({"cluster": "a"}, "service/a/web", id="name"),
        pytest.param(
            {"cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/a"}, "service/a/web", id="arn"
        ),
        pytest.param({"cluster": "{cluster-a}"}, "service/a/web", id="reference"),
        pytest.param({}, "service/default/web", id="none"),
        pytest.param({"cluster": UNKNOWN}, "service/default/web", id="left-to-the-provider"),
        pytest.param({"cluster": ""}, "service/default/web", id="empty"),
    ],
)
@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"cluster": "b"}, id="other-name"),
        pytest.param({"cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/b-a"}, id="other-arn"),
        pytest.param({"cluster": "{unnamed}"}, id="not-known"),
    ],
)
def test_a_service_is_meant_with_its_cluster(
    mine: dict[str, object], text: str, other: dict[str, object]
) -> None:
    stack = (A, UNNAMED, web("other", **other), web("mine", **mine))
    assert scaled({"resourceId": text}, *stack) == ["mine"]


def test_a_service_that_the_target_depends_on_needs_no_cluster() -> None:
    assert scaled({"resourceId": "{web}"}, web("web", cluster="{unnamed}"), UNNAMED) == ["web"]


@pytest.mark.parametrize(
    "text",
    ["service/b/web", "service/default/web", "service/a/worker", "table/a/web", "a/web", ""],
)
def test_another_text_means_no_service(text: str) -> None:
    assert scaled({"resourceId": text}, web("web", cluster="a")) == []


def test_a_cluster_that_is_not_known_leaves_it_open() -> None:
    with pytest.raises(Unreadable, match="`cluster` is not known yet") as raised:
        scaled({"resourceId": "service/a/web"}, web("mine", cluster="{unnamed}"), UNNAMED)
    assert raised.value.resource is not None
    assert raised.value.resource.name == "mine"


def test_the_first_of_several_services_that_leave_it_open_is_told() -> None:
    stack = [web(name, cluster="{unnamed}") for name in ("first", "second", "third")]
    with pytest.raises(Unreadable) as raised:
        scaled({"resourceId": "service/a/web"}, *stack, UNNAMED)
    assert raised.value.resource is not None
    assert raised.value.resource.name == "first"


@pytest.mark.parametrize(
    "clusters",
    [
        pytest.param(("cluster-a", "cluster-b"), id="one of two"),
        pytest.param(("nameless",), id="without a name"),
    ],
)
def test_a_reference_that_tells_no_single_name_leaves_it_open(clusters: tuple[str, ...]) -> None:
    service = Example(
        type=SERVICE,
        name="mine",
        properties={"name": "web", "cluster": UNKNOWN},
        references={"cluster": clusters},
    )
    stack = (A, make(CLUSTER, "cluster-b", name="b"), make(CLUSTER, "nameless"), service)
    with pytest.raises(Unreadable, match="`cluster` is not known yet"):
        scaled({"resourceId": "service/a/web"}, *stack)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(["a"], ["in-a"], id="one"),
        pytest.param(["arn:aws:ecs:eu-west-1:123456789012:cluster/b"], ["in-b"], id="by its ARN"),
        pytest.param(["b", "web", "a"], ["in-a", "in-b"], id="both"),
        pytest.param(["web", "c"], ["in-a", "in-b", "somewhere"], id="neither"),
        pytest.param([], ["in-a", "in-b", "somewhere"], id="no text"),
    ],
)
def test_a_text_that_names_a_cluster_tells_services_with_one_name_apart(
    texts: list[str], expected: list[str]
) -> None:
    stack = (web("in-a", cluster="a"), web("in-b", cluster="b"))
    graph = graph_of(*stack, web("somewhere", cluster="{unnamed}"), UNNAMED)
    found = in_named_clusters(graph.of_type(SERVICE), texts, graph)
    assert [service.name for service in found] == expected


@pytest.mark.parametrize(
    ("target", "tables", "expected"),
    [
        pytest.param({}, ({}, {}), ["t0", "t1"], id="no-regions"),
        pytest.param({"region": "eu-west-1"}, ({}, {}), ["t0", "t1"], id="of-the-target-alone"),
        pytest.param(
            {"region": "eu-west-1"},
            ({"region": "us-east-1"}, {"region": "eu-west-1"}),
            ["t1"],
            id="one-region-each",
        ),
    ],
)
def test_a_table_is_meant_in_its_region(
    target: dict[str, object], tables: tuple[dict[str, object], ...], expected: list[str]
) -> None:
    stack = [make(TABLE, f"t{i}", name="jobs", **given) for i, given in enumerate(tables)]
    assert scaled({"resourceId": "table/jobs", **target}, *stack, kind=TABLE) == expected


def test_what_is_not_a_service_has_no_cluster() -> None:
    cache = make(REPLICAS, "cache", id="jobs")
    target = {"resourceId": "replication-group/jobs"}
    assert scaled(target, cache, kind=REPLICAS) == ["cache"]
