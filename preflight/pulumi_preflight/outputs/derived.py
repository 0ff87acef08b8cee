"""Computed outputs that follow from a resource's inputs: its name, ports, tags and the like."""

from pulumi_preflight.outputs.arns import Place
from pulumi_preflight.outputs.endpoints import ENDPOINTS, Make
from pulumi_preflight.outputs.engines import engine_port
from pulumi_preflight.outputs.hosts import address, public_address, public_host, zone
from pulumi_preflight.outputs.networks import (
    has_public_address,
    has_public_names,
    other,
    text_of,
    zones,
)
from pulumi_preflight.outputs.shapes import Shape
from pulumi_preflight.outputs.subject import Subject, subject_kind
from pulumi_preflight.outputs.templates import input_text, uuid_of
from pulumi_preflight.outputs.well_formed import value_for
from pulumi_preflight.urns import name_of, type_of
from pulumi_preflight.wire import UNKNOWN, Properties, PropertyValue, without_secret

_NAME_SUFFIX_DIGITS = 7


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


def _tags_all(_subject: Subject, inputs: Properties) -> PropertyValue:
    return inputs.get("tags", {})


def _port(subject: Subject, _inputs: Properties) -> PropertyValue:
    return engine_port(subject)


def _user_secrets(subject: Subject, inputs: Properties) -> PropertyValue:
    if not without_secret(inputs.get("manageMasterUserPassword")):
        return []
    # RDS names the secret `rds!db-<id>` or `rds!cluster-<id>`.
    kind = "cluster" if subject.kind.endswith("cluster") else "db"
    name = f"secret:rds!{kind}-{subject.digits('masterUserSecret', 32)}"
    return [
        {
            "kmsKeyId": without_secret(inputs.get("masterUserSecretKmsKeyId"))
            or subject.place.arn("kms", f"key/{uuid_of(subject, 'masterUserKey')}"),
            "secretArn": subject.place.arn(
                "secretsmanager", f"{name}-{subject.capitals('masterUserSecret', 6)}"
            ),
            "secretStatus": "active",
        }
    ]


def _validation_options(subject: Subject, inputs: Properties) -> PropertyValue:
    domains = [inputs.get("domainName"), *_items(inputs.get("subjectAlternativeNames"))]
    return [
        {
            "domainName": domain,
            "resourceRecordName": f"_{subject.digits(f'{domain}/name', 32)}.{domain}.",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": (
                f"_{subject.digits(f'{domain}/value', 32)}.acm-validations.aws."
            ),
        }
        for domain in dict.fromkeys(str(without_secret(domain)) for domain in domains if domain)
    ]


def _items(value: PropertyValue) -> list[PropertyValue]:
    return value if isinstance(value, list) else []


def _instance_endpoint(subject: Subject, inputs: Properties) -> PropertyValue:
    address = value_for(
        subject, "address" if subject.kind == "rds/instance" else "endpoint", "string"
    )
    if subject.kind != "rds/instance":
        return address
    return f"{address}:{int(_as_port(inputs.get('port')) or _as_port(_port(subject, inputs)))}"


def _as_port(value: PropertyValue) -> float:
    return value if isinstance(value, float) else 0.0


def _graphql_addresses(subject: Subject, _inputs: Properties) -> PropertyValue:
    host = f"{subject.digits('host', 26)}.%s.{subject.place.region}.{subject.place.dns_suffix}"
    return {
        "GRAPHQL": f"https://{host % 'appsync-api'}/graphql",
        "REALTIME": f"wss://{host % 'appsync-realtime-api'}/graphql",
    }


def _repository_digest(subject: Subject, inputs: Properties) -> PropertyValue:
    """What a pushed image of the docker provider is pulled by: its repository and its digest."""
    name = without_secret(inputs.get("imageName"))
    path = str(name or subject.name)
    folder, slash, last = path.rpartition("/")
    repository = f"{folder}{slash}{last.partition(':')[0]}"
    return f"{repository}@sha256:{subject.digits('repoDigest', 64)}"


def _region(subject: Subject, _inputs: Properties) -> PropertyValue:
    return subject.place.region


def _sqs_encrypts(_subject: Subject, inputs: Properties) -> PropertyValue:
    """SQS encrypts with a key of its own where the program names none.

    Source: SqsManagedSseEnabled,
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    """
    return not without_secret(inputs.get("kmsMasterKeyId"))


def _machine_address(subject: Subject, _inputs: Properties) -> PropertyValue:
    return "" if has_public_address(subject) is False else public_address(subject, "publicIp")


def _machine_name(subject: Subject, _inputs: Properties) -> PropertyValue:
    is_named = has_public_address(subject) is not False and has_public_names(subject)
    return public_host(subject) if is_named else ""


def _same(input_: str, kind: str, output: str) -> Make:
    """What an output of the declared resource is that an input names, or a value of its own."""

    def make(subject: Subject, _inputs: Properties) -> PropertyValue:
        known = text_of(other(subject, kind, input_), output)
        return subject.made_up(output, known) if known else value_for(subject, output, "string")

    return make


def _interface_addresses(subject: Subject, _inputs: Properties) -> PropertyValue:
    return [input_text(subject, "privateIp") or address(subject, "privateIp")]


def _interface_address(subject: Subject, inputs: Properties) -> PropertyValue:
    given = _items(inputs.get("privateIps"))
    return given[0] if given else address(subject, "privateIp")


def _group_zones(subject: Subject, _inputs: Properties) -> PropertyValue:
    known = zones(subject)
    return [subject.made_up("availabilityZones", each) for each in known] or [
        zone(subject, f"availabilityZones.{index}") for index in range(3)
    ]


# Computed outputs of some types that follow from the inputs, or from what these name.
DERIVED_OF: dict[str, Make] = ENDPOINTS | {
    "autoscaling/group.availabilityZones": _group_zones,
    "ec2/eip.privateIp": _same("instance", "ec2/instance", "privateIp"),
    "ec2/instance.publicDns": _machine_name,
    "ec2/instance.publicIp": _machine_address,
    "ec2/natgateway.publicIp": _same("allocationId", "ec2/eip", "publicIp"),
    "ec2/networkinterface.privateIp": _interface_address,
    "ec2/networkinterface.privateIps": _interface_addresses,
    "ec2/spotinstancerequest.publicDns": _machine_name,
    "ec2/spotinstancerequest.publicIp": _machine_address,
}

# Computed outputs that follow from the inputs.
DERIVED: dict[str, Make] = {
    "domainValidationOptions": _validation_options,
    "endpoint": _instance_endpoint,
    "masterUserSecrets": _user_secrets,
    "port": _port,
    "region": _region,
    "repoDigest": _repository_digest,
    "sqsManagedSseEnabled": _sqs_encrypts,
    "tagsAll": _tags_all,
    "uris": _graphql_addresses,
}

_OWN_NAMES: dict[str, tuple[str, ...]] = {
    "docdb/cluster": ("clusterIdentifier",),
    "ecs/taskdefinition": ("family",),
    "elasticache/cluster": ("clusterId",),
    "elasticache/replicationgroup": ("replicationGroupId",),
    "mq/broker": ("brokerName",),
    "msk/cluster": ("clusterName",),
    "neptune/cluster": ("clusterIdentifier",),
    "rds/cluster": ("clusterIdentifier",),
    "redshift/cluster": ("clusterIdentifier",),
    "s3/bucket": ("bucket",),
    "s3/bucketobject": ("key",),
    "s3/bucketobjectv2": ("key",),
    "s3/bucketv2": ("bucket",),
}
