"""What a container may do to its host and to itself."""

from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.ecs.containers import Container, judge_containers, runs_on_windows
from aws_policy_pack.rules.ecs.types import TASK_DEFINITION
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
