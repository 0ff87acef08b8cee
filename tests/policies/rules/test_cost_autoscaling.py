"""What scalers may start."""

import json
from collections.abc import Callable, Mapping

import pytest

from aws_policy_pack.rules.cost.autoscaling import autoscaling_maximum
from aws_policy_pack.testing import UNKNOWN, Example, Report, analyze_stack

TARGET = "aws:appautoscaling/target:Target"
SCHEDULED = "aws:appautoscaling/scheduledAction:ScheduledAction"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
FUNCTION = "aws:lambda/function:Function"
SERVICE = "aws:ecs/service:Service"


def messages(found: list[Report]) -> list[str]:
    """The texts, without what the SDK puts before that of a rule that could not run."""
    return [report.text for report in found]


def judge(
    kind: str, properties: Mapping[str, object], config: Mapping[str, object] | None = None
) -> list[str]:
    stack = [Example(type=kind, name="scaler", properties=properties)]
    return messages(
        analyze_stack(
            autoscaling_maximum,
            stack,
            config={**autoscaling_maximum.example_config, **(config or {})},
        )
    )


def said(problem: str, cap: int = 10) -> str:
    return (
        f"scaler: {problem}; wanted at most {cap} (`max` of cost-autoscaling-maximum). "
        f"Fix: Lower it, or raise the cap in the pack's config. {autoscaling_maximum.url}"
    )


def container(name: str, **environment: object) -> dict[str, object]:
    return {
        "name": name,
        "environment": [{"name": key, "value": value} for key, value in environment.items()],
    }


@pytest.mark.parametrize(
    ("kind", "properties", "config", "expected"),
    [
        pytest.param(
            TARGET,
            {"serviceNamespace": "ecs", "maxCapacity": 11},
            {},
            [said("`maxCapacity` is 11")],
            id="a target one over the default",
        ),
        pytest.param(
            TARGET,
            {"serviceNamespace": "ecs", "maxCapacity": 4},
            {"max": 3},
            [said("`maxCapacity` is 4", 3)],
            id="a target one over the cap",
        ),
        pytest.param(
            SCHEDULED,
            {"serviceNamespace": "ecs", "scalableTargetAction": {"maxCapacity": 11}},
            {},
            [said("`scalableTargetAction.maxCapacity` is 11")],
            id="a scheduled action",
        ),
        pytest.param(
            TASK,
            {"containerDefinitions": json.dumps([container("a", AUTOSCALER_MAX_WORKERS="11")])},
            {},
            [said("`AUTOSCALER_MAX_WORKERS` of container 'a' is 11")],
            id="a scaler's environment",
        ),
        pytest.param(
            TASK,
            {
                "containerDefinitions": [
                    container("a", MAX_A="6", AUTOSCALER_MAX_WORKERS="99"),
                    container("b", OTHER="x", MAX_B=7),
                ]
            },
            {"max": 5, "environmentNames": ["MAX_A", "MAX_B"]},
            [
                said("`MAX_A` of container 'a' is 6", 5),
                said("`MAX_B` of container 'b' is 7", 5),
            ],
            id="names of one's own",
        ),
        pytest.param(
            TASK,
            {"containerDefinitions": [{"environment": [{"name": "M", "value": "1"}]}]},
            {"max": 0, "environmentNames": ["M"]},
            [said("`M` of container not set is 1", 0)],
            id="a container without a name",
        ),
        pytest.param(
            FUNCTION,
            {"environment": {"variables": {"AUTOSCALER_MAX_WORKERS": "11", "OTHER": "x"}}},
            {},
            [said("`AUTOSCALER_MAX_WORKERS` is 11")],
            id="a scaler in a function",
        ),
    ],
)
def test_a_maximum_over_the_cap_is_found(
    kind: str,
    properties: Mapping[str, object],
    config: Mapping[str, object],
    expected: list[str],
) -> None:
    assert judge(kind, properties, config) == expected


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        pytest.param(TARGET, {"serviceNamespace": "ecs", "maxCapacity": 10}, id="the cap"),
        pytest.param(TARGET, {"serviceNamespace": "ecs", "maxCapacity": 3}, id="below the cap"),
        pytest.param(TARGET, {"serviceNamespace": "ecs"}, id="no maximum"),
        pytest.param(
            TARGET,
            {"serviceNamespace": "dynamodb", "maxCapacity": 40000},
            id="the capacity of a table",
        ),
        pytest.param(
            SCHEDULED,
            {"serviceNamespace": "ecs", "scalableTargetAction": {"minCapacity": 99}},
            id="an action that leaves the maximum alone",
        ),
        pytest.param(
            SCHEDULED,
            {"serviceNamespace": "rds", "scalableTargetAction": {"maxCapacity": 99}},
            id="an action for another service",
        ),
        pytest.param(
            TASK,
            {"containerDefinitions": [container("a", AUTOSCALER_MAX_WORKERS="10", OTHER="99")]},
            id="an environment at the cap",
        ),
        pytest.param(TASK, {"containerDefinitions": [{"name": "a"}]}, id="no environment"),
        pytest.param(
            TASK,
            {"containerDefinitions": [{"environment": [{"name": "AUTOSCALER_MAX_WORKERS"}]}]},
            id="a variable without a value",
        ),
        pytest.param(TASK, {}, id="no containers"),
        pytest.param(
            FUNCTION,
            {"environment": {"variables": {"AUTOSCALER_MAX_WORKERS": "10"}}},
            id="a function at the cap",
        ),
        pytest.param(FUNCTION, {}, id="a function without an environment"),
    ],
)
def test_a_maximum_within_the_cap_passes(kind: str, properties: Mapping[str, object]) -> None:
    assert judge(kind, properties) == []


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        pytest.param(
            TARGET,
            {"serviceNamespace": "ecs", "maxCapacity": UNKNOWN},
            "`maxCapacity` is not known yet",
            id="an unknown maximum",
        ),
        pytest.param(
            TASK,
            {"containerDefinitions": [container("a", AUTOSCALER_MAX_WORKERS=UNKNOWN)]},
            "`containerDefinitions[0].environment[0].value` is not known yet",
            id="an unknown value of the variable",
        ),
        pytest.param(
            TASK,
            {"containerDefinitions": [container("a", AUTOSCALER_MAX_WORKERS="many")]},
            "`containerDefinitions[0].environment[0].value` is the text 'many', not a number",
            id="a value that is not a number",
        ),
        pytest.param(
            FUNCTION,
            {"environment": {"variables": {"AUTOSCALER_MAX_WORKERS": "many"}}},
            "`environment.variables.AUTOSCALER_MAX_WORKERS` is the text 'many', not a number",
            id="a value in a function that is not a number",
        ),
    ],
)
def test_a_maximum_that_cannot_be_read_is_not_judged(
    kind: str, properties: Mapping[str, object], expected: str
) -> None:
    assert judge(kind, properties) == [f"not evaluated: scaler: {expected}"]


