"""What the tasks of a service on Fargate bill: sizes, storage, addresses."""

import pytest

from aws_policy_pack.testing import UNKNOWN, Example
from tests.policies.cost.ecs_services import service, task
from tests.policies.cost.stacks import bill


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param(
            (task(), service()),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
            ],
            id="a task bills its vCPUs and memory",
        ),
        pytest.param(
            (task(), service(desiredCount=None)), [], id="a service that asks for no task"
        ),
        pytest.param(
            (task(runtimePlatform={"cpuArchitecture": "ARM64"}), service()),
            [
                "web task vCPU, ARM64: 730 vCPU-hour at 0.03238 = 23.6374 / 23.6374",
                "web task memory, ARM64: 1460 GB-hour at 0.00356 = 5.1976 / 5.1976",
            ],
            id="ARM is cheaper",
        ),
        pytest.param(
            (
                task(
                    runtimePlatform={"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"}
                ),
                service(),
            ),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
            ],
            id="x86 that is said",
        ),
        pytest.param(
            (
                task(runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}),
                service(),
            ),
            [
                (
                    "web has no price for task vCPU, WINDOWS in us-east-1 "
                    "(`fargate/vcpu-hour/windows`)"
                ),
                (
                    "web has no price for task memory, WINDOWS in us-east-1 "
                    "(`fargate/gb-hour/windows`)"
                ),
            ],
            id="Windows has no price",
        ),
        pytest.param(
            (task(runtimePlatform={"cpuArchitecture": "RISC"}), service()),
            [
                "web has no price for task vCPU, RISC in us-east-1 (`fargate/vcpu-hour/RISC`)",
                "web has no price for task memory, RISC in us-east-1 (`fargate/gb-hour/RISC`)",
            ],
            id="an architecture that nobody knows",
        ),
        pytest.param(
            (task(cpu=".5 vCPU", memory="1 GB"), service()),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
            ],
            id="sizes as text",
        ),
        pytest.param(
            (task(cpu="1vcpu", memory="2.5gb"), service()),
            [
                "web task vCPU: 1460 vCPU-hour at 0.04048 = 59.1008 / 59.1008",
                "web task memory: 3650 GB-hour at 0.004445 = 16.22425 / 16.22425",
            ],
            id="sizes as text in small letters",
        ),
        pytest.param(
            (task(cpu="much"), service()),
            ["web is not priced: `cpu` of task is 'much', not a size"],
            id="a text that is not a size",
        ),
        pytest.param(
            (task(memory=None), service()),
            ["web is not priced: `memory` of task is not set"],
            id="a task without memory",
        ),
        pytest.param(
            (task(cpu=UNKNOWN), service()),
            ["web is not priced: `cpu` of task is not known yet"],
            id="a size that is not known yet",
        ),
        pytest.param(
            (task(ephemeralStorage={"sizeInGib": 20}), service()),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
            ],
            id="the storage that every task has",
        ),
        pytest.param(
            (task(ephemeralStorage={"sizeInGib": 21}), service()),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
                "web task storage above 20 GiB: 1460 GB-hour at 0.000111 = 0.16206 / 0.16206",
            ],
            id="storage above that",
        ),
        pytest.param(
            (
                task(ephemeralStorage={"sizeInGib": 50}),
                service(desiredCount=3, deploymentMaximumPercent=200),
            ),
            [
                "web task vCPU: 1095 vCPU-hour at 0.04048 = 44.3256 / 88.6512",
                "web task memory: 2190 GB-hour at 0.004445 = 9.73455 / 19.4691",
                "web task storage above 20 GiB: 65700 GB-hour at 0.000111 = 7.2927 / 14.5854",
            ],
            id="storage of all tasks, also during a deployment",
        ),
        pytest.param(
            (
                task(),
                service(
                    networkConfiguration={"assignPublicIp": True}, deploymentMaximumPercent=200
                ),
            ),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 59.1008",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 12.9794",
                "web public IPv4 of tasks: 1460 hour at 0.005 = 7.3 / 14.6",
            ],
            id="a public address for every task",
        ),
        pytest.param(
            (task(), service(networkConfiguration={"assignPublicIp": False})),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
            ],
            id="no public address",
        ),
        pytest.param(
            (service(taskDefinition="arn:aws:ecs:us-east-1:1:task-definition/other:1"),),
            [
                (
                    "web is not priced: `taskDefinition` is "
                    "'arn:aws:ecs:us-east-1:1:task-definition/other:1', "
                    "which is not in this stack: its size is not known"
                )
            ],
            id="a task definition that is elsewhere",
        ),
        pytest.param(
            (service(taskDefinition=None),),
            ["web is not priced: `taskDefinition` is not set"],
            id="no task definition",
        ),
        pytest.param(
            (task(arn="arn:aws:ecs:task"), service(taskDefinition="arn:aws:ecs:task")),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
            ],
            id="a task definition that is found by its ARN",
        ),
    ],
)
def test_what_tasks_bill(stack: tuple[Example, ...], expected: list[str]) -> None:
    assert bill(*stack) == expected
