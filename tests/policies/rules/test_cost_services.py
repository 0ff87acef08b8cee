"""How many tasks services run: each, together, and while they are deployed."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules.cost.services import deployment_surge, desired_count, total_desired_count
from aws_policy_pack.testing import UNKNOWN, Example, Report, Secret, analyze, analyze_stack

SERVICE = "aws:ecs/service:Service"
TARGET = "aws:appautoscaling/target:Target"


def messages(found: list[Report]) -> list[str]:
    """The texts, without what the SDK puts before that of a rule that could not run."""
    return [report.text for report in found]


def said(rule: AnyRule, text: str) -> str:
    return f"{text}. {rule.url}"


def service(name: str, **properties: object) -> Example:
    return Example(type=SERVICE, name=name, properties=properties)


@pytest.mark.parametrize(
    ("properties", "config", "problem", "wanted"),
    [
        pytest.param({"desiredCount": 5}, {}, "5", "4 (`max`", id="one over the default"),
        pytest.param({"desiredCount": "5"}, {}, "5", "4 (`max`", id="a number as text"),
        pytest.param({"desiredCount": 50}, {"max": 49}, "50", "49 (`max`", id="one over the cap"),
        pytest.param({"desiredCount": 1}, {"max": 0}, "1", "0 (`max`", id="a cap of none"),
        pytest.param(
            {"desiredCount": 3},
            {"max": 9, "overrides": {"subject": 2}},
            "3",
            "2 (`overrides.subject`",
            id="over the service's own cap",
        ),
        pytest.param(
            {"desiredCount": 3},
            {"max": 9, "overrides": {"sub*": 2}},
            "3",
            "2 (`overrides.sub*`",
            id="over the cap of a glob",
        ),
        pytest.param(
            {"desiredCount": 3},
            {"overrides": {"*": 9, "sub*": 2, "s*": 8}},
            "3",
            "2 (`overrides.sub*`",
            id="the longest glob holds",
        ),
        pytest.param(
            {"desiredCount": 3},
            {"overrides": {"subject": 2, "subjec[t]": 9}},
            "3",
            "2 (`overrides.subject`",
            id="the name itself holds before a longer glob",
        ),
        pytest.param(
            {"desiredCount": 5},
            {"overrides": {"other": 9}},
            "5",
            "4 (`max`",
            id="the cap of another service does not hold",
        ),
    ],
)
def test_a_service_over_its_cap_is_found(
    properties: Mapping[str, object], config: Mapping[str, object], problem: str, wanted: str
) -> None:
    assert messages(
        analyze(desired_count, properties, config={**desired_count.example_config, **config})
    ) == [
        said(
            desired_count,
            f"subject: `desiredCount` is {problem}; wanted at most {wanted} of "
            "cost-ecs-desired-count). Fix: Lower `desiredCount`, or raise the cap in the pack's "
            "config",
        )
    ]


@pytest.mark.parametrize(
    ("properties", "config"),
    [
        pytest.param({"desiredCount": 4}, {}, id="the default cap"),
        pytest.param({"desiredCount": 3}, {}, id="below the default cap"),
        pytest.param({"desiredCount": 0}, {"max": 0}, id="none where none are allowed"),
        pytest.param({"desiredCount": 5}, {"max": 5}, id="the cap"),
        pytest.param({"desiredCount": 9}, {"overrides": {"subject": 9}}, id="the service's cap"),
        pytest.param({}, {"max": 0}, id="no count, so none"),
        pytest.param({"desiredCount": None}, {"max": 0}, id="null, so none"),
    ],
)
def test_a_service_within_its_cap_passes(
    properties: Mapping[str, object], config: Mapping[str, object]
) -> None:
    assert (
        analyze(desired_count, properties, config={**desired_count.example_config, **config}) == []
    )


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(UNKNOWN, "is not known yet", id="unknown"),
        pytest.param("many", "is the text 'many', not a number", id="no number"),
        pytest.param([5], "is a list, not a number", id="a list"),
    ],
)
def test_a_count_that_cannot_be_read_is_not_judged(value: object, reason: str) -> None:
    assert messages(analyze(desired_count, {"desiredCount": value}, config={"max": 4})) == [
        f"not evaluated: subject: `desiredCount` {reason}"
    ]


def test_a_secret_count_is_compared() -> None:
    assert len(analyze(desired_count, {"desiredCount": Secret(50)}, config={"max": 4})) == 1


@pytest.mark.parametrize(
    ("counts", "config", "problem"),
    [
        pytest.param({"web": 13}, {}, "13 tasks together (web 13)", id="one service"),
        pytest.param(
            {"worker": 2, "web": 4, "idle": 0},
            {"max": 5},
            "6 tasks together (web 4, worker 2)",
            id="most first, none left out",
        ),
        pytest.param(
            {f"s{number}": number for number in range(1, 6)},
            {"max": 14},
            "15 tasks together (s5 5, s4 4, s3 3, s2 2, s1 1)",
            id="five are named",
        ),
        pytest.param(
            {f"s{number}": number for number in range(1, 7)},
            {"max": 20},
            "21 tasks together (s6 6, s5 5, s4 4, s3 3, s2 2 and 1 more)",
            id="of six, five are named",
        ),
        pytest.param(
            {f"s{number}": number for number in range(1, 8)},
            {"max": 27},
            "28 tasks together (s7 7, s6 6, s5 5, s4 4, s3 3 and 2 more)",
            id="of more, five are named",
        ),
    ],
)
def test_services_over_the_total_are_found(
    counts: Mapping[str, int], config: Mapping[str, object], problem: str
) -> None:
    stack = [service(name, desiredCount=count) for name, count in counts.items()]
    found = analyze_stack(
        total_desired_count, stack, config={**total_desired_count.example_config, **config}
    )
    assert messages(found) == [
        said(
            total_desired_count,
            f"the services ask for {problem}; wanted at most {config.get('max', 12)} (`max` of "
            "cost-ecs-total-desired-count). Fix: Lower `desiredCount` of some services, or raise "
            "the cap in the pack's config",
        )
    ]
    assert found[0].urn == ""


@pytest.mark.parametrize(
    ("stack", "config"),
    [
        pytest.param([], {"max": 0}, id="no service"),
        pytest.param([service("web", desiredCount=12)], {}, id="the default cap"),
        pytest.param(
            [service("web", desiredCount=2), service("worker", desiredCount=3), service("idle")],
            {"max": 5},
            id="the cap",
        ),
        pytest.param(
            [Example(type="aws:ecs/taskSet:TaskSet", name="set", properties={"desiredCount": 99})],
            {},
            id="no service either",
        ),
    ],
)
def test_services_within_the_total_pass(stack: list[Example], config: Mapping[str, object]) -> None:
    assert (
        analyze_stack(
            total_desired_count, stack, config={**total_desired_count.example_config, **config}
        )
        == []
    )


def test_a_service_that_cannot_be_read_does_not_hide_what_the_others_ask_for() -> None:
    stack = [service("web", desiredCount=UNKNOWN), service("worker", desiredCount=13)]
    judged, unread = messages(analyze_stack(total_desired_count, stack, config={"max": 12}))
    assert judged.startswith("the services ask for 13 tasks together (worker 13); ")
    assert unread == "not evaluated: web: `desiredCount` is not known yet"


@pytest.mark.parametrize(
    ("properties", "config", "problem"),
    [
        pytest.param(
            {"desiredCount": 4, "deploymentMaximumPercent": 201},
            {},
            "201: during a deployment the tasks go from 4 up to 8; wanted at most 200",
            id="one over the default",
        ),
        pytest.param(
            {"desiredCount": 3, "deploymentMaximumPercent": 250},
            {"maxPercent": 249},
            "250: during a deployment the tasks go from 3 up to 7; wanted at most 249",
            id="ECS rounds down",
        ),
        pytest.param(
            {"desiredCount": 50, "deploymentMaximumPercent": 400},
            {},
            "400: during a deployment the tasks go from 50 up to 200; wanted at most 200",
            id="many tasks",
        ),
        pytest.param(
            {"desiredCount": 1, "schedulingStrategy": "REPLICA"},
            {"maxPercent": 150},
            "not set, which means 200: during a deployment the tasks go from 1 up to 2; "
            "wanted at most 150",
            id="replicas by name",
        ),
        pytest.param(
            {"schedulingStrategy": "A"},
            {"maxPercent": 150},
            "not set, which means 200: during a deployment the tasks go from 0 up to 0; "
            "wanted at most 150",
            id="another strategy",
        ),
        pytest.param(
            {"desiredCount": 4},
            {"maxPercent": 199},
            "not set, which means 200: during a deployment the tasks go from 4 up to 8; "
            "wanted at most 199",
            id="the percentage that ECS takes by itself",
        ),
        pytest.param(
            {"deploymentMaximumPercent": 400, "schedulingStrategy": "DAEMON"},
            {},
            "400: during a deployment the tasks go from 0 up to 0; wanted at most 200",
            id="no count",
        ),
    ],
)
def test_a_surge_over_the_cap_is_found(
    properties: Mapping[str, object], config: Mapping[str, object], problem: str
) -> None:
    found = analyze_stack(
        deployment_surge,
        [service("web", **properties)],
        config={**deployment_surge.example_config, **config},
    )
    assert messages(found) == [
        said(
            deployment_surge,
            f"web: `deploymentMaximumPercent` is {problem} (`maxPercent` of "
            "cost-ecs-deployment-surge). Fix: Lower `deploymentMaximumPercent`, or raise the cap "
            "in the pack's config",
        )
    ]


@pytest.mark.parametrize(
    ("properties", "config"),
    [
        pytest.param({"desiredCount": 4, "deploymentMaximumPercent": 200}, {}, id="the default"),
        pytest.param({"desiredCount": 4}, {}, id="what ECS takes by itself"),
        pytest.param({"deploymentMaximumPercent": 150}, {}, id="below the cap"),
        pytest.param({"deploymentMaximumPercent": 150}, {"maxPercent": 150}, id="the cap"),
        pytest.param(
            {"schedulingStrategy": "DAEMON"}, {"maxPercent": 100}, id="a daemon, which has no surge"
        ),
    ],
)
def test_a_surge_within_the_cap_passes(
    properties: Mapping[str, object], config: Mapping[str, object]
) -> None:
    assert (
        analyze_stack(
            deployment_surge,
            [service("web", **properties)],
            config={**deployment_surge.example_config, **config},
        )
        == []
    )


def test_a_surge_is_counted_from_the_most_tasks_that_autoscaling_may_start() -> None:
    stack = [
        service("web", desiredCount=2, deploymentMaximumPercent=300),
        service("other", desiredCount=1, deploymentMaximumPercent=200),
        Example(
            type=TARGET,
            name="web-scaling",
            properties={"resourceId": UNKNOWN, "maxCapacity": 7},
            references={"resourceId": ("web",)},
        ),
        Example(
            type=TARGET,
            name="other-scaling",
            properties={"resourceId": UNKNOWN, "maxCapacity": 50},
            references={"resourceId": ("other",)},
        ),
    ]
    (message,) = messages(analyze_stack(deployment_surge, stack, config={"maxPercent": 200}))
    assert "during a deployment the tasks go from 7 up to 21;" in message


def test_a_surge_is_counted_from_the_desired_count_where_autoscaling_starts_fewer() -> None:
    stack = [
        service("web", desiredCount=5, deploymentMaximumPercent=300),
        Example(
            type=TARGET,
            name="web-scaling",
            properties={"resourceId": UNKNOWN},
            references={"resourceId": ("web",)},
        ),
    ]
    (message,) = messages(analyze_stack(deployment_surge, stack, config={"maxPercent": 200}))
    assert "during a deployment the tasks go from 5 up to 15;" in message


def test_the_first_of_several_targets_that_may_scale_a_service_is_told() -> None:
    targets = [
        Example(type=TARGET, name=name, properties={"resourceId": UNKNOWN, "maxCapacity": 7})
        for name in ("first", "second", "third")
    ]
    stack = [service("web", deploymentMaximumPercent=300), *targets]
    assert messages(analyze_stack(deployment_surge, stack, config={"maxPercent": 200})) == [
        "not evaluated: first: `resourceId` is not known yet"
    ]


def test_a_percentage_that_is_not_known_is_not_judged() -> None:
    stack = [service("web", deploymentMaximumPercent=UNKNOWN)]
    assert messages(analyze_stack(deployment_surge, stack, config={"maxPercent": 200})) == [
        "not evaluated: web: `deploymentMaximumPercent` is not known yet"
    ]


LEFT_TO_A_SCALER = [
    pytest.param("desiredCount", id="name"),
    pytest.param('["desiredCount"]', id="name-in-brackets"),
    pytest.param("*", id="everything"),
]


@pytest.mark.parametrize("ignored", LEFT_TO_A_SCALER)
def test_a_count_that_is_left_to_a_scaler_has_no_cap_of_its_own(ignored: str) -> None:
    assert (
        analyze(desired_count, {"desiredCount": 50}, config={"max": 4}, ignore_changes=[ignored])
        == []
    )


@pytest.mark.parametrize("ignored", LEFT_TO_A_SCALER)
def test_a_count_that_is_left_to_a_scaler_is_no_part_of_the_sum(ignored: str) -> None:
    scaled = Example(
        type=SERVICE, name="workers", properties={"desiredCount": 50}, ignore_changes=(ignored,)
    )
    assert (
        analyze_stack(
            total_desired_count, [service("web", desiredCount=12), scaled], config={"max": 12}
        )
        == []
    )
    over = analyze_stack(
        total_desired_count, [service("web", desiredCount=13), scaled], config={"max": 12}
    )
    assert [report.message.partition(";")[0] for report in over] == [
        "the services ask for 13 tasks together (web 13)"
    ]


@pytest.mark.parametrize("ignored", ["desired_count", "taskDefinition", "['desiredCount']"])
def test_a_count_is_judged_where_something_else_is_ignored(ignored: str) -> None:
    assert (
        len(
            analyze(
                desired_count, {"desiredCount": 50}, config={"max": 4}, ignore_changes=[ignored]
            )
        )
        == 1
    )
