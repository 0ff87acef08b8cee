"""What a container may do, which roles it has, and what its definition gives away."""

from typing import Final

from aws_policy_pack.plaintext.places import STORED, Holder, Place, Shape, judge_places
from aws_policy_pack.plaintext.values import PlaintextSecrets
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
from aws_policy_pack.rules.ecs.containers import (
    Container,
    judge_containers,
    runs_on_fargate,
    runs_on_windows,
)
from aws_policy_pack.type_tokens import ROLE, TASK_DEFINITION
from aws_policy_pack.wording import shown

ROOT = ("root", "0")


@resource_rule(
    "ecs-not-privileged",
    TASK_DEFINITION,
    kind=Kind.PRACTICE,
    severity=Severity.CRITICAL,
    summary="No container has the rights of its host",
    why="A privileged container is root on the instance, and on all that runs there.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-4",
    controls=("Security Hub ECS.4", "CKV_AWS_334"),
    yields_to=("ecs-fargate-parameters",),
    good={"containerDefinitions": '[{"name": "web", "privileged": false}]'},
    bad={"containerDefinitions": '[{"name": "web", "privileged": true}]'},
)
def not_privileged(task: Resource) -> Findings:
    """Containers have no such rights unless they ask for them."""

    def judge(container: Container) -> Findings:
        if container.properties.flag("privileged"):
            yield Finding(
                problem=f"`privileged` of {container.label} is true",
                wanted="false",
                fix="Drop `privileged`, and add the capabilities that are needed in "
                "`linuxParameters`",
                place=f"`privileged` of {container.label}",
            )

    yield from judge_containers(task, judge)


@resource_rule(
    "ecs-read-only-root",
    TASK_DEFINITION,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Containers cannot write to their root file system",
    why="Whoever breaks into a process can change the program and leave tools behind.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-5",
    controls=("Security Hub ECS.5", "CKV_AWS_336"),
    good={"containerDefinitions": '[{"name": "web", "readonlyRootFilesystem": true}]'},
    bad={"containerDefinitions": '[{"name": "web", "readonlyRootFilesystem": false}]'},
)
def read_only_root(task: Resource) -> Findings:
    """The file system can be written unless told otherwise; Windows has no such setting."""

    def judge(container: Container) -> Findings:
        path = "readonlyRootFilesystem"
        if not container.properties.flag(path) and not runs_on_windows(task):
            yield Finding(
                problem=f"`{path}` of {container.label} is {shown(container.properties.raw(path))}",
                wanted="true",
                fix=f"Set `{path}` to true, and mount a volume where the process has to write",
            )

    yield from judge_containers(task, judge)


@resource_rule(
    "ecs-non-root-user",
    TASK_DEFINITION,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Containers run as a user other than root",
    why="Root in a container is one hole in the kernel away from root on the host; an image "
    "that names no user runs as root.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-20",
    controls=("Security Hub ECS.20",),
    good={"containerDefinitions": '[{"name": "web", "user": "10001"}]'},
    bad={"containerDefinitions": '[{"name": "web", "user": "root"}]'},
)
def non_root_user(task: Resource) -> Findings:
    """Reads the user before the group, by name or number; Windows has no such setting."""

    def judge(container: Container) -> Findings:
        user = container.properties.text("user")
        name = (user or "").partition(":")[0]
        if (name and name not in ROOT) or runs_on_windows(task):
            return
        leaves = "" if user else ", so the image decides"
        yield Finding(
            problem=f"`user` of {container.label} is {shown(user)}{leaves}",
            wanted="the name or number of a user other than root",
            fix="Set `user` to that of a user whom the image creates",
        )

    yield from judge_containers(task, judge)


IN_VARIABLE: Final = f"{STORED}, give it to the container in `secrets`, and read that variable"
IN_OPTION: Final = f"{STORED}, and name it in `secretOptions` with its ARN as `valueFrom`"
PLACES: Final = (
    Place(
        path="environment",
        shape=Shape.ENTRIES,
        fix=f"{STORED}, and name it in `secrets` with its ARN as `valueFrom`",
    ),
    Place(path="command", shape=Shape.WORDS, fix=IN_VARIABLE),
    Place(path="entryPoint", shape=Shape.WORDS, fix=IN_VARIABLE),
    Place(path="healthCheck.command", shape=Shape.WORDS, fix=IN_VARIABLE),
    Place(
        path="logConfiguration.options", shape=Shape.MAP, what="option of the log", fix=IN_OPTION
    ),
    Place(
        path="firelensConfiguration.options",
        shape=Shape.MAP,
        what="option of FireLens",
        fix=IN_VARIABLE,
    ),
    Place(path="dockerLabels", shape=Shape.MAP, what="label", fix=f"{STORED}, and drop the label"),
)
"""What a container is told in the open."""


class ContainerSecrets(PlaintextSecrets):
    """What looks like a secret in a container."""


@resource_rule(
    "ecs-plaintext-secrets",
    TASK_DEFINITION,
    kind=Kind.PRACTICE,
    severity=Severity.CRITICAL,
    summary="No secret stands in the environment, the command or the log options of a container",
    why="Everyone who may describe the task definition reads what it says, in the console, in "
    "the state and in every old revision, which cannot be deleted at once.",
    remedy="Keep the secret in Secrets Manager or as a SecureString in Parameter Store, and name "
    "it in `secrets` with its ARN as `valueFrom`",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html",
    controls=("Security Hub ECS.8", "cdk-nag AwsSolutions-ECS2"),
    good={
        "family": "orders-dev",
        "containerDefinitions": '[{"name": "web", "environment": '
        '[{"name": "POSTGRES_USER", "value": "orders"}], "secrets": [{"name": '
        '"POSTGRES_PASSWORD", "valueFrom": '
        '"arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-AbCdEf"}]}]',
    },
    bad={
        "family": "orders-dev",
        "containerDefinitions": '[{"name": "web", "environment": '
        '[{"name": "POSTGRES_PASSWORD", "value": "orders"}]}]',
    },
)
def plaintext_secrets(task: Resource, config: ContainerSecrets) -> Findings:
    """Looks wherever a definition tells a container something that all may read."""

    def judge(container: Container) -> Findings:
        holder = Holder(
            properties=container.properties,
            rule="ecs-plaintext-secrets",
            label=container.label,
            is_secret=container.is_secret,
        )
        yield from judge_places(holder, PLACES, config)

    yield from judge_containers(task, judge)


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
