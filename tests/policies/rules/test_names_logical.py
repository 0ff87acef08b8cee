"""Logical names are unique."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.resource import Graph, Resource
from aws_policy_pack.rule import Finding
from aws_policy_pack.rules.names.unique import UniqueLogical, unique_logical
from aws_policy_pack.testing import Example, analyze_stack, urn_of

QUEUE = "aws:sqs/queue:Queue"
TOPIC = "aws:sns/topic:Topic"


def test_two_resources_of_one_type_and_name_are_found_once() -> None:
    stack = [
        Example(type=QUEUE, name="orders"),
        Example(type=TOPIC, name="news"),
        Example(type=QUEUE, name="orders"),
    ]
    (report,) = analyze_stack(unique_logical, stack)
    assert report.message == (
        f"orders: another {QUEUE}, at the top of the stack, has this logical name too (this one is "
        "at the top of the stack); wanted a logical name that no other resource of the type has. "
        "Fix: Rename one of the two and give it its old name as an alias, or remove one if it is "
        f"declared twice. {unique_logical.url}"
    )
    assert report.urn == urn_of(QUEUE, "orders")


@pytest.mark.parametrize(
    ("stack", "config"),
    [
        pytest.param([], {}, id="an empty stack"),
        pytest.param(
            [Example(type=QUEUE, name="a"), Example(type=QUEUE, name="b")], {}, id="two names"
        ),
        pytest.param(
            [Example(type=QUEUE, name="a"), Example(type=TOPIC, name="a")], {}, id="two types"
        ),
        pytest.param(
            [Example(type=QUEUE, name="a"), Example(type=QUEUE, name="A")], {}, id="two cases"
        ),
        pytest.param(
            [Example(type=QUEUE, name="a"), Example(type=QUEUE, name="a")],
            {"skipTypes": [TOPIC, "aws:sqs/*"]},
            id="a type that is skipped",
        ),
    ],
)
def test_other_resources_pass(stack: list[Example], config: Mapping[str, object]) -> None:
    assert analyze_stack(unique_logical, stack, config=config) == []


def test_a_type_that_is_not_skipped_is_looked_at() -> None:
    stack = [Example(type=QUEUE, name="a"), Example(type=QUEUE, name="a")]
    assert len(analyze_stack(unique_logical, stack, config={"skipTypes": [TOPIC]})) == 1


def test_of_three_resources_each_after_the_first_is_found() -> None:
    assert len(analyze_stack(unique_logical, [Example(type=QUEUE, name="a")] * 3)) == 2


def queue(number: int, parent: str) -> Resource:
    return Resource(
        dict,
        urn=f"urn:pulumi:dev::shop::parent${QUEUE}::jobs-{number}",
        type=QUEUE,
        name="jobs",
        parent=parent,
    )


def test_resources_under_different_parents_are_found_and_their_places_told() -> None:
    later = queue(2, "urn:pulumi:dev::shop::shop:index:Taskiq$shop:index:Queues::taskiq")
    graph = Graph(
        [
            queue(1, "urn:pulumi:dev::shop::shop:index:Demo::demo"),
            later,
            queue(3, "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"),
            queue(4, "urn:pulumi:dev::shop::shop:index:Demo::jobs::second"),
        ]
    )
    first, second, third = unique_logical.check(graph, UniqueLogical())
    assert isinstance(first, Finding)
    assert isinstance(second, Finding)
    assert isinstance(third, Finding)
    assert first.resource is later
    assert first.problem == (
        f"another {QUEUE}, under demo, has this logical name too (this one is under taskiq)"
    )
    assert second.problem.endswith("(this one is at the top of the stack)")
    assert third.problem.endswith("(this one is under jobs::second)")
