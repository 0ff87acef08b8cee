"""The names that AWS knows resources by."""

from pulumi_preflight.outputs.arns import Place
from pulumi_preflight.outputs.shapes import Shape
from pulumi_preflight.outputs.subject import Subject, subject_kind
from pulumi_preflight.urns import name_of, type_of
from pulumi_preflight.wire import UNKNOWN, Properties, without_secret

_NAME_SUFFIX_DIGITS = 7
_OWN_NAMES: dict[str, tuple[str, ...]] = {
    "cloudwatch/dashboard": ("dashboardName",),
    "docdb/cluster": ("clusterIdentifier",),
    "ec2/keypair": ("keyName",),
    "ecs/taskdefinition": ("family",),
    "eks/addon": ("addonName",),
    "eks/fargateprofile": ("fargateProfileName",),
    "eks/nodegroup": ("nodeGroupName",),
    "elasticache/cluster": ("clusterId",),
    "elasticache/replicationgroup": ("replicationGroupId",),
    "mq/broker": ("brokerName",),
    "msk/cluster": ("clusterName",),
    "neptune/cluster": ("clusterIdentifier",),
    "opensearch/domain": ("domainName",),
    "rds/cluster": ("clusterIdentifier",),
    "rds/globalcluster": ("globalClusterIdentifier",),
    "redshift/cluster": ("clusterIdentifier",),
    "s3/bucket": ("bucket",),
    "s3/bucketobject": ("key",),
    "s3/bucketobjectv2": ("key",),
    "s3/bucketv2": ("bucket",),
}


def physical_name(urn: str, inputs: Properties, shape: Shape, *, seed: str) -> str:
    """The name that AWS knows a resource by: given, or made of the logical name as providers do.

    Args:
        urn: The resource.
        inputs: What the program gave.
        shape: The properties of its type.
        seed: What its digits come from: the URN, or more where another one of that URN is there.
    """
    names = name_properties(subject_kind(type_of(urn)))
    for name in names:
        given = without_secret(inputs.get(name))
        if isinstance(given, str) and given and given != UNKNOWN:
            return given
    digits = Subject(seed=seed, token="", name="", place=Place(region="")).digits("name", 32)
    for name in names:
        prefix = without_secret(inputs.get(f"{name}Prefix"))
        if isinstance(prefix, str) and prefix and prefix != UNKNOWN:
            return prefix + digits[:_NAME_SUFFIX_DIGITS]
    logical = name_of(urn)
    # Providers name a resource after its logical name and some random digits, where it has a name.
    named = any(property_.settable and property_.name in names for property_ in shape)
    name = f"{logical}-{digits[:_NAME_SUFFIX_DIGITS]}" if named or seed != urn else logical
    name = f"{name_head(subject_kind(type_of(urn)))}{name}"
    return f"{name}.fifo" if inputs.get("fifoQueue") or inputs.get("fifoTopic") else name


def name_properties(kind: str) -> tuple[str, ...]:
    """The properties that hold the physical name of a type, in the order to look at them."""
    return _OWN_NAMES.get(kind, ("name", "identifier"))


def name_head(kind: str) -> str:
    """What the provider puts before the logical name of a type as it makes a name of that.

    Source: pulumi/pulumi-aws, provider/resources.go (AutoNameTransform).
    """
    return "alias/" if kind == "kms/alias" else ""
