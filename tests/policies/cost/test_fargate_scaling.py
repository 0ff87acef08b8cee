"""The scalers that decide how many tasks a service on Fargate has at worst."""

import pytest

from aws_policy_pack.testing import UNKNOWN, Example
from tests.policies.cost.ecs_services import TARGET, TASK, containers, scaler, service, target, task
from tests.policies.cost.stacks import bill

CLUSTER = "aws:ecs/cluster:Cluster"
ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
FUNCTION = "aws:lambda/function:Function"


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
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
            id="a maximum that is not a number",
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
                Example(type=CLUSTER, name="main"),
                Example(type="aws:sqs/queue:Queue", name="jobs"),
                Example(
                    type=TASK,
                    name="scaler",
                    properties={"containerDefinitions": containers(AUTOSCALER_MAX_WORKERS="7")},
                    references={"containerDefinitions": ("main", "jobs")},
                ),
            ),
            [
                "web task vCPU: 730 vCPU-hour at 0.04048 = 29.5504 / 29.5504",
                "web task memory: 1460 GB-hour at 0.004445 = 6.4897 / 6.4897",
                (
                    "scaler may start 7 tasks (AUTOSCALER_MAX_WORKERS) of a service that is not in "
                    "this stack"
                ),
            ],
            id="a scaler that depends on what is not a service",
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
def test_what_scalers_bill_at_worst(stack: tuple[Example, ...], expected: list[str]) -> None:
    assert bill(*stack) == expected
