"""ECS services on Fargate, and the scalers that decide how many tasks they have at worst."""

import json

import pytest

from aws_policy_pack.testing import UNKNOWN, Example
from tests.policies.cost.stacks import bill

CLUSTER = "aws:ecs/cluster:Cluster"
PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
SERVICE = "aws:ecs/service:Service"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
TARGET = "aws:appautoscaling/target:Target"
ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
FUNCTION = "aws:lambda/function:Function"


def containers(**environment: str) -> str:
    entries = [{"name": name, "value": value} for name, value in environment.items()]
    return json.dumps([{"name": "main", "environment": entries}])


def task(name: str = "task", **properties: object) -> Example:
    given = {"cpu": "512", "memory": "1024", "containerDefinitions": containers(), **properties}
    return Example(type=TASK, name=name, properties=given)


def service(name: str = "web", **properties: object) -> Example:
    given = {
        "name": name,
        "launchType": "FARGATE",
        "desiredCount": 2,
        "deploymentMaximumPercent": 100,
        "taskDefinition": UNKNOWN,
        **properties,
    }
    references = {"taskDefinition": ("task",)} if given["taskDefinition"] is UNKNOWN else {}
    return Example(type=SERVICE, name=name, properties=given, references=references)


def target(**properties: object) -> Example:
    given = {
        "serviceNamespace": "ecs",
        "scalableDimension": "ecs:service:DesiredCount",
        "resourceId": "service/main/web",
        "minCapacity": 1,
        "maxCapacity": 8,
        **properties,
    }
    return Example(type=TARGET, name="target", properties=given)


def scaler(**environment: str) -> Example:
    return task("scaler", containerDefinitions=containers(**environment))


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
            id="a text that is no size",
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
        pytest.param(
            (task(), service(), target()),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 118.2016",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 25.9588",
            ],
            id="Application Auto Scaling goes to its maximum",
        ),
        pytest.param(
            (task(), service(), target(minCapacity=4)),
            [
                "web task vCPU: 1460 vCPU-hour at 0.04048 = 59.1008 / 118.2016",
                "web task memory: 2920 GB-hour at 0.004445 = 12.9794 / 25.9588",
            ],
            id="its minimum counts as declared",
        ),
        pytest.param(
            (task(), service(), target(maxCapacity=1)),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
            ],
            id="a maximum below what is declared",
        ),
        pytest.param(
            (task(), service(), target(minCapacity=9, maxCapacity=8)),
            [
                "web task vCPU: 3285 vCPU-hour at 0.04048 = 132.9768 / 132.9768",
                "web task memory: 6570 GB-hour at 0.004445 = 29.20365 / 29.20365",
            ],
            id="a minimum above the maximum",
        ),
        pytest.param(
            (task(), service(), target(maxCapacity=UNKNOWN)),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
                "target is not counted in the worst case: `maxCapacity` is not known yet",
            ],
            id="a maximum that is not known yet",
        ),
        pytest.param(
            (task(), service(), target(resourceId="service/main/other")),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
                "target scales 'service/main/other', which is not in this stack",
            ],
            id="a target of a service that is elsewhere",
        ),
        pytest.param(
            (task(), service(), target(resourceId=UNKNOWN)),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
                "target is not counted in the worst case: `resourceId` is not known yet",
            ],
            id="a target of nobody knows what",
        ),
        pytest.param(
            (task(), service(), target(scalableDimension="rds:cluster:ReadReplicaCount")),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
                (
                    "target scales rds:cluster:ReadReplicaCount, which is not counted in the worst "
                    "case"
                ),
            ],
            id="a dimension that is not counted",
        ),
        pytest.param(
            (task(), service(), target(scalableDimension=None)),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
                "target scales a dimension that is not set, which is not counted in the worst case",
            ],
            id="a dimension that is not said",
        ),
        pytest.param(
            (
                task(),
                service(),
                Example(
                    type=TARGET,
                    name="target",
                    properties={
                        "scalableDimension": "ecs:service:DesiredCount",
                        "resourceId": UNKNOWN,
                        "maxCapacity": 4,
                    },
                    references={"resourceId": ("web",)},
                ),
            ),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 59.1008",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 12.9794",
            ],
            id="a target that depends on the service",
        ),
        pytest.param(
            (
                task(),
                service(),
                Example(
                    type=ACTION,
                    name="night",
                    properties={
                        "scalableDimension": "ecs:service:DesiredCount",
                        "resourceId": "service/main/web",
                        "scalableTargetAction": {"minCapacity": 5, "maxCapacity": 6},
                    },
                ),
            ),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 88.6512",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 19.4691",
            ],
            id="a scheduled action counts at worst only",
        ),
        pytest.param(
            (task(), service(), scaler(AUTOSCALER_MAX_WORKERS="7", SERVICE="web")),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 103.4264",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 22.71395",
            ],
            id="a scaler of one's own, by the service's name",
        ),
        pytest.param(
            (task(), service(arn="arn:web"), scaler(AUTOSCALER_MAX_WORKERS="7", SERVICE="arn:web")),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 103.4264",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 22.71395",
            ],
            id="a scaler of one's own, by the service's ARN",
        ),
        pytest.param(
            (task(), service(), scaler(AUTOSCALER_MAX_WORKERS="7")),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
                (
                    "scaler may start 7 tasks (AUTOSCALER_MAX_WORKERS) of a service that is not in "
                    "this stack"
                ),
            ],
            id="a scaler that names no service",
        ),
        pytest.param(
            (task(), service(), scaler(AUTOSCALER_MAX_WORKERS="many", SERVICE="web")),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
                (
                    "scaler is not counted in the worst case: `AUTOSCALER_MAX_WORKERS` is the text "
                    "'many', not a number"
                ),
            ],
            id="a maximum that is no number",
        ),
        pytest.param(
            (task(), service(), scaler(AUTOSCALER_MAX_WORKERS="0", SERVICE="web")),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
            ],
            id="a maximum of none",
        ),
        pytest.param(
            (task(), service(), scaler(MAX_WORKERS="7", SERVICE="web")),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
            ],
            id="a variable of another name",
        ),
        pytest.param(
            (task(), service(), task("scaler", containerDefinitions=UNKNOWN)),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
                "scaler is not counted in the worst case: `containerDefinitions` is not known yet",
            ],
            id="containers that are not known yet",
        ),
        pytest.param(
            (
                task(),
                service(name="web"),
                Example(
                    type=TASK,
                    name="scaler",
                    properties={"containerDefinitions": containers(AUTOSCALER_MAX_WORKERS="7")},
                    references={"containerDefinitions": ("web",)},
                ),
            ),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 103.4264",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 22.71395",
            ],
            id="a scaler that depends on the service",
        ),
        pytest.param(
            (
                task(),
                service(),
                Example(
                    type=FUNCTION,
                    name="scaler",
                    properties={
                        "environment": {
                            "variables": {"AUTOSCALER_MAX_WORKERS": "7", "SERVICE": "web"}
                        }
                    },
                ),
            ),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 103.4264",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 22.71395",
            ],
            id="a scaler that is a function",
        ),
        pytest.param(
            (
                task(),
                service(),
                Example(
                    type=FUNCTION,
                    name="scaler",
                    properties={"environment": {"variables": {"AUTOSCALER_MAX_WORKERS": "7"}}},
                    references={"environment": ("web",)},
                ),
            ),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 103.4264",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 22.71395",
            ],
            id="a function that depends on the service",
        ),
    ],
)
def test_what_a_stack_bills(stack: tuple[Example, ...], expected: list[str]) -> None:
    assert bill(*stack) == expected
