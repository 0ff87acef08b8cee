"""How ECS sees that a container works."""

from typing import Final

from aws_policy_pack.lists import load
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.ecs.containers import Container, judge_containers
from aws_policy_pack.rules.ecs.types import TASK_DEFINITION
from aws_policy_pack.wording import shown

FORMS: Final = ("CMD", "CMD-SHELL")
BOUNDS: Final = {
    name: (row["least"], row["most"], row["unit"])
    for name, row in load("ecs_limits").entries["health_check"].items()
}
"""Least, most and unit of each number, all of which have a default."""


@resource_rule(
    "ecs-health-check",
    TASK_DEFINITION,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Every essential container has a health check with a command",
    why="ECS does not look at the image's own check: without one in the definition, a process "
    "that hangs counts as running for ever.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html",
    good={
        "containerDefinitions": '[{"name": "web", "healthCheck": {"command": ["CMD", "python", '
        '"-m", "orders.health"], "interval": 30, "timeout": 5}}]'
    },
    bad={"containerDefinitions": '[{"name": "web", "image": "orders:1.4.0"}]'},
)
def health_check(task: Resource) -> Findings:
    """A container whose end does not end the task needs none; the command of one counts still."""

    def judge(container: Container) -> Findings:
        definition = container.properties
        if not definition.has("healthCheck"):
            if definition.flag("essential", default=True):
                yield Finding(
                    problem=f"{container.label} has no `healthCheck`",
                    wanted="a command that fails when the process does not work",
                    fix="Add a `healthCheck` whose `command` begins with 'CMD' or 'CMD-SHELL'",
                )
            return
        yield from _judge_command(container)

    yield from judge_containers(task, judge)


def _judge_command(container: Container) -> Findings:
    form, *words = container.properties.texts("healthCheck.command") or ("",)
    if form not in FORMS or not words:
        yield Finding(
            problem=f"`healthCheck.command` of {container.label} begins with {shown(form)}"
            if form and form not in FORMS
            else f"`healthCheck.command` of {container.label} has no command",
            part=f"healthCheck.command of {container.label}",
            wanted="'CMD' and the words of a command, or 'CMD-SHELL' and a line for the shell",
            fix="Put 'CMD' before the words, or 'CMD-SHELL' before the line",
        )


@resource_rule(
    "ecs-health-check-values",
    TASK_DEFINITION,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="The numbers of a health check are ones that ECS takes",
    why="ECS refuses other numbers only when the task definition is registered, in the middle of "
    "a deployment.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html",
    good={
        "containerDefinitions": '[{"name": "web", "healthCheck": {"command": ["CMD", "health"], '
        '"interval": 30, "timeout": 5, "retries": 3, "startPeriod": 60}}]'
    },
    bad={
        "containerDefinitions": '[{"name": "web", "healthCheck": {"command": ["CMD", "health"], '
        '"interval": 600}}]'
    },
)
def health_check_values(task: Resource) -> Findings:
    """A number that is not given has a default."""
    yield from judge_containers(task, _judge_numbers)


def _judge_numbers(container: Container) -> Findings:
    for name, (least, most, unit) in BOUNDS.items():
        number = container.properties.number(f"healthCheck.{name}")
        if number is not None and not least <= number <= most:
            yield Finding(
                problem=f"`healthCheck.{name}` of {container.label} is {shown(number)}{unit}",
                wanted=f"{least} to {most}{unit}",
                part=f"healthCheck.{name} of {container.label}",
                fix=f"Set `{name}` to a number that ECS takes",
            )
