"""The two roles of a task: that of ECS, which starts it, and that of the processes inside."""

from aws_policy_pack.resource import Graph, Resource
from aws_policy_pack.rule import (
    Example,
    Finding,
    Findings,
    Kind,
    Severity,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.rules.ecs.containers import runs_on_fargate
from aws_policy_pack.rules.ecs.types import ROLE, TASK_DEFINITION
from aws_policy_pack.wording import shown


@resource_rule(
    "ecs-separate-execution-role",
    TASK_DEFINITION,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="The role that starts a task is not the role that its processes have",
    why="The execution role reads the secrets of the task and pulls its images; processes that "
    "have it can read every secret that ECS may hand to them.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html",
    controls=("CKV_AWS_249",),
    good={
        "executionRoleArn": "arn:aws:iam::111122223333:role/orders-execution",
        "taskRoleArn": "arn:aws:iam::111122223333:role/orders-task",
    },
    bad={
        "executionRoleArn": "arn:aws:iam::111122223333:role/orders",
        "taskRoleArn": "arn:aws:iam::111122223333:role/orders",
    },
)
def separate_execution_role(task: Resource) -> Findings:
    """A task that has only one of the two passes."""
    execution, own = task.text("executionRoleArn"), task.text("taskRoleArn")
    if execution and execution == own:
        yield Finding(
            problem=f"`executionRoleArn` and `taskRoleArn` are both {shown(own)}",
            wanted="two roles",
            fix="Make a role for `taskRoleArn` with only the rights that the processes need",
        )


@stack_rule(
    "ecs-task-role-declared",
    TASK_DEFINITION,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="The role of a task is declared in the stack",
    why="Nobody who reads the stack sees what a role from elsewhere may do; a task on an "
    "instance that has no role uses that of the instance.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
    good=(
        Example(type=ROLE, name="orders-task"),
        Example(
            type=TASK_DEFINITION,
            name="orders",
            properties={"taskRoleArn": "${orders-task.arn}"},
            references={"taskRoleArn": ("orders-task",)},
        ),
    ),
    bad=(
        Example(
            type=TASK_DEFINITION,
            name="orders",
            properties={"taskRoleArn": "arn:aws:iam::111122223333:role/shared"},
        ),
    ),
)
def task_role_declared(task: Resource, graph: Graph) -> Findings:
    """A task on Fargate without a role has no rights at all, which is best."""
    if task.has("taskRoleArn"):
        if not graph.referenced(task, "taskRoleArn", ROLE):
            yield Finding(
                problem=f"`taskRoleArn` is {shown(task.text('taskRoleArn'))}, which is not a role "
                "of this stack",
                wanted="a role that the stack declares",
                fix="Declare a role with the rights that the task needs",
            )
    elif not runs_on_fargate(task):
        yield Finding(
            problem="`taskRoleArn` is not set, so the processes have the rights of the instance",
            wanted="a role of the task's own",
            fix="Declare a role with the rights that the task needs, and name it in `taskRoleArn`",
        )
