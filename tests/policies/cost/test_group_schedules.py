"""Schedules that set the sizes of groups of machines: they count at worst."""

import pytest

from aws_policy_pack.testing import UNKNOWN, Example
from tests.policies.cost.stacks import bill, make

SCHEDULE = "aws:autoscaling/schedule:Schedule"
TEMPLATE = make(
    "aws:ec2/launchTemplate:LaunchTemplate",
    "lt",
    instanceType="t3.micro",
    blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 8}}],
)
GROUP = make(
    "aws:autoscaling/group:Group",
    "group",
    name="web",
    launchTemplate="{lt}",
    minSize=2,
    maxSize=4,
)


def schedule(**sizes: object) -> Example:
    given = {"autoscalingGroupName": "{group}", **sizes}
    return make(SCHEDULE, "busy", **given)


def machines(*stack: Example) -> tuple[int, int]:
    """The instances that are billed, as declared and at worst."""
    (line,) = (line for line in bill(TEMPLATE, *stack) if "Linux" in line or "node t3" in line)
    base, worst = (float(usd) for usd in line.partition(" = ")[2].split(" / "))
    return round(base / 7.592), round(worst / 7.592)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        pytest.param({"minSize": 20, "maxSize": 50, "desiredCapacity": 20}, (2, 50), id="all"),
        pytest.param({"maxSize": 50}, (2, 50), id="maximum"),
        pytest.param({"minSize": 20}, (2, 20), id="minimum"),
        pytest.param({"desiredCapacity": 9}, (2, 9), id="desired"),
        pytest.param({"minSize": -1, "maxSize": -1, "desiredCapacity": 3}, (2, 4), id="left"),
        pytest.param(
            {"minSize": -1, "maxSize": -1, "desiredCapacity": 9}, (2, 9), id="left-but-the-desired"
        ),
        pytest.param({"maxSize": 9, "desiredCapacity": -1}, (2, 9), id="left-but-the-maximum"),
        pytest.param({"minSize": 0, "maxSize": 0, "desiredCapacity": 0}, (2, 4), id="none"),
        pytest.param({"minSize": UNKNOWN, "maxSize": 6}, (2, 6), id="left-to-the-provider"),
    ],
)
def test_a_schedule_raises_the_worst_case_alone(
    sizes: dict[str, object], expected: tuple[int, int]
) -> None:
    assert machines(GROUP, schedule(**sizes)) == expected


def test_the_highest_of_several_counts() -> None:
    night = make(SCHEDULE, "night", autoscalingGroupName="web", maxSize=5)
    assert machines(GROUP, schedule(maxSize=9), night) == (2, 9)


def test_a_schedule_of_nodes_counts() -> None:
    nodes = make(
        "aws:eks/nodeGroup:NodeGroup",
        "group",
        instanceTypes=["t3.micro"],
        scalingConfig={"minSize": 1, "maxSize": 2},
    )
    assert machines(nodes, schedule(maxSize=7)) == (1, 7)


def test_a_schedule_of_a_group_that_is_elsewhere_is_named() -> None:
    stack = (TEMPLATE, GROUP, make(SCHEDULE, "busy", autoscalingGroupName="api", maxSize=50))
    assert bill(*stack)[-1] == "busy scales 'api', which is not in this stack"
    assert machines(*stack[1:]) == (2, 4)


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        pytest.param("many", "is the text 'many', not a number", id="no-number"),
        pytest.param(-2, "is -2, not a quantity from 0 to 1000000000", id="negative"),
    ],
)
def test_a_schedule_that_cannot_be_read_is_named(size: object, reason: str) -> None:
    stack = (TEMPLATE, GROUP, schedule(maxSize=size))
    assert bill(*stack)[-1] == f"busy is not counted in the worst case: `maxSize` {reason}"
