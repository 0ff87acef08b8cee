"""Secrets: where their values come from, how long they live, and which stand in the open."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from math import inf
from typing import Annotated, Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.evaluation import pattern_of, texts_in
from aws_policy_pack.plaintext.places import STORED, Holder, Place, Shape, judge_places, parts_of
from aws_policy_pack.plaintext.values import PlaintextSecrets, may_be_secret
from aws_policy_pack.resource import Graph, Resource, Unreadable, is_given, survey
from aws_policy_pack.rule import (
    Example,
    Finding,
    Findings,
    Kind,
    Severity,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.type_tokens import FUNCTION
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
    remedy="Generate the value, with `random.RandomPassword` for example, set it with `pulumi "
    "config set --secret`, or give it from outside as `secretStringWo`",
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


READ_THERE: Final = f"{STORED}, and let the program read it there"
BY_REFERENCE: Final = f"{STORED}, and name it in `secrets` with its ARN as `valueFrom`"
OF_APP_RUNNER: Final = f"{STORED}, and name it in `runtimeEnvironmentSecrets` with its ARN"
FROM_PROVIDER: Final = f"{STORED}, and name it by a configuration provider of Kafka"
IN_TEMPLATE: Final = "Let the template read it with a dynamic reference"
CONNECTED: Final = f"{STORED}, and name it there, or use a connection of CodeConnections"


def _container(path: str) -> tuple[Place, ...]:
    """The places of a container of a job."""
    return (
        Place(path=f"{path}.environment", shape=Shape.ENTRIES, fix=BY_REFERENCE),
        Place(path=f"{path}.command", shape=Shape.WORDS, fix=BY_REFERENCE),
        Place(
            path=f"{path}.logConfiguration.options",
            shape=Shape.MAP,
            what="option of the log",
            fix=f"{STORED}, and name it in `secretOptions` with its ARN as `valueFrom`",
        ),
    )


def _daemon(path: str) -> tuple[Place, ...]:
    """The places of a container of a daemon, whose keys are the provider's."""
    return (
        Place(path=f"{path}.environments", shape=Shape.ENTRIES, fix=BY_REFERENCE),
        _words(f"{path}.commands", BY_REFERENCE),
        _words(f"{path}.entryPoints", BY_REFERENCE),
        _words(f"{path}.healthCheck.commands", BY_REFERENCE),
        _variables(f"{path}.firelensConfiguration.options", what="option of FireLens"),
        _variables(
            f"{path}.logConfiguration.options",
            f"{STORED}, and name it in `secretOptions` with its ARN as `valueFrom`",
            "option of the log",
        ),
    )


def _pod(path: str) -> tuple[Place, ...]:
    """The places of a container of a job on EKS."""
    return (
        Place(path=f"{path}.envs", shape=Shape.ENTRIES, fix=READ_THERE),
        Place(path=f"{path}.commands", shape=Shape.WORDS, fix=READ_THERE),
        Place(path=f"{path}.args", shape=Shape.WORDS, fix=READ_THERE),
    )


def _overrides(path: str) -> tuple[Place, ...]:
    """What a pipe tells a container that it starts."""
    return (
        Place(path=f"{path}.environments", shape=Shape.ENTRIES, fix=READ_THERE),
        Place(path=f"{path}.commands", shape=Shape.WORDS, fix=READ_THERE),
    )


def _variables(path: str, fix: str = READ_THERE, what: str = "variable") -> Place:
    return Place(path=path, shape=Shape.MAP, what=what, fix=fix)


def _text(path: str, fix: str = READ_THERE) -> Place:
    return Place(path=path, shape=Shape.TEXT, fix=fix)


def _words(path: str, fix: str = READ_THERE) -> Place:
    return Place(path=path, shape=Shape.WORDS, fix=fix)


def _parameter(path: str) -> Place:
    return Place(
        path=path,
        shape=Shape.TEXT,
        what="parameter",
        named="name",
        open_types=PLAIN_TYPES,
        fix="Give the parameter the type 'SecureString'",
    )


