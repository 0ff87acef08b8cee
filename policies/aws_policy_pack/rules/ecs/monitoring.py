"""What is seen of containers: their health, their output, their measurements."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from fnmatch import fnmatchcase
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.ecs import CLUSTER
from aws_policy_pack.lists import load
from aws_policy_pack.resource import Graph, Resource, Unreadable, survey
from aws_policy_pack.rule import (
    Changes,
    Example,
    Finding,
    Findings,
    Kind,
    Severity,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.rules.ecs.containers import Container, judge_containers, runs_on_fargate
from aws_policy_pack.rules.ecs.fargate import LOG_DRIVERS
from aws_policy_pack.type_tokens import LOG_GROUP, TASK_DEFINITION
from aws_policy_pack.wording import listed, shown

INSIGHTS: Final = "containerInsights"


class ContainerInsights(RuleConfig):
    """Which kinds of Container Insights are enough."""

    accepted: tuple[str, ...] = Field(
        default=("enabled", "enhanced"),
        min_length=1,
        description="Values of the setting that pass; the first one is what a fix sets",
    )


def measure_containers(cluster: Resource, config: ContainerInsights) -> Changes:
    """Sets the setting and keeps the others."""
    if _insights(cluster) in config.accepted:
        return {}
    cluster.raw("settings")  # refuses what is not known, which a fix would send on as text
    others = [
        setting.values
        for setting in cluster.objects("settings")
        if setting.text("name") != INSIGHTS
    ]
    new: Mapping[str, object] = {"name": INSIGHTS, "value": config.accepted[0]}
    return {"settings": [*others, new]}


@resource_rule(
    "ecs-container-insights",
    CLUSTER,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Clusters measure their services and tasks with Container Insights",
    why="Without it CloudWatch knows only the averages of a service, and nothing of a task that "
    "was killed for its memory.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-12",
    controls=("Security Hub ECS.12", "CKV_AWS_65", "cdk-nag AwsSolutions-ECS4"),
    good={"settings": [{"name": "containerInsights", "value": "enhanced"}]},
    bad={"settings": [{"name": "containerInsights", "value": "disabled"}]},
    fix=measure_containers,
)
def container_insights(cluster: Resource, config: ContainerInsights) -> Findings:
    """Without the setting a cluster has the account's default, which AWS ships as disabled."""
    value = _insights(cluster)
    if value not in config.accepted:
        yield Finding(
            problem=f"the setting {INSIGHTS!r} is {shown(value)}",
            wanted=f"one of {listed(config.accepted)} (`accepted` of ecs-container-insights)",
            fix=f"Add {{name: {INSIGHTS}, value: {config.accepted[0]}}} to `settings`",
        )


def _insights(cluster: Resource) -> str | None:
    settings = cluster.objects("settings")
    values = [setting.text("value") for setting in settings if setting.text("name") == INSIGHTS]
    return values[-1] if values else None


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
    remedy="Set the number to one that ECS takes",
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


AWSLOGS: Final = "awslogs"
_LIMITS: Final = load("ecs_limits").entries
OPTIONS: Final = tuple(_LIMITS["awslogs_options"])
FARGATE_OPTIONS: Final = (*OPTIONS, *_LIMITS["awslogs_options_on_fargate"])
"""The options that awslogs demands, and those that it demands on Fargate."""


class Logging(RuleConfig):
    """Where containers may send their output."""

    drivers: tuple[str, ...] = Field(
        default=("awslogs", "awsfirelens", "splunk", "fluentd", "gelf", "syslog"),
        description="Log drivers that containers may have; json-file and journald stay on the "
        "instance and end with it",
    )


