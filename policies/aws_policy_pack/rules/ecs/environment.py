"""What the environment of a container gives away."""

from aws_policy_pack.parts import judge_each
from aws_policy_pack.plaintext.judgement import PlaintextSecrets, sign_of
from aws_policy_pack.plaintext.names import is_named
from aws_policy_pack.plaintext.texts import parts_of
from aws_policy_pack.resource import Properties, Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.ecs.containers import Container, judge_containers
from aws_policy_pack.rules.ecs.types import TASK_DEFINITION
from aws_policy_pack.wording import shown


@resource_rule(
    "ecs-plaintext-secrets",
    TASK_DEFINITION,
    kind=Kind.PRACTICE,
    severity=Severity.CRITICAL,
    summary="No secret stands in the environment of a container",
    why="Everyone who may describe the task definition reads its environment, in the console, in "
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
def plaintext_secrets(task: Resource, config: PlaintextSecrets) -> Findings:
    """Judges each variable by its name, then by its value, which the finding never contains."""

    def judge(container: Container) -> Findings:
        yield from judge_each(
            enumerate(container.properties.objects("environment"), start=1),
            lambda numbered: _judge_variable(*numbered, container, config),
        )

    yield from judge_containers(task, judge)


def _judge_variable(
    number: int, variable: Properties, container: Container, config: PlaintextSecrets
) -> Findings:
    name, value = variable.text("name") or "", variable.text("value") or ""
    if is_named(name, config.open_names):
        return
    found = sign_of(name, parts_of(name, value), config)
    if found:
        sign, setting = found
        which = number if container.is_secret else shown(name)
        part = f"variable {which} of {container.label}"
        yield Finding(
            problem=f"{part} {sign}" if container.is_secret else f"the {part} {sign}",
            part=part,
            wanted=f"no secret in `environment` ({setting} of ecs-plaintext-secrets)",
            fix="Keep it in Secrets Manager or as a SecureString in Parameter Store, and name it "
            "in `secrets` with its ARN as `valueFrom`",
        )
