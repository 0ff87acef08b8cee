"""Secrets: where their values come from, and how long they live."""

import base64
import json
import re
from collections.abc import Iterable
from math import inf
from typing import Annotated, Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.given import is_given
from aws_policy_pack.plaintext.texts import parts_of
from aws_policy_pack.plaintext.values import may_be_secret
from aws_policy_pack.resource import Graph, Resource, Unreadable, survey
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule
from aws_policy_pack.secret_texts import pattern_of, texts_in
from aws_policy_pack.wording import shown

SECRET: Final = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type token
SECRET_VERSION: Final = "aws:secretsmanager/secretVersion:SecretVersion"  # noqa: S105 - likewise
SECRET_ROTATION: Final = "aws:secretsmanager/secretRotation:SecretRotation"  # noqa: S105 - likewise
PARAMETER: Final = "aws:ssm/parameter:Parameter"
VALUES: Final = {
    SECRET_VERSION: (("secretString", "secretBinary"), "secretStringWo"),
    PARAMETER: (("value",), "valueWo"),
}
"""The properties that hold the value, and the one that the state does not keep, by type."""
PLAIN_TYPES: Final = ("String", "StringList")
"""Types of parameters that are not secrets; versions of secrets have no type.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
"""
HOURS: Final = {"hour": 1, "day": 24}
RATE: Final = re.compile(r"rate\(\s*([0-9]{1,9})\s+(hour|day)s?\s*\)")


class Rotation(RuleConfig):
    """How long the value of a secret may live."""

    max_days: Annotated[int, Field(ge=1)] = Field(
        default=90, description="Most days between two rotations of a secret"
    )


@stack_rule(
    "secrets-rotation",
    SECRET,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Secrets are rotated often enough",
    why="A value that leaked once, into a log or onto a laptop, opens the door until it changes.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/secretsmanager-controls.html",
    controls=(
        "Security Hub SecretsManager.1",
        "Security Hub SecretsManager.4",
        "CKV_AWS_304",
        "cdk-nag AwsSolutions-SMG4",
        "NIST.800-53.r5 AC-2(1)",
        "NIST.800-53.r5 AC-3(15)",
    ),
    good=(
        Example(type=SECRET, name="api-token"),
        Example(
            type=SECRET_ROTATION,
            name="api-token-rotation",
            properties={"rotationRules": {"automaticallyAfterDays": 30}},
            references={"secretId": ("api-token",)},
        ),
    ),
    bad=(Example(type=SECRET, name="api-token"),),
)
def rotation(secret: Resource, graph: Graph, config: Rotation) -> Findings:
    """Compares the days or the rate of a rotation; a cron schedule is taken as it is."""
    links = graph.links("secretId", of=(SECRET_ROTATION,), to=(SECRET,))
    rotations = links.to(secret)
    yield from links.missed
    if not rotations and not links.missed:
        yield Finding(
            problem="nothing rotates it",
            wanted=f"a rotation at least every {config.max_days} days (`maxDays` of "
            "secrets-rotation)",
            fix="Add a `SecretRotation`, or let the service that uses the secret manage it, as RDS "
            "does with `manageMasterUserPassword`",
        )
    periods, unreadable = survey(rotations, _period)
    yield from unreadable
    for holder, period in periods:
        if period is not None and period[0] > config.max_days:
            yield Finding(
                resource=holder,
                problem=period[1],
                wanted=f"at most {config.max_days} days (`maxDays` of secrets-rotation)",
                fix="Rotate automatically, and often enough",
            )


def _period(rotation: Resource) -> tuple[float, str] | None:
    """The days between rotations and the setting that says so; `None` if it cannot be told."""
    if is_given(rotation, "rotationEnabled") and not rotation.flag("rotationEnabled"):
        return inf, "`rotationEnabled` is false"
    days = rotation.number("rotationRules.automaticallyAfterDays")
    if days:
        return days, f"`automaticallyAfterDays` is {shown(days)}"
    schedule = rotation.text("rotationRules.scheduleExpression")
    rate = RATE.fullmatch(schedule or "")
    if rate is None:
        return None
    count, unit = rate.groups()
    return int(count) * HOURS[unit] / HOURS["day"], f"`scheduleExpression` is {shown(schedule)}"


@stack_rule(
    "secrets-no-literal-value",
    SECRET_VERSION,
    PARAMETER,
    kind=Kind.PRACTICE,
    severity=Severity.CRITICAL,
    summary="The value of a secret is not written in the program",
    why="Whoever can read the repository or its history can read the secret, and a program that "
    "knows it writes it into the state as well.",
    url="https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html",
    good=(
        Example(type="random:index/randomPassword:RandomPassword", name="generated"),
        Example(
            type=SECRET_VERSION,
            name="api-token",
            properties={"secretString": "a-generated-value"},
            references={"secretString": ("generated",)},
        ),
    ),
    bad=(
        Example(
            type=SECRET_VERSION,
            name="api-token",
            properties={"secretString": "hunter2"},
        ),
    ),
)
def no_literal_value(holder: Resource, graph: Graph) -> Findings:
    """Asks where a known value comes from; one that nothing else gave is the program's own.

    The mark of a secret does not tell: the SDK of the provider puts it on every value here, on
    literals too. So a value is compared with the encrypted settings of the stack's configuration.
    Where nobody tells which settings are encrypted, a marked value or that of any setting may be
    one. A placeholder whose changes are ignored passes, since the real value is put in its place
    elsewhere. So does what cannot be a secret, such as the ARN of one.
    """
    if holder.text("type") in PLAIN_TYPES:
        return
    keys, write_only = VALUES[holder.type]
    for key in keys:
        is_made_elsewhere = holder.ignores_changes(key) or bool(holder.references.get(key))
        if is_made_elsewhere or not is_given(holder, key):
            continue
        given = holder.raw(key)
        value = given if isinstance(given, str) else json.dumps(given)
        texts = (text for _, text in parts_of(key, value))
        if not any(map(may_be_secret, texts)) or _holds(value, graph.config_secrets or ()):
            continue
        if graph.config_secrets is None and (
            value in holder.secrets or _holds(value, graph.config_values)
        ):
            reason = "may be an encrypted setting of the stack, and nobody tells which ones are"
            yield Unreadable(key, reason, holder)
            continue
        yield Finding(
            part=key,
            problem=f"`{key}` comes from the program or a plain setting of the stack",
            wanted="a value that a resource generates, an encrypted setting of the stack, or a "
            "write-only value that the state does not keep",
            fix="Generate it, with `random.RandomPassword` for example, set it with `pulumi config "
            f"set --secret`, or give it from outside as `{write_only}`",
        )


def _holds(value: str, secrets: Iterable[str]) -> bool:
    """Whether a value, a text in its JSON, or what its base64 stands for contains a secret."""
    patterns = [pattern_of(secret) for secret in texts_in(secrets)]
    texts = texts_in({value, _decoded(value)})
    return any(pattern.search(text) for text in texts for pattern in patterns)


def _decoded(value: str) -> str:
    """The text that base64 stands for, as in `secretBinary`; empty where there is none."""
    try:
        return base64.b64decode(value, validate=True).decode()
    except ValueError:
        return ""
