"""What the environment of a container gives away."""

from collections.abc import Mapping
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.lists import load
from aws_policy_pack.parts import judge_each
from aws_policy_pack.resource import Properties, Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.ecs.containers import Container, containers_of
from aws_policy_pack.rules.ecs.credentials import (
    is_named,
    is_open_address,
    may_be_secret,
    parts_of,
    secret_in,
)
from aws_policy_pack.rules.ecs.types import TASK_DEFINITION
from aws_policy_pack.wording import shown

NAMES: Final[Mapping[str, list[str]]] = load("secret_names").entries


class PlaintextSecrets(RuleConfig):
    """What looks like a secret.

    Names are compared in capitals with underscores. ECS.8 names AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY and ECS_ENGINE_AUTH_DATA, which the globs cover.
    """

    secret_names: tuple[str, ...] = Field(
        default=tuple(NAMES["secret"]),
        description="Globs of the names of secrets",
    )
    harmless_names: tuple[str, ...] = Field(
        default=tuple(NAMES["harmless"]),
        description="Globs of names that only point at a secret or describe it; "
        "their values are still looked at",
    )
    open_names: tuple[str, ...] = Field(
        default=(),
        description="Globs of names whose values are known to be no secrets and are not judged",
    )
    min_random_length: int = Field(
        default=24, ge=8, description="Fewest characters of a text that is judged by its entropy"
    )
    min_randomness: float = Field(
        default=0.87,
        gt=0,
        le=1,
        description="Entropy that counts as random, as a share of the greatest possible",
    )


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

    yield from judge_each(containers_of(task), judge)


def _judge_variable(
    number: int, variable: Properties, container: Container, config: PlaintextSecrets
) -> Findings:
    name, value = variable.text("name") or "", variable.text("value") or ""
    if is_named(name, config.open_names):
        return
    signs = (_sign(*part, config) for part in parts_of(name, value))
    sign, setting = next((found for found in signs if found), (None, ""))
    if sign:
        called = f"variable {number}" if container.is_secret else f"the variable {shown(name)}"
        yield Finding(
            problem=f"{called} of {container.label} {sign}",
            wanted=f"no secret in `environment` ({setting} of ecs-plaintext-secrets)",
            fix="Keep it in Secrets Manager or as a SecureString in Parameter Store, and name it "
            "in `secrets` with its ARN as `valueFrom`",
        )


def _sign(name: str, value: str, config: PlaintextSecrets) -> tuple[str, str] | None:
    """What gives a value away, and the setting that has a say in it; `None` if nothing does."""
    if not may_be_secret(value):
        return None
    points = is_named(name, config.harmless_names) or is_open_address(
        name, value, config.secret_names
    )
    if is_named(name, config.secret_names) and not points:
        return "is a secret by its name", "names: `secretNames`"
    found = secret_in(
        value, min_length=config.min_random_length, min_randomness=config.min_randomness
    )
    return (found, "exceptions: `openNames`") if found else None
