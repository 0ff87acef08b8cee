"""CloudFormation's create-only properties under the names that Pulumi's AWS SDK has for them."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files

from cfnlint.schema.manager import (  # type: ignore[import-untyped] # it has no types
    PROVIDER_SCHEMA_MANAGER,
)

from pulumi_preflight.outputs.schemas import Schema

# CloudFormation's services under the module names of Pulumi's SDK, as far as lower case is not it.
SAME_SERVICE: Mapping[str, str] = {
    "ApplicationAutoScaling": "appautoscaling",
    "CertificateManager": "acm",
    "ElasticLoadBalancingV2": "lb",
    "Events": "cloudwatch",
    "KinesisFirehose": "kinesis",
    "Logs": "cloudwatch",
    "StepFunctions": "sfn",
}
SAME_TYPE: Mapping[str, str] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "aws:appautoscaling/target:Target",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "aws:appautoscaling/policy:Policy",
    "AWS::AutoScaling::AutoScalingGroup": "aws:autoscaling/group:Group",
    "AWS::CloudWatch::Alarm": "aws:cloudwatch/metricAlarm:MetricAlarm",
    "AWS::EC2::NatGateway": "aws:ec2/natGateway:NatGateway",
    "AWS::EC2::SubnetRouteTableAssociation": (
        "aws:ec2/routeTableAssociation:RouteTableAssociation"
    ),
    "AWS::EC2::VPCEndpoint": "aws:ec2/vpcEndpoint:VpcEndpoint",
    "AWS::Events::EventBus": "aws:cloudwatch/eventBus:EventBus",
    "AWS::Events::Rule": "aws:cloudwatch/eventRule:EventRule",
    "AWS::IAM::ManagedPolicy": "aws:iam/policy:Policy",
    "AWS::RDS::DBCluster": "aws:rds/cluster:Cluster",
    "AWS::RDS::DBClusterParameterGroup": ("aws:rds/clusterParameterGroup:ClusterParameterGroup"),
    "AWS::RDS::DBInstance": "aws:rds/instance:Instance",
    "AWS::RDS::DBParameterGroup": "aws:rds/parameterGroup:ParameterGroup",
    "AWS::RDS::DBSubnetGroup": "aws:rds/subnetGroup:SubnetGroup",
    "AWS::Route53::HostedZone": "aws:route53/zone:Zone",
    "AWS::Route53::RecordSet": "aws:route53/record:Record",
}


_REGION = "us-east-1"
_SEPARATORS = 2
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*")


def schema_date() -> str:
    """The day of the schemas, as `YYYY-MM-DD`."""
    told = files("cfnlint.data.schemas").joinpath("version.json").read_text(encoding="utf-8")
    return str(json.loads(told)["schema_date"])[:10]


def create_only(schema: Schema) -> Mapping[str, Sequence[str]]:
    """Pulumi's type tokens to the paths for which CloudFormation replaces a resource of the type.

    Args:
        schema: The schema of pulumi-aws whose types and properties are told.
    """
    tokens = {
        token.lower(): token
        for module in schema.modules()
        for token in schema.tokens("resource", module)
    }
    found: dict[str, set[str]] = {}
    for type_, paths in _create_only():
        token = _token(type_, tokens)
        if token is not None:
            names = frozenset(row.name for row in schema.given(token))
            told = {_path(path, type_, names) for path in paths} - {None}
            found.setdefault(token, set()).update(path for path in told if path)
    return {token: sorted(_with_prefixes(paths, schema, token)) for token, paths in found.items()}


def _with_prefixes(paths: set[str], schema: Schema, token: str) -> set[str]:
    """Adds `namePrefix` to `name`, and leaves out what is inside a property that is there."""
    names = {row.name for row in schema.given(token)}
    prefixes = {f"{path}Prefix" for path in paths if f"{path}Prefix" in names}
    return prefixes | {
        path for path in paths if "." not in path or path.partition(".")[0] not in paths
    }


def _create_only() -> Iterator[tuple[str, Sequence[str]]]:
    for type_ in sorted(PROVIDER_SCHEMA_MANAGER.get_resource_types(_REGION)):
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, type_).schema
        if type_.count("::") == _SEPARATORS and (paths := schema.get("createOnlyProperties")):
            yield type_, paths


def _token(type_: str, tokens: Mapping[str, str]) -> str | None:
    """Pulumi's token of a CloudFormation type: named alike, or as `SAME_TYPE` says."""
    if type_ in SAME_TYPE:
        return SAME_TYPE[type_]
    _, service, name = type_.split("::")
    module = SAME_SERVICE.get(service, service.lower())
    return tokens.get(f"aws:{module}/{name}:{name}".lower())


def _path(path: str, type_: str, names: frozenset[str]) -> str | None:
    """`/properties/EncryptionConfiguration/KmsKey` as a path of Pulumi's; `None` for none."""
    _, _, first, *rest = path.split("/")
    wanted = {name.lower() for name in _names(first, type_.rpartition("::")[2])}
    found = [name for name in sorted(names) if name.lower() in wanted]
    if not found:
        return None
    inner = [part[:1].lower() + part[1:] for part in rest if part != "*"]
    return ".".join([min(found, key=len), *inner])


def _names(name: str, type_: str) -> Iterator[str]:
    """What Pulumi may call a property: as it is, in the plural, or without its type's name."""
    yield name
    yield f"{name}s"
    words = _WORDS.findall(type_)
    for start in range(len(words)):
        yield name.removeprefix("".join(words[start:]))
