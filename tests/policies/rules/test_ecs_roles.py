"""Which role a task definition names."""

import pytest

from aws_policy_pack.rules.ecs.security import task_role_declared
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from aws_policy_pack.type_tokens import ROLE, TASK_DEFINITION
from tests.policies.rules.reading import said

GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"


def with_role(role: object, *, refers: bool = False, **properties: object) -> list[Example]:
    return [
        Example(type=ROLE, name="role", properties={"arn": "arn:aws:iam::1:role/own"}),
        Example(
            type=TASK_DEFINITION,
            name="task",
            properties={"taskRoleArn": role, **properties},
            references={"taskRoleArn": ("role",)} if refers else {},
        ),
    ]


def test_a_role_from_elsewhere_is_told_whole() -> None:
    [report] = analyze_stack(task_role_declared, with_role("arn:aws:iam::1:role/other"))
    assert (report.level, report.name) == ("advisory", "task")
    assert report.message == (
        "task: `taskRoleArn` is 'arn:aws:iam::1:role/other', which is not a role of this stack; "
        "wanted a role that the stack declares. Fix: Declare a role with the rights that the task "
        f"needs. {GUIDE}/task-iam-roles.html"
    )


def test_a_task_without_role_is_told_whole() -> None:
    [report] = analyze_stack(task_role_declared, with_role(None))
    assert report.message == (
        "task: `taskRoleArn` is not set, so the processes have the rights of the instance; wanted "
        "a role of the task's own. Fix: Declare a role with the rights that the task needs, and "
        f"name it in `taskRoleArn`. {GUIDE}/task-iam-roles.html"
    )


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param(with_role("arn:aws:iam::1:role/own"), id="by ARN"),
        pytest.param(with_role(UNKNOWN, refers=True), id="by reference, not known yet"),
        pytest.param(with_role(None, requiresCompatibilities=["FARGATE"]), id="none on Fargate"),
    ],
)
def test_a_declared_role_passes(stack: list[Example]) -> None:
    assert analyze_stack(task_role_declared, stack) == []


def test_a_role_that_is_not_known_and_comes_from_nothing_is_not_evaluated() -> None:
    found = analyze_stack(task_role_declared, with_role(UNKNOWN))
    assert said(found) == ["not evaluated: task: `taskRoleArn` is not known yet"]