@resource_rule(
    "ecs-logging",
    TASK_DEFINITION,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Every container sends its output to a log",
    why="What a container prints is gone with it; without a log nobody learns why it stopped.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
    controls=("Security Hub ECS.9", "cdk-nag AwsSolutions-ECS7"),
    yields_to=("ecs-fargate-parameters",),
    good={
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": '[{"name": "web", "logConfiguration": {"logDriver": "awslogs", '
        '"options": {"awslogs-group": "/ecs/orders-dev", "awslogs-region": "eu-west-1", '
        '"awslogs-stream-prefix": "web"}}}]',
    },
    bad={
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": '[{"name": "web", "image": "orders:1.4.0"}]',
    },
)
def logging(task: Resource, config: Logging) -> Findings:
    """Looks for a driver, and for the options without which awslogs does not start."""

    def judge(container: Container) -> Findings:
        on_fargate = runs_on_fargate(task)
        allowed = [d for d in config.drivers if d in LOG_DRIVERS or not on_fargate]
        driver = container.properties.text("logConfiguration.logDriver")
        if driver not in allowed:
            yield Finding(
                problem=f"`logConfiguration.logDriver` of {container.label} is {shown(driver)}",
                part=container.label,
                place=f"`logConfiguration.logDriver` of {container.label}",
                wanted=f"one of {listed(allowed)} (`drivers` of ecs-logging"
                f"{', of which Fargate has these' if on_fargate else ''})",
                fix="Set `logDriver` to 'awslogs' and name a log group in its `options`",
            )
        elif driver == AWSLOGS:
            yield from _judge_options(container, FARGATE_OPTIONS if on_fargate else OPTIONS)

    yield from judge_containers(task, judge)


def _judge_options(container: Container, demanded: tuple[str, ...]) -> Findings:
    options = container.properties.object("logConfiguration.options")
    missing = [option for option in demanded if not options.text(option)]
    if missing:
        yield Finding(
            problem=f"`logConfiguration.options` of {container.label} has no {listed(missing)}",
            wanted=f"the options that the driver awslogs demands: {listed(demanded)}",
            fix="Add what is missing; without it the container does not start",
        )


class LogGroupDeclared(RuleConfig):
    """Log groups that are not the stack's."""

    outside_groups: tuple[str, ...] = Field(
        default=(), description="Names or globs of log groups that exist outside the stack"
    )


@stack_rule(
    "ecs-log-group-declared",
    TASK_DEFINITION,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="The log groups that containers write to are declared in the stack",
    why="A container whose log group does not exist does not start; a group that the driver "
    "creates by itself keeps everything for ever, unencrypted, and outlives the stack.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html",
    good=(
        Example(type=LOG_GROUP, name="web-logs", properties={"name": "/ecs/orders-dev"}),
        Example(
            type=TASK_DEFINITION,
            name="web",
            properties={
                "containerDefinitions": '[{"name": "web", "logConfiguration": {"logDriver": '
                '"awslogs", "options": {"awslogs-group": "/ecs/orders-dev"}}}]'
            },
        ),
    ),
    bad=(
        Example(type=LOG_GROUP, name="web-logs", properties={"name": "/ecs/orders-dev"}),
        Example(
            type=TASK_DEFINITION,
            name="web",
            properties={
                "containerDefinitions": '[{"name": "web", "logConfiguration": {"logDriver": '
                '"awslogs", "options": {"awslogs-group": "/ecs/order-dev"}}}]'
            },
        ),
    ),
)
def log_group_declared(task: Resource, graph: Graph, config: LogGroupDeclared) -> Findings:
    """Compares names; groups whose names are not known yet may be the one that is missing."""
    names, unnamed = graph.once(_log_group_names)

    def judge(container: Container) -> Findings:
        if container.properties.text("logConfiguration.logDriver") != AWSLOGS:
            return
        path = "logConfiguration.options.awslogs-group"
        group = container.properties.text(path)
        if not group or group in names or _is_outside(group, config):
            return
        if unnamed:
            others = listed(missed.resource.name for missed in unnamed if missed.resource)
            raise Unreadable(
                "containerDefinitions",
                f"names the log group {group!r}, and the names of {others} are not known yet",
            )
        yield Finding(
            problem=f"{container.label} writes to the log group {group!r}, which is not declared",
            wanted="a log group of this stack, or one of `outsideGroups` of ecs-log-group-declared",
            fix="Declare the group, or correct `awslogs-group`",
        )

    yield from judge_containers(task, judge)


def _log_group_names(graph: Graph) -> tuple[AbstractSet[str | None], Sequence[Unreadable]]:
    named, unnamed = survey(graph.of_type(LOG_GROUP), lambda group: group.text("name"))
    return {name for _, name in named}, unnamed


def _is_outside(group: str, config: LogGroupDeclared) -> bool:
    return any(fnmatchcase(group, pattern) for pattern in config.outside_groups)
