"""What the definition of a container gives away."""

from typing import Final

from aws_policy_pack.plaintext.judgement import PlaintextSecrets
from aws_policy_pack.plaintext.places import STORED, Holder, Place, Shape, judge_places
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.ecs.containers import Container, judge_containers
from aws_policy_pack.rules.ecs.types import TASK_DEFINITION

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
