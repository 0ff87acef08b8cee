"""Services whose number of tasks a scaler sets."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from aws_policy_pack.ecs import CLUSTER, SERVICE
from aws_policy_pack.rules.ecs.services import scaled_service_ignores_desired_count
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from aws_policy_pack.type_tokens import FUNCTION, SCALABLE_TARGET
from tests.policies.rules.ecs_tasks import task_of
from tests.policies.rules.reading import said

CLUSTERS = "arn:aws:ecs:eu-west-1:123456789012:cluster"
GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"


def service(
    name: object = "orders-workers",
    *,
    ignore_changes: tuple[str, ...] = (),
    logical: str = "workers",
    **properties: object,
) -> Example:
    return Example(
        type=SERVICE,
        name=logical,
        properties={"name": name, "cluster": "orders", **properties},
        ignore_changes=ignore_changes,
    )


def target(resource_id: object, *, refers: bool = False, namespace: object = "ecs") -> Example:
    return Example(
        type=SCALABLE_TARGET,
        name="scaling",
        properties={"serviceNamespace": namespace, "resourceId": resource_id},
        references={"resourceId": ("workers",)} if refers else {},
    )


def scaler(**variables: object) -> Example:
    entries = [{"name": name, "value": value} for name, value in variables.items()]
    return task_of([{"name": "scaler", "environment": entries}])


FOUND = (
    "workers: {scaler} sets the number of tasks, and `desiredCount` is not in ignoreChanges; "
    "wanted `desiredCount` in the resource option ignoreChanges"
)


def test_a_scaled_service_is_told_whole() -> None:
    stack = [service(), target("service/orders/orders-workers", refers=True)]
    [report] = analyze_stack(scaled_service_ignores_desired_count, stack)
    assert (report.level, report.name) == ("advisory", "workers")
    assert report.message == (
        FOUND.format(scaler="the scalable target 'scaling'")
        + '. Fix: Add it: in Python `ignore_changes=["desired_count"]`. '
        + f"{GUIDE}/service-auto-scaling.html"
    )


@pytest.mark.parametrize(
    ("by", "label"),
    [
        pytest.param(
            target(UNKNOWN, refers=True), "the scalable target 'scaling'", id="target by reference"
        ),
        pytest.param(
            target("service/orders/orders-workers"),
            "the scalable target 'scaling'",
            id="target by name",
        ),
        pytest.param(
            scaler(AUTOSCALER_MAX_WORKERS="4", ECS_WORKER_SERVICE_NAME="orders-workers"),
            "container 'scaler' of 'task'",
            id="container",
        ),
        pytest.param(
            scaler(AUTOSCALER_MAX_WORKERS="4", ECS_WORKER_SERVICE_NAME="arn:workers"),
            "container 'scaler' of 'task'",
            id="container that names the ARN",
        ),
        pytest.param(
            Example(
                type=FUNCTION,
                name="scaler",
                properties={
                    "environment": {
                        "variables": {
                            "AUTOSCALER_MAX_WORKERS": "4",
                            "ECS_WORKER_SERVICE_NAME": "orders-workers",
                        }
                    }
                },
            ),
            "the function 'scaler'",
            id="function",
        ),
    ],
)
def test_whatever_scales_a_service_is_found(by: Example, label: str) -> None:
    stack = [service(id="arn:workers"), by]
    found = said(analyze_stack(scaled_service_ignores_desired_count, stack))
    assert found == [FOUND.format(scaler=label)]


SCALER = scaler(AUTOSCALER_MAX_WORKERS="4", ECS_WORKER_SERVICE_NAME="orders-workers")


def test_a_service_is_told_once() -> None:
    both = [
        target("service/orders/orders-workers"),
        scaler(AUTOSCALER_MAX_WORKERS=4, ECS_WORKER_SERVICE_NAME="orders-workers"),
    ]
    found = said(analyze_stack(scaled_service_ignores_desired_count, [service(), *both]))
    assert found == [FOUND.format(scaler="the scalable target 'scaling'")]


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param([service(ignore_changes=("desiredCount",)), SCALER], id="ignored"),
        pytest.param([service(ignore_changes=("tags", "desiredCount")), SCALER], id="among others"),
        pytest.param([service(ignore_changes=("*",)), SCALER], id="everything ignored"),
        pytest.param([service(schedulingStrategy="DAEMON"), SCALER], id="one task per instance"),
        pytest.param([service("orders-web"), SCALER], id="another service"),
        pytest.param([service()], id="nothing scales"),
        pytest.param([SCALER], id="no service"),
        pytest.param(
            [service(), target("table/orders-workers", namespace="dynamodb")], id="a table"
        ),
        pytest.param(
            [service(), target("endpoint/orders-workers", namespace="sagemaker")], id="a model"
        ),
        pytest.param(
            [service(), scaler(ECS_WORKER_SERVICE_NAME="orders-workers")], id="no scaler's variable"
        ),
        pytest.param([service(), scaler(AUTOSCALER_MAX_WORKERS="4")], id="names no service"),
        pytest.param([service(), target("service/a/b")], id="target of another service"),
        pytest.param(
            [service(cluster=f"{CLUSTERS}/invoices"), target("service/orders/orders-workers")],
            id="target of another cluster's service",
        ),
        pytest.param(
            [service(), Example(type=FUNCTION, name="f", properties={"environment": None})],
            id="a function without variables",
        ),
        pytest.param(
            [service(ignore_changes=("desiredCount",)), task_of(UNKNOWN)],
            id="ignored beside what is not known",
        ),
    ],
)
def test_a_service_that_is_not_scaled_or_gives_way_passes(stack: list[Example]) -> None:
    assert analyze_stack(scaled_service_ignores_desired_count, stack) == []


def test_a_service_of_replicas_is_judged() -> None:
    stack = [service(schedulingStrategy="REPLICA"), SCALER]
    assert len(analyze_stack(scaled_service_ignores_desired_count, stack)) == 1


def test_a_scaler_that_names_its_cluster_means_no_service_of_another() -> None:
    stack = [
        service(cluster=f"{CLUSTERS}/invoices", logical="other"),
        service(),
        scaler(
            AUTOSCALER_MAX_WORKERS="4", ECS_WORKER_SERVICE_NAME="orders-workers", CLUSTER="orders"
        ),
    ]
    found = said(analyze_stack(scaled_service_ignores_desired_count, stack))
    assert found == [FOUND.format(scaler="container 'scaler' of 'task'")]


def test_a_function_that_names_its_cluster_means_no_service_of_another() -> None:
    variables = {
        "AUTOSCALER_MAX_WORKERS": "4",
        "ECS_WORKER_SERVICE_NAME": "orders-workers",
        "CLUSTER": f"{CLUSTERS}/orders",
        "LATER": UNKNOWN,
    }
    function = Example(
        type=FUNCTION, name="scaler", properties={"environment": {"variables": variables}}
    )
    stack = [service(cluster="invoices", logical="other"), service(), function]
    found = said(analyze_stack(scaled_service_ignores_desired_count, stack))
    assert found == [FOUND.format(scaler="the function 'scaler'")]


@pytest.mark.parametrize(
    ("variables", "config", "count"),
    [
        pytest.param(
            {"MAX_TASKS": "9", "ECS_WORKER_SERVICE_NAME": "orders-workers"},
            {"scalerVariables": ["MIN_TASKS", "MAX_TASKS"]},
            1,
            id="another sign of a scaler",
        ),
        pytest.param(
            {"AUTOSCALER_MAX_WORKERS": "9", "SERVICE": "orders-workers"},
            {"serviceVariables": ["CLUSTER", "SERVICE"]},
            1,
            id="another name of the service",
        ),
        pytest.param(
            {"AUTOSCALER_MAX_WORKERS": "9", "ECS_WORKER_SERVICE_NAME": "orders-workers"},
            {"serviceVariables": []},
            0,
            id="no names",
        ),
    ],
)
def test_the_config_says_how_scalers_are_known(
    variables: Mapping[str, object], config: Mapping[str, object], count: int
) -> None:
    stack = [service(), scaler(**variables)]
    found = analyze_stack(scaled_service_ignores_desired_count, stack, config=config)
    assert len(found) == count


@pytest.mark.parametrize(
    ("stack", "missed"),
    [
        pytest.param(
            [service(), task_of(UNKNOWN)],
            ["not evaluated: task: `containerDefinitions` is not known yet"],
            id="containers",
        ),
        pytest.param(
            [service(), target(UNKNOWN)],
            ["not evaluated: scaling: `resourceId` is not known yet"],
            id="target",
        ),
        pytest.param(
            [
                replace(service(cluster=UNKNOWN), references={"cluster": ("orders",)}),
                Example(type=CLUSTER, name="orders", properties={"name": UNKNOWN}),
                target("service/orders/orders-workers"),
            ],
            ["not evaluated: workers: `cluster` is not known yet"],
            id="cluster",
        ),
        pytest.param(
            [service(schedulingStrategy=UNKNOWN)],
            ["not evaluated: workers: `schedulingStrategy` is not known yet"],
            id="strategy",
        ),
        pytest.param(
            [service(), SCALER, target(UNKNOWN)],
            [FOUND.format(scaler="container 'scaler' of 'task'")],
            id="what does not matter any more",
        ),
        pytest.param(
            [service(), service("orders-web", logical="web"), SCALER, target(UNKNOWN)],
            [
                "not evaluated: scaling: `resourceId` is not known yet",
                FOUND.format(scaler="container 'scaler' of 'task'"),
            ],
            id="what matters for another service",
        ),
    ],
)
def test_scalers_that_are_not_known_are_not_evaluated(
    stack: list[Example], missed: list[str]
) -> None:
    assert sorted(said(analyze_stack(scaled_service_ignores_desired_count, stack))) == missed