_SOURCE: Final = "sourceConfiguration"
_IMAGE: Final = f"{_SOURCE}.imageRepository.imageConfiguration"
_CODE: Final = f"{_SOURCE}.codeRepository.codeConfiguration.codeConfigurationValues"
_OPTIONS: Final = Place(path="settings", shape=Shape.ENTRIES, what="option", fix=READ_THERE)

PLACES: Final[Mapping[str, tuple[Place, ...]]] = {
    FUNCTION: (
        _variables("environment.variables"),
        _words("imageConfig.commands"),
        _words("imageConfig.entryPoints"),
    ),
    "aws:lambda/microvmsImage:MicrovmsImage": (_variables("environmentVariables"),),
    "aws:lambdamicrovms/image:Image": (_variables("environmentVariables"),),
    PARAMETER: (_parameter("value"), _parameter("insecureValue")),
    "aws:batch/jobDefinition:JobDefinition": (
        *_container("containerProperties"),
        *_container("ecsProperties.taskProperties.containers"),
        *_container("nodeProperties.nodeRangeProperties.container"),
        *_pod("eksProperties.podProperties.containers"),
        *_pod("eksProperties.podProperties.initContainers"),
        _variables("parameters", BY_REFERENCE, "parameter"),
    ),
    "aws:codebuild/project:Project": (
        Place(
            path="environment.environmentVariables",
            shape=Shape.ENTRIES,
            open_types=("PLAINTEXT",),
            fix="Give the variable the type 'SECRETS_MANAGER' or 'PARAMETER_STORE', and the name "
            "of the secret as its value",
        ),
    ),
    "aws:apprunner/service:Service": (
        _variables(f"{_IMAGE}.runtimeEnvironmentVariables", OF_APP_RUNNER),
        _text(f"{_IMAGE}.startCommand", OF_APP_RUNNER),
        _variables(f"{_CODE}.runtimeEnvironmentVariables", OF_APP_RUNNER),
        _text(f"{_CODE}.startCommand", OF_APP_RUNNER),
        _text(f"{_CODE}.buildCommand", OF_APP_RUNNER),
    ),
    "aws:elasticbeanstalk/environment:Environment": (_OPTIONS,),
    "aws:elasticbeanstalk/configurationTemplate:ConfigurationTemplate": (_OPTIONS,),
    "aws:amplify/app:App": (_variables("environmentVariables"),),
    "aws:amplify/branch:Branch": (_variables("environmentVariables"),),
    "aws:apigateway/stage:Stage": (_variables("variables"),),
    "aws:apigateway/deployment:Deployment": (_variables("variables"),),
    "aws:apigatewayv2/stage:Stage": (_variables("stageVariables"),),
    "aws:glue/job:Job": (
        _variables("defaultArguments", what="argument"),
        _variables("nonOverridableArguments", what="argument"),
    ),
    "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion": (
        _variables("containers.environment"),
    ),
    "aws:mwaa/environment:Environment": (_variables("airflowConfigurationOptions", what="option"),),
    "aws:sagemaker/model:Model": (
        _variables("primaryContainer.environment"),
        _variables("containers.environment"),
    ),
    "aws:sagemaker/trainingJob:TrainingJob": (
        _variables("environment"),
        _variables("hyperParameters", what="hyperparameter"),
    ),
    "aws:synthetics/canary:Canary": (_variables("runConfig.environmentVariables"),),
    "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime": (
        _variables("environmentVariables"),
    ),
    "aws:bedrock/agentcoreHarness:AgentcoreHarness": (_variables("environmentVariables"),),
    "aws:codepipeline/pipeline:Pipeline": (
        _variables("stages.actions.configuration", CONNECTED, "setting"),
    ),
    "aws:cloudwatch/eventTarget:EventTarget": (
        _text("input"),
        _text("inputTransformer.inputTemplate"),
    ),
    "aws:scheduler/schedule:Schedule": (_text("target.input"),),
    "aws:pipes/pipe:Pipe": (
        *_overrides("targetParameters.ecsTaskParameters.overrides.containerOverrides"),
        *_overrides("targetParameters.batchJobParameters.containerOverrides"),
    ),
    "aws:ecs/expressGatewayService:ExpressGatewayService": (
        Place(path="primaryContainer.environments", shape=Shape.ENTRIES, fix=BY_REFERENCE),
        _words("primaryContainer.commands", BY_REFERENCE),
    ),
    "aws:ecs/daemonTaskDefinition:DaemonTaskDefinition": _daemon("containerDefinitions"),
    "aws:kinesisanalyticsv2/application:Application": (
        _variables(
            "applicationConfiguration.environmentProperties.propertyGroups.propertyMap",
            what="property",
        ),
    ),
    "aws:mskconnect/connector:Connector": (
        _variables("connectorConfiguration", FROM_PROVIDER, "setting"),
    ),
    "aws:mskconnect/workerConfiguration:WorkerConfiguration": (
        _text("propertiesFileContent", FROM_PROVIDER),
    ),
    "aws:emr/cluster:Cluster": (
        _text("configurationsJson"),
        _words("steps.hadoopJarStep.args"),
        _words("bootstrapActions.args"),
    ),
    "aws:emr/instanceGroup:InstanceGroup": (_text("configurationsJson"),),
    "aws:glue/connection:Connection": (
        _variables("connectionProperties", f"{STORED}, and name it as `SECRET_ID`", "property"),
        _variables("athenaProperties", f"{STORED}, and name it as `secret_arn`", "property"),
    ),
    "aws:cloudfront/distribution:Distribution": (
        Place(
            path="origins.customHeaders",
            shape=Shape.ENTRIES,
            what="header",
            fix="Let an origin access control or a VPC origin show where a request comes from",
        ),
    ),
    "aws:eks/addon:Addon": (_text("configurationValues"),),
    "aws:ssm/association:Association": (_variables("parameters", what="parameter"),),
    "aws:cloudformation/stack:Stack": (_variables("parameters", IN_TEMPLATE, "parameter"),),
    "aws:cloudformation/stackSet:StackSet": (_variables("parameters", IN_TEMPLATE, "parameter"),),
    "aws:cloudformation/stackSetInstance:StackSetInstance": (
        _variables("parameterOverrides", IN_TEMPLATE, "parameter"),
    ),
    "aws:cloudformation/stackInstances:StackInstances": (
        _variables("parameterOverrides", IN_TEMPLATE, "parameter"),
    ),
    "aws:serverlessrepository/cloudFormationStack:CloudFormationStack": (
        _variables("parameters", IN_TEMPLATE, "parameter"),
    ),
}
"""Where each type keeps settings that all may read who may describe the resource."""


class SettingSecrets(PlaintextSecrets):
    """What looks like a secret in a setting."""


@resource_rule(
    "secrets-plaintext-settings",
    *PLACES,
    kind=Kind.PRACTICE,
    severity=Severity.CRITICAL,
    summary="No secret stands in the open settings of a service",
    why="Everyone who may describe the resource reads its variables, commands and options, in the "
    "console, in the state and in the logs of those who changed them.",
    remedy="Keep the secret in Secrets Manager or as a SecureString in Parameter Store, and let "
    "the program read it there",
    url="https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
    controls=("Security Hub CodeBuild.2", "CKV_AWS_45"),
    good={
        "environment": {
            "variables": {
                "POSTGRES_USER": "orders",
                "POSTGRES_PASSWORD_ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a",
            }
        }
    },
    bad={"environment": {"variables": {"POSTGRES_PASSWORD": "orders"}}},
)
def plaintext_settings(service: Resource, config: SettingSecrets) -> Findings:
    """Looks at variables, commands, options and parameters, as `ecs-plaintext-secrets` does."""
    holder = Holder(properties=service, rule="secrets-plaintext-settings")
    yield from judge_places(holder, PLACES[service.type], config)
