"""A scaler sets numbers under ignoreChanges: they count only at worst."""

from dataclasses import replace
from decimal import Decimal

import pytest

from aws_policy_pack.cost.charges import Span, scaling_of
from aws_policy_pack.testing import Example
from tests.policies.cost.ecs_services import scaler, service, target, task
from tests.policies.cost.stacks import bill, graph_of, make

TABLE = "aws:dynamodb/table:Table"
TEMPLATE = make(
    "aws:ec2/launchTemplate:LaunchTemplate",
    "template",
    instanceType="t3.micro",
    blockDeviceMappings=[{"ebs": {"volumeSize": 8, "volumeType": "gp3"}}],
)


def ignoring(resource: Example, *paths: str) -> Example:
    return replace(resource, ignore_changes=paths)


def vcpus(*stack: Example) -> str:
    """The base and the worst case of the tasks' vCPUs, in tasks of 14.7752 USD."""
    (line,) = (line for line in bill(*stack) if "vCPU" in line)
    return line.partition(" = ")[2]


@pytest.mark.parametrize(
    ("count", "beside", "expected"),
    [
        pytest.param(4, [target(maxCapacity=4)], "14.7752 / 59.1008", id="at-the-maximum"),
        pytest.param(1, [target(maxCapacity=4)], "14.7752 / 59.1008", id="at-the-minimum"),
        pytest.param(
            3, [target(minCapacity=2, maxCapacity=4)], "29.5504 / 59.1008", id="minimum-of-a-target"
        ),
        pytest.param(
            3,
            [ignoring(target(minCapacity=2, maxCapacity=4), "minCapacity", "maxCapacity")],
            "14.7752 / 59.1008",
            id="minimum-that-an-action-has-raised",
        ),
        pytest.param(
            4,
            [scaler(AUTOSCALER_MAX_WORKERS="4", SERVICE="web")],
            "14.7752 / 59.1008",
            id="own-scaler",
        ),
        pytest.param(
            4,
            [scaler(AUTOSCALER_MAX_WORKERS="4", AUTOSCALER_MIN_WORKERS="2", SERVICE="web")],
            "29.5504 / 59.1008",
            id="minimum-of-an-own-scaler",
        ),
        pytest.param(4, [], "14.7752 / 59.1008", id="scaler-in-another-stack"),
        pytest.param(9, [target(maxCapacity=4)], "14.7752 / 132.9768", id="above-the-maximum"),
    ],
)
def test_of_a_service_the_count_counts_at_worst_only(
    count: int, beside: list[Example], expected: str
) -> None:
    web = ignoring(service(desiredCount=count), "desiredCount")
    assert vcpus(task(), web, *beside) == expected


def test_a_service_without_tasks_costs_nothing_as_declared() -> None:
    web = ignoring(service(desiredCount=0), "desiredCount")
    assert vcpus(task(), web, target(minCapacity=0, maxCapacity=4)) == "0 / 59.1008"


def test_a_target_of_another_cluster_s_service_is_named() -> None:
    assert bill(task(), service(), target(resourceId="service/other/web"))[-1] == (
        "target scales 'service/other/web', which is not in this stack"
    )


def test_a_target_counts_for_the_service_of_its_cluster_alone() -> None:
    other = replace(service(cluster="other"), name="other")
    vcpu = [
        line for line in bill(task(), service(), other, target(minCapacity=2)) if "vCPU" in line
    ]
    assert [line.partition(" = ")[2] for line in vcpu] == [
        "29.5504 / 118.2016",
        "29.5504 / 29.5504",
    ]


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        pytest.param({"CLUSTER": "main"}, ["103.4264", "29.5504"], id="its-cluster"),
        pytest.param({}, ["103.4264", "103.4264"], id="no-cluster"),
        pytest.param({"CLUSTER": "third"}, ["103.4264", "103.4264"], id="a-third-cluster"),
    ],
)
def test_an_own_scaler_counts_for_the_cluster_that_it_names(
    named: dict[str, str], expected: list[str]
) -> None:
    other = replace(service(cluster="other"), name="other")
    by = scaler(AUTOSCALER_MAX_WORKERS="7", SERVICE="web", **named)
    vcpu = [line for line in bill(task(), service(), other, by) if "vCPU" in line]
    assert [line.rpartition(" / ")[2] for line in vcpu] == expected


def sums(resource: Example, *others: Example) -> tuple[float, float]:
    """The sum of the hourly lines, as declared and at worst."""
    costs = [line.partition(" = ")[2].split(" / ") for line in bill(resource, *others)]
    return sum(float(base) for base, _ in costs), sum(float(worst) for _, worst in costs)


@pytest.mark.parametrize(
    ("path", "resource", "low", "high"),
    [
        pytest.param(
            "desiredCapacity",
            make(
                "aws:autoscaling/group:Group",
                "it",
                launchTemplate="{template}",
                desiredCapacity=7,
                minSize=2,
                maxSize=8,
            ),
            {"desiredCapacity": 2},
            {"desiredCapacity": 8},
            id="instances",
        ),
        pytest.param(
            "scalingConfig.desiredSize",
            make(
                "aws:eks/nodeGroup:NodeGroup",
                "it",
                scalingConfig={"desiredSize": 7, "minSize": 2, "maxSize": 8},
            ),
            {"scalingConfig": {"desiredSize": 2, "minSize": 2, "maxSize": 2}},
            {"scalingConfig": {"desiredSize": 8, "minSize": 2, "maxSize": 8}},
            id="nodes",
        ),
        pytest.param(
            "readCapacity",
            make(TABLE, "it", readCapacity=9, writeCapacity=1),
            {"readCapacity": 1},
            {"readCapacity": 9},
            id="read-capacity",
        ),
        pytest.param(
            "shardCount",
            make("aws:kinesis/stream:Stream", "it", shardCount=6),
            {"shardCount": 1},
            {"shardCount": 6},
            id="shards",
        ),
        pytest.param(
            "replicasPerNodeGroup",
            make(
                "aws:elasticache/replicationGroup:ReplicationGroup",
                "it",
                nodeType="cache.t4g.micro",
                numNodeGroups=2,
                replicasPerNodeGroup=3,
            ),
            {"replicasPerNodeGroup": 1},
            {"replicasPerNodeGroup": 3},
            id="replicas-of-a-cache",
        ),
    ],
)
def test_of_what_else_scales_the_number_counts_at_worst_only(
    path: str, resource: Example, low: dict[str, object], high: dict[str, object]
) -> None:
    def with_(**properties: object) -> Example:
        return replace(resource, properties={**resource.properties, **properties})

    base, worst = sums(ignoring(resource, path), TEMPLATE)
    assert base == pytest.approx(sums(with_(**low), TEMPLATE)[0])
    assert worst == pytest.approx(sums(with_(**high), TEMPLATE)[1])
    assert base < worst
    assert sums(resource, TEMPLATE)[0] > base


@pytest.mark.parametrize("names", [("WORKERS",), ("OTHER_MAX", "WORKERS"), ("WORKERS", "OTHER")])
def test_a_variable_that_names_no_maximum_has_no_minimum_beside_it(names: tuple[str, ...]) -> None:
    graph = graph_of(task(), service(), scaler(WORKERS="7", SERVICE="web"))
    (spans,) = scaling_of(graph, names).spans.values()
    assert spans == [Span(least=Decimal(0), most=Decimal(7))]
