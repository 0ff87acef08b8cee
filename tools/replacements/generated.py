"""CloudFormation's create-only properties under the names that Pulumi's AWS SDK has for them."""

import importlib
import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from cfnlint.schema.manager import (  # type: ignore[import-untyped] # it has no types
    PROVIDER_SCHEMA_MANAGER,
)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What the AWS provider does otherwise.

    Attributes:
        added: Properties that replace, though CloudFormation changes them or names them otherwise.
        removed: Properties that the AWS provider changes in place.
        every: Whether every property replaces but those removed.
    """

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    every: bool = False


def _added(*names: str) -> Difference:
    return Difference(added=frozenset(names))


EXCEPTIONS: Mapping[str, Difference] = {
    "aws:cloudwatch/logGroup:LogGroup": _added("logGroupClass"),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _added("vpcId"),
    "aws:ec2/eip:Eip": _added("domain", "publicIpv4Pool", "customerOwnedIpv4Pool"),
    "aws:ec2/flowLog:FlowLog": Difference(every=True, removed=frozenset({"tags"})),
    "aws:ec2/natGateway:NatGateway": _added("privateIp"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Difference(
        # EC2 can give a subnet another route table; CloudFormation does not use that.
        added=frozenset({"gatewayId"}),
        removed=frozenset({"routeTableId"}),
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Difference(
        removed=frozenset(
            {"dnsOptions.privateDnsPreference", "dnsOptions.privateDnsSpecifiedDomains"}
        )
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": _added("policy", "repository"),
    "aws:ecs/service:Service": _added("iamRole", "launchType"),
    "aws:ecs/taskDefinition:TaskDefinition": Difference(
        # Any change is a new revision; these are settings of the provider's or tags.
        every=True,
        removed=frozenset({"skipDestroy", "tags", "trackLatest"}),
    ),
    "aws:iam/rolePolicy:RolePolicy": _added("role"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _added("policyArn", "role"),
    "aws:kms/key:Key": _added(
        "customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"
    ),
    "aws:lb/loadBalancer:LoadBalancer": _added(
        "customerOwnedIpv4Pool", "internal", "loadBalancerType"
    ),
    "aws:rds/cluster:Cluster": _added(
        "availabilityZones", "clusterIdentifier", "engine", "masterUsername"
    ),
    "aws:rds/clusterInstance:ClusterInstance": _added(
        "availabilityZone", "clusterIdentifier", "dbSubnetGroupName", "engine", "identifier"
    ),
    "aws:rds/instance:Instance": Difference(
        # https://github.com/hashicorp/terraform-provider-aws/pull/32687: RDS renames in place.
        added=frozenset({"availabilityZone", "engine", "snapshotIdentifier", "username"}),
        removed=frozenset({"dbSubnetGroupName", "identifier"}),
    ),
    "aws:s3/bucket:Bucket": _added("bucket", "objectLockEnabled"),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _added(
        "bucket", "expectedBucketOwner"
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _added("bucket"),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _added("bucket"),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        _added("bucket", "expectedBucketOwner")
    ),
    "aws:s3/bucketVersioning:BucketVersioning": _added("bucket", "expectedBucketOwner"),
    "aws:servicediscovery/service:Service": _added(
        "dnsConfig.dnsRecords.type",
        "dnsConfig.namespaceId",
        "dnsConfig.routingPolicy",
        "healthCheckConfig.type",
    ),
    "aws:sqs/queuePolicy:QueuePolicy": _added("queueUrl"),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": _added("queueUrl"),
    "aws:sqs/redrivePolicy:RedrivePolicy": _added("queueUrl"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _added("securityGroupId"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _added("securityGroupId"),
}


_REGION = "us-east-1"
_SEPARATORS = 2
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*")


def schema_date() -> str:
    """The day of the schemas, as `YYYY-MM-DD`."""
    told = files("cfnlint.data.schemas").joinpath("version.json").read_text(encoding="utf-8")
    return str(json.loads(told)["schema_date"])[:10]


def table() -> Mapping[str, Sequence[str]]:
    """Pulumi's type tokens to the paths of properties that replace a resource of the type.

    Raises:
        ValueError: An exception names a type or property that the SDK does not have.
    """
    classes = _classes()
    replacing: dict[str, set[str]] = {}
    for type_, paths in _create_only():
        token = _token(type_, classes)
        if token is not None:
            names = _settable(*classes[token])
            found = {_path(path, type_, names) for path in paths} - {None}
            replacing.setdefault(token, set()).update(path for path in found if path)
    for token, difference in EXCEPTIONS.items():
        if token not in classes:
            raise ValueError(f"EXCEPTIONS: pulumi_aws has no {token}")
        names = _settable(*classes[token])
        for path in difference.added:
            if path.partition(".")[0] not in names:
                raise ValueError(f"EXCEPTIONS: {token} has no property {path}")
        known = names if difference.every else replacing.get(token, set()) | difference.added
        replacing[token] = set(known - difference.removed)
    return {
        token: _with_prefixes(paths, _settable(*classes[token]))
        for token, paths in replacing.items()
        if paths
    }


def _with_prefixes(paths: set[str], names: frozenset[str]) -> Sequence[str]:
    """Adds `namePrefix` to `name`, and leaves out what is inside a property that is there."""
    prefixes = {f"{path}Prefix" for path in paths if f"{path}Prefix" in names}
    outer = {path for path in paths if path.partition(".")[0] not in paths or "." not in path}
    return sorted(outer | prefixes)


def _create_only() -> Iterator[tuple[str, Sequence[str]]]:
    for type_ in sorted(PROVIDER_SCHEMA_MANAGER.get_resource_types(_REGION)):
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, type_).schema
        if type_.count("::") == _SEPARATORS and (paths := schema.get("createOnlyProperties")):
            yield type_, paths


def _classes() -> Mapping[str, tuple[str, str]]:
    """Each token of the SDK to the module and name of its class."""
    source = inspect.getsource(importlib.import_module("pulumi_aws"))
    listed = source.split('resource_modules="""', 1)[1].split('"""', 1)[0]
    return {
        token: (module["fqn"], name)
        for module in json.loads(listed)
        for token, name in module["classes"].items()
    }


def _token(type_: str, classes: Mapping[str, tuple[str, str]]) -> str | None:
    """Pulumi's token of a CloudFormation type: named alike, or as `SAME_TYPE` says."""
    if type_ in SAME_TYPE:
        return SAME_TYPE[type_]
    _, service, name = type_.split("::")
    module = SAME_SERVICE.get(service, service.lower())
    wanted = f"aws:{module}/{name}:{name}".lower()
    return next((token for token in classes if token.lower() == wanted), None)


def _settable(module: str, name: str) -> frozenset[str]:
    """The properties that a program can give to a class, by their names on the wire."""
    cls = getattr(importlib.import_module(module), name)
    parameters = inspect.signature(vars(cls)["_internal_init"]).parameters
    getters = ((key, getattr(member, "fget", None)) for key, member in vars(cls).items())
    return frozenset(
        wire_name
        for key, getter in getters
        if key in parameters and (wire_name := getattr(getter, "_pulumi_name", None))
    )


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