def test_an_unknown_value_of_another_variable_does_not_matter() -> None:
    properties = {
        "containerDefinitions": [container("a", QUEUE_URL=UNKNOWN, AUTOSCALER_MAX_WORKERS="11")]
    }
    assert judge(TASK, properties) == [said("`AUTOSCALER_MAX_WORKERS` of container 'a' is 11")]


def scaled(count: object, *ignored: str) -> Example:
    properties = {"name": "orders-workers", "cluster": "orders", "desiredCount": count}
    return Example(type=SERVICE, name="workers", properties=properties, ignore_changes=ignored)


def judged(stack: list[Example]) -> list[str]:
    return messages(
        analyze_stack(autoscaling_maximum, stack, config=autoscaling_maximum.example_config)
    )


def target(most: int) -> Example:
    properties = {
        "serviceNamespace": "ecs",
        "scalableDimension": "ecs:service:DesiredCount",
        "resourceId": "service/orders/orders-workers",
        "minCapacity": 1,
        "maxCapacity": most,
    }
    return Example(type=TARGET, name="scaler", properties=properties)


def own_scaler(most: int) -> Example:
    variables = {"AUTOSCALER_MAX_WORKERS": str(most), "SERVICE": "orders-workers"}
    definitions = json.dumps([container("a", **variables)])
    return Example(type=TASK, name="scaler", properties={"containerDefinitions": definitions})


@pytest.mark.parametrize("make", [target, own_scaler])
def test_of_a_scaler_in_the_stack_the_maximum_is_judged_and_not_what_it_has_made_of_the_count(
    make: Callable[[int], Example],
) -> None:
    service = scaled(15, "desiredCount")
    assert judged([service, make(10)]) == []
    (found,) = judged([service, make(11)])
    assert found.startswith("scaler: ")


@pytest.mark.parametrize(
    ("count", "ignored", "found"),
    [
        pytest.param(10, ("desiredCount",), 0, id="at-the-cap"),
        pytest.param(11, ("desiredCount",), 1, id="over-the-cap"),
        pytest.param(11, ("*",), 1, id="over-the-cap-all-ignored"),
        pytest.param(11, (), 0, id="a-count-that-the-program-sets"),
        pytest.param(None, ("desiredCount",), 0, id="no-count"),
    ],
)
def test_a_count_that_a_scaler_elsewhere_sets_has_the_cap_of_scalers(
    count: object, ignored: tuple[str, ...], found: int
) -> None:
    told = judged([scaled(count, *ignored)])
    expected = (
        f"workers: `desiredCount`, which ignoreChanges leaves to a scaler, is {count}; "
        "wanted at most 10 (`max` of cost-autoscaling-maximum). Fix: Lower it, or raise the cap "
        f"in the pack's config. {autoscaling_maximum.url}"
    )
    assert told == [expected] * found
