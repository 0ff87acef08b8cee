"""How many tasks of a service on Fargate run while it is deployed."""

import pytest

from aws_policy_pack.testing import Example
from tests.policies.cost.ecs_services import service, task
from tests.policies.cost.stacks import bill


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param(
            (task(), service(deploymentMaximumPercent=150)),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 44.3256",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 9.73455",
            ],
            id="a deployment runs more tasks",
        ),
        pytest.param(
            (task(), service(desiredCount=3, deploymentMaximumPercent=150)),
            [
                "web task vCPU: 1095 vCPU-hour at 0.04048 = 44.3256 / 59.1008",
                "web task memory: 2190 GB-hour at 0.004445 = 9.73455 / 12.9794",
            ],
            id="the tasks of a deployment are rounded down",
        ),
        pytest.param(
            (
                task(cpu="1024", memory="2048"),
                service(desiredCount=100, deploymentMaximumPercent=None),
            ),
            [
                "web task vCPU: 73000 vCPU-hour at 0.04048 = 2955.04 / 5910.08",
                "web task memory: 146000 GB-hour at 0.004445 = 648.97 / 1297.94",
            ],
            id="many tasks are doubled exactly where nothing is said",
        ),
        pytest.param(
            (
                task(cpu="1024", memory="2048"),
                service(desiredCount=100, deploymentMaximumPercent=150),
            ),
            [
                "web task vCPU: 73000 vCPU-hour at 0.04048 = 2955.04 / 4432.56",
                "web task memory: 146000 GB-hour at 0.004445 = 648.97 / 973.455",
            ],
            id="a percentage is a share of a hundred",
        ),
        pytest.param(
            (task(), service(deploymentMaximumPercent=None)),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 59.1008",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 12.9794",
            ],
            id="a deployment doubles the tasks where nothing is said",
        ),
        pytest.param(
            (task(), service(deploymentMaximumPercent=50)),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
            ],
            id="a percentage below 100 is no saving",
        ),
        pytest.param(
            (task(), service(deploymentConfiguration={"strategy": "BLUE_GREEN"})),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 59.1008",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 12.9794",
            ],
            id="a blue/green deployment doubles the tasks whatever is said",
        ),
        pytest.param(
            (task(), service(deploymentConfiguration={"strategy": "ROLLING"})),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
            ],
            id="a rolling deployment keeps to the percentage",
        ),
        pytest.param(
            (
                task(),
                service(deploymentController={"type": "CODE_DEPLOY"}, deploymentMaximumPercent=300),
            ),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 88.6512",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 19.4691",
            ],
            id="CodeDeploy doubles the tasks at least",
        ),
        pytest.param(
            (task(), service(deploymentController={"type": "EXTERNAL"})),
            [],
            id="task sets of their own are billed apart",
        ),
        pytest.param(
            (task(), service(deploymentController={"type": "ECS"})),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
            ],
            id="the controller of ECS",
        ),
    ],
)
def test_what_a_deployment_bills_at_worst(stack: tuple[Example, ...], expected: list[str]) -> None:
    assert bill(*stack) == expected
