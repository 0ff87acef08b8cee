"""Services with a grace period for health checks, and who checks."""

import json
from collections.abc import Mapping

import pytest

from aws_policy_pack.ecs import SERVICE
from aws_policy_pack.rules.ecs.services import grace_period_needs_load_balancer
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from aws_policy_pack.type_tokens import TASK_DEFINITION
from tests.policies.rules.reading import problems

UNCHECKED = "web: `healthCheckGracePeriodSeconds` is 60, and nothing checks the health of its tasks"
CHECK = {"command": ["CMD", "check"]}
SECONDS = "healthCheckGracePeriodSeconds"


def service(**properties: object) -> Example:
    return Example(
        type=SERVICE,
        name="web",
        properties={SECONDS: 60, "taskDefinition": UNKNOWN, **properties},
        references={"taskDefinition": ("task",)},
    )


def task(*containers: Mapping[str, object]) -> Example:
    return Example(
        type=TASK_DEFINITION,
        name="task",
        properties={"containerDefinitions": json.dumps(containers)},
    )


def found(*stack: Example) -> list[str]:
    return problems(analyze_stack(grace_period_needs_load_balancer, stack))


def test_a_grace_period_that_nothing_uses_is_told_whole() -> None:
    [report] = analyze_stack(grace_period_needs_load_balancer, [service(), task({"name": "web"})])
    assert report.level == "advisory"
    assert report.message == (
        f"{UNCHECKED}; wanted a load balancer, VPC Lattice or the `healthCheck` of a container. "
        f"Fix: Give a container a `healthCheck`, or drop `{SECONDS}`. "
        "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html"
    )


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({SECONDS: None}, id="no-grace-period"),
        pytest.param({SECONDS: 0}, id="none-in-seconds"),
        pytest.param({"loadBalancers": [{"containerName": "web"}]}, id="load-balancer"),
        pytest.param({"vpcLatticeConfigurations": [{"portName": "web"}]}, id="lattice"),
    ],
)
def test_who_may_have_a_grace_period(properties: Mapping[str, object]) -> None:
    assert found(service(**properties), task({"name": "web"})) == []


def test_a_check_of_any_container_counts() -> None:
    assert found(service(), task({"name": "web"}, {"name": "log", "healthCheck": CHECK})) == []
    assert found(service(loadBalancers=[]), task({"name": "web"}, {"name": "log"})) == [UNCHECKED]


def test_a_task_of_another_stack_may_have_checks() -> None:
    elsewhere = Example(
        type=SERVICE, name="web", properties={SECONDS: 60, "taskDefinition": "web:7"}
    )
    assert found(elsewhere) == []
    assert found(Example(type=SERVICE, name="web", properties={SECONDS: 60})) == []


@pytest.mark.parametrize(
    ("stack", "reason"),
    [
        pytest.param(
            [service(loadBalancers=UNKNOWN), task({"name": "web"})],
            "web: `loadBalancers` is not known yet",
            id="balancers",
        ),
        pytest.param(
            [
                service(),
                Example(
                    type=TASK_DEFINITION, name="task", properties={"containerDefinitions": UNKNOWN}
                ),
            ],
            "task: `containerDefinitions` is not known yet",
            id="containers",
        ),
    ],
)
def test_what_cannot_be_read_is_said(stack: list[Example], reason: str) -> None:
    assert found(*stack) == [f"not evaluated: {reason}"]
