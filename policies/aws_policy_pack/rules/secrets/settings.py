"""Secrets that stand in the open settings of a service."""

from collections.abc import Mapping
from typing import Final

from aws_policy_pack.plaintext.judgement import PlaintextSecrets
from aws_policy_pack.plaintext.places import STORED, Holder, Place, Shape, judge_places
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.secrets.values import PARAMETER, PLAIN_TYPES

FUNCTION: Final = "aws:lambda/function:Function"
READ_THERE: Final = f"{STORED}, and let the program read it there"
BY_REFERENCE: Final = f"{STORED}, and name it in `secrets` with its ARN as `valueFrom`"
OF_APP_RUNNER: Final = f"{STORED}, and name it in `runtimeEnvironmentSecrets` with its ARN"
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
    FUNCTION: (_variables("environment.variables"),),
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
    "aws:cloudwatch/eventTarget:EventTarget": (_text("input"),),
    "aws:scheduler/schedule:Schedule": (_text("target.input"),),
    "aws:pipes/pipe:Pipe": (
        *_overrides("targetParameters.ecsTaskParameters.overrides.containerOverrides"),
        *_overrides("targetParameters.batchJobParameters.containerOverrides"),
    ),
    "aws:cloudformation/stack:Stack": (
        _variables("parameters", "Let the template read it with a dynamic reference", "parameter"),
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
