"""How large tasks are."""

import json
from collections.abc import Mapping

import pytest

from aws_policy_pack.rules.cost.services import task_size
from aws_policy_pack.testing import UNKNOWN, Report, analyze


def messages(found: list[Report]) -> list[str]:
    """The texts, without what the SDK puts before that of a rule that could not run."""
    return [report.text for report in found]


def said(path: str, problem: str, cap: str) -> str:
    return (
        f"subject: {problem}; wanted at most {cap} of cost-ecs-task-size). "
        f"Fix: Lower `{path}`, or raise the cap in the pack's config. {task_size.url}"
    )


def containers(*definitions: Mapping[str, object]) -> str:
    return json.dumps(definitions)


@pytest.mark.parametrize(
    ("properties", "config", "expected"),
    [
        pytest.param(
            {"cpu": "2049", "memory": "512"},
            {},
            ("cpu", "`cpu` is 2049", "2048 (`maxCpu`"),
            id="one unit over the default",
        ),
        pytest.param(
            {"cpu": 1024, "memory": "512"},
            {"maxCpu": 1023},
            ("cpu", "`cpu` is 1024", "1023 (`maxCpu`"),
            id="a number over the cap",
        ),
        pytest.param(
            {"cpu": "4 vCPU", "memory": "512"},
            {},
            ("cpu", "`cpu` is 4096", "2048 (`maxCpu`"),
            id="vCPUs",
        ),
        pytest.param(
            {"cpu": " .5vcpu ", "memory": "512"},
            {"maxCpu": 511},
            ("cpu", "`cpu` is 512", "511 (`maxCpu`"),
            id="half a vCPU",
        ),
        pytest.param(
            {"cpu": "256", "memory": "4097"},
            {},
            ("memory", "`memory` is 4097 MiB", "4096 MiB (`maxMemory`"),
            id="one MiB over the default",
        ),
        pytest.param(
            {"cpu": "256", "memory": "1.5 GB"},
            {"maxMemory": 1535},
            ("memory", "`memory` is 1536 MiB", "1535 MiB (`maxMemory`"),
            id="GBs",
        ),
        pytest.param(
            {
                "memory": "512",
                "containerDefinitions": containers({"cpu": 2000}, {"cpu": 49}, {"name": "x"}),
            },
            {},
            ("cpu", "`cpu` of all containers is 2049", "2048 (`maxCpu`"),
            id="the containers' CPU where the task has none",
        ),
        pytest.param(
            {
                "cpu": "256",
                "containerDefinitions": containers(
                    {"memory": 4000, "memoryReservation": 9}, {"memoryReservation": 97}
                ),
            },
            {},
            ("memory", "`memory` of all containers is 4097 MiB", "4096 MiB (`maxMemory`"),
            id="the containers' memory where the task has none",
        ),
    ],
)
def test_a_task_over_a_cap_is_found(
    properties: Mapping[str, object],
    config: Mapping[str, object],
    expected: tuple[str, str, str],
) -> None:
    assert messages(
        analyze(task_size, properties, config={**task_size.example_config, **config})
    ) == [said(*expected)]


def test_both_caps_are_looked_at() -> None:
    found = analyze(
        task_size, {"cpu": "16384", "memory": "122880"}, config=task_size.example_config
    )
    assert messages(found) == [
        said("cpu", "`cpu` is 16384", "2048 (`maxCpu`"),
        said("memory", "`memory` is 122880 MiB", "4096 MiB (`maxMemory`"),
    ]


@pytest.mark.parametrize(
    ("properties", "config"),
    [
        pytest.param({"cpu": "2048", "memory": "4096"}, {}, id="the default caps"),
        pytest.param({"cpu": "2 vCPU", "memory": "4 GB"}, {}, id="the default caps in words"),
        pytest.param(
            {"cpu": "512", "memory": "1024"}, {"maxCpu": 512, "maxMemory": 1024}, id="the caps"
        ),
        pytest.param({}, {}, id="no size at all"),
        pytest.param(
            {
                "cpu": "256",
                "memory": "512",
                "containerDefinitions": containers({"cpu": 9999, "memory": 9999}),
            },
            {},
            id="the task's own size holds",
        ),
        pytest.param(
            {"containerDefinitions": containers({"cpu": 2048, "memory": 4096}, {"cpu": None})},
            {},
            id="containers at the caps",
        ),
    ],
)
def test_a_task_within_the_caps_passes(
    properties: Mapping[str, object], config: Mapping[str, object]
) -> None:
    assert analyze(task_size, properties, config={**task_size.example_config, **config}) == []


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        pytest.param({"cpu": UNKNOWN}, "`cpu` is not known yet", id="unknown"),
        pytest.param(
            {"cpu": "a lot"}, "`cpu` is 'a lot', not a size", id="a text that is not a size"
        ),
        pytest.param(
            {"cpu": "1 GB or so"}, "`cpu` is '1 GB or so', not a size", id="more than a size"
        ),
        pytest.param({"cpu": ["256"]}, "`cpu` is a list, not text", id="a list"),
        pytest.param(
            {"containerDefinitions": UNKNOWN},
            "`containerDefinitions` is not known yet",
            id="unknown containers where the task has no size",
        ),
        pytest.param(
            {"containerDefinitions": [{"cpu": UNKNOWN}]},
            "`containerDefinitions[0].cpu` is not known yet",
            id="an unknown size in a container",
        ),
    ],
)
def test_a_size_that_cannot_be_read_is_not_judged(
    properties: Mapping[str, object], expected: str
) -> None:
    assert messages(analyze(task_size, properties, config=task_size.example_config)) == [
        f"not evaluated: subject: {expected}"
    ]
