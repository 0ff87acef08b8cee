"""Which services run on Fargate: launch types and strategies."""

import pytest

from aws_policy_pack.testing import Example
from tests.policies.cost.ecs_services import service, task
from tests.policies.cost.stacks import bill

CLUSTER = "aws:ecs/cluster:Cluster"
PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param((task(), service(launchType="EC2")), [], id="on EC2 the instances are billed"),
        pytest.param(
            (task(), service(launchType="EXTERNAL")),
            ["web runs on one's own machines, whose registration has no price here"],
            id="one's own machines have no price",
        ),
        pytest.param((task(), service(launchType=None)), [], id="no launch type means EC2"),
        pytest.param(
            (
                task(),
                service(
                    launchType="", capacityProviderStrategies=[{"capacityProvider": "FARGATE_SPOT"}]
                ),
            ),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
            ],
            id="Fargate Spot is priced as on demand",
        ),
        pytest.param(
            (
                task(),
                service(
                    launchType="EC2", capacityProviderStrategies=[{"capacityProvider": "FARGATE"}]
                ),
            ),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
            ],
            id="a strategy beats the launch type",
        ),
        pytest.param(
            (
                task(),
                service(launchType=None, capacityProviderStrategies=[{"capacityProvider": "own"}]),
            ),
            [],
            id="a provider of one's own has instances",
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
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
            ],
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
