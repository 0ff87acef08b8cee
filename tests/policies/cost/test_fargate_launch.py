"""Which services run on Fargate: launch types and strategies."""

import pytest

from aws_policy_pack.testing import UNKNOWN, Example
from tests.policies.cost.ecs_services import service, task
from tests.policies.cost.stacks import bill, make

CLUSTER = "aws:ecs/cluster:Cluster"
PROVIDER = "aws:ecs/capacityProvider:CapacityProvider"
PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
ON_FARGATE = [
    "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
    "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
]
EXTERNAL = "web runs on one's own machines, whose registration has no price here"
MANAGED = "web runs on ECS Managed Instances, whose instances and fee have no price here"
STARTS_INSTANCES = (
    "big starts ECS Managed Instances: EC2 instances that nothing else shows, and a fee, have no "
    "price here"
)
UNTOLD = (
    "web runs on what this stack does not tell: no launch type, and no capacity provider of "
    "this stack"
)


def strategy(*providers: str) -> list[dict[str, str]]:
    return [{"capacityProvider": provider} for provider in providers]


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param((task(), service(launchType="EC2")), [], id="on EC2 the instances are billed"),
        pytest.param(
            (task(), service(launchType="EXTERNAL")),
            [EXTERNAL],
            id="one's own machines have no price",
        ),
        pytest.param(
            (task(), service(launchType=None)), [UNTOLD], id="nothing says what it runs on"
        ),
        pytest.param(
            (task(), service(launchType=None, desiredCount=0)), [], id="no task costs nothing"
        ),
        pytest.param(
            (task(requiresCompatibilities=["FARGATE"]), service(launchType=None)),
            ON_FARGATE,
            id="a task that only Fargate can run",
        ),
        pytest.param(
            (task(requiresCompatibilities=["FARGATE", "EC2"]), service(launchType=None)),
            [UNTOLD],
            id="a task that two can run",
        ),
        pytest.param(
            (
                task(requiresCompatibilities=["FARGATE"]),
                service(launchType=None, cluster="shared-dev"),
            ),
            ON_FARGATE,
            id="a cluster of another stack, by name",
        ),
        pytest.param(
            (
                task(requiresCompatibilities=["EC2"]),
                service(
                    launchType=None,
                    cluster="arn:aws:ecs:us-east-1:111122223333:cluster/shared-dev",
                ),
            ),
            [],
            id="a task that only instances can run",
        ),
        pytest.param(
            (task(requiresCompatibilities=["EXTERNAL"]), service(launchType=None)),
            [EXTERNAL],
            id="a task that only one's own machines can run",
        ),
        pytest.param(
            (task(requiresCompatibilities=["MANAGED_INSTANCES"]), service(launchType=None)),
            [MANAGED],
            id="a task that only Managed Instances can run",
        ),
        pytest.param(
            (task(), service(launchType="MOON")),
            ["web is not priced: `launchType` is 'MOON', which is not a launch type"],
            id="a launch type that nobody knows",
        ),
        pytest.param(
            (
                task(),
                make(
                    PROVIDER, "big", name="big", managedInstancesProvider={"propagateTags": "NONE"}
                ),
                service(launchType=None, capacityProviderStrategies=strategy("big")),
            ),
            [STARTS_INSTANCES, MANAGED],
            id="Managed Instances of this stack",
        ),
        pytest.param(
            (
                task(),
                make(
                    PROVIDER, "own", name="own", autoScalingGroupProvider={"managedDraining": "x"}
                ),
                service(launchType=None, capacityProviderStrategies=strategy("own")),
            ),
            [],
            id="a provider of this stack has a group of instances",
        ),
        pytest.param(
            (
                task(),
                make(CLUSTER, "main", name="main"),
                make(
                    PROVIDER, "big", name="big", managedInstancesProvider={"propagateTags": "NONE"}
                ),
                make(
                    PROVIDERS,
                    "p",
                    clusterName="main",
                    defaultCapacityProviderStrategies=strategy("big"),
                ),
                service(launchType=None, cluster="main"),
            ),
            [STARTS_INSTANCES, MANAGED],
            id="Managed Instances by the cluster's default",
        ),
        pytest.param(
            (
                task(),
                service(
                    launchType="", capacityProviderStrategies=[{"capacityProvider": "FARGATE_SPOT"}]
                ),
            ),
            ON_FARGATE,
            id="Fargate Spot is priced as on demand",
        ),
        pytest.param(
            (
                task(),
                service(
                    launchType="EC2", capacityProviderStrategies=[{"capacityProvider": "FARGATE"}]
                ),
            ),
            ON_FARGATE,
            id="a strategy beats the launch type",
        ),
        pytest.param(
            (
                task(),
                service(launchType=None, capacityProviderStrategies=strategy("own")),
            ),
            [UNTOLD],
            id="a provider of another stack may start anything",
        ),
        pytest.param(
            (
                task(),
                make(
                    PROVIDER, "own", name="own", autoScalingGroupProvider={"managedDraining": "x"}
                ),
                service(launchType=None, capacityProviderStrategies=strategy("own", "theirs")),
            ),
            [UNTOLD],
            id="a provider of another stack beside one of this",
        ),
        pytest.param(
            (
                task(),
                Example(type=CLUSTER, name="main", properties={"name": "main"}),
                Example(
                    type=PROVIDERS,
                    name="p",
                    properties={
                        "clusterName": "main",
                        "defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE"}],
                    },
                ),
                service(launchType=None, cluster="main"),
            ),
            ON_FARGATE,
            id="the cluster's default strategy holds where the service says nothing",
        ),
        pytest.param(
            (
                task(),
                Example(type=CLUSTER, name="main", properties={"name": "main"}),
                service(launchType=None, cluster="main"),
            ),
            [],
            id="a cluster without a default strategy",
        ),
    ],
)
def test_what_runs_on_fargate_is_billed(stack: tuple[Example, ...], expected: list[str]) -> None:
    assert bill(*stack) == expected


def test_a_volume_of_each_task_is_billed() -> None:
    disk = {"managedEbsVolume": {"sizeInGb": 100, "iops": 4000}}
    assert bill(task(), service(volumeConfiguration=disk))[2:] == [
        "web gp3 volume: 200 GB-month at 0.08 = 16 / 16",
        "web gp3 IOPS above 3000: 2000 IOPS-month at 0.005 = 10 / 10",
    ]


def test_a_provider_that_the_program_makes_is_found_before_its_name_is_known() -> None:
    provider = make(PROVIDER, "big", managedInstancesProvider={"propagateTags": "NONE"})
    web = Example(
        type="aws:ecs/service:Service",
        name="web",
        properties={
            "desiredCount": 1,
            "capacityProviderStrategies": [{"capacityProvider": UNKNOWN}],
        },
        references={"capacityProviderStrategies": ("big",)},
    )
    assert bill(provider, web) == [STARTS_INSTANCES, MANAGED]
