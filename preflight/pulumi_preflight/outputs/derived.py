"""Computed outputs that follow from a resource's inputs: its name, ports, tags and the like."""

from collections.abc import Callable

from pulumi_preflight.outputs.arns import Place
from pulumi_preflight.outputs.shapes import Shape
from pulumi_preflight.outputs.subject import Subject, subject_kind
from pulumi_preflight.outputs.well_formed import value_for
from pulumi_preflight.urns import name_of, type_of
from pulumi_preflight.wire import UNKNOWN, Properties, PropertyValue, without_secret

_DEFAULT_PORTS = {
    "postgres": 5432.0,
    "aurora-postgresql": 5432.0,
    "mysql": 3306.0,
    "aurora-mysql": 3306.0,
    "mariadb": 3306.0,
    "oracle": 1521.0,
    "sqlserver": 1433.0,
    "redis": 6379.0,
    "valkey": 6379.0,
    "memcached": 11211.0,
}
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
    return f"{name}.fifo" if inputs.get("fifoQueue") or inputs.get("fifoTopic") else name


def name_properties(kind: str) -> tuple[str, ...]:
    """The properties that hold the physical name of a type, in the order to look at them."""
    return _OWN_NAMES.get(kind, ("name", "identifier"))


def _tags_all(_subject: Subject, inputs: Properties) -> PropertyValue:
    return inputs.get("tags", {})


def _port(subject: Subject, inputs: Properties) -> PropertyValue:
    engine = without_secret(inputs.get("engine"))
    text = engine if isinstance(engine, str) else ""
    known = (port for name, port in _DEFAULT_PORTS.items() if text.startswith(name))
    return next(known, None) or subject.made_up("port", 0.0)


def _user_secrets(subject: Subject, inputs: Properties) -> PropertyValue:
    if not without_secret(inputs.get("manageMasterUserPassword")):
        return []
    # RDS names the secret `rds!db-<id>` or `rds!cluster-<id>`.
    kind = "cluster" if subject.kind.endswith("cluster") else "db"
    name = f"secret:rds!{kind}-{subject.digits('masterUserSecret', 32)}"
    return [
        {
            "kmsKeyId": subject.place.arn("kms", f"key/{subject.digits('masterUserKey', 32)}"),
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


# Computed outputs that follow from the inputs.
DERIVED: dict[str, Callable[[Subject, Properties], PropertyValue]] = {
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
    "neptune/cluster": ("clusterIdentifier",),
    "rds/cluster": ("clusterIdentifier",),
    "redshift/cluster": ("clusterIdentifier",),
    "s3/bucket": ("bucket",),
    "s3/bucketobject": ("key",),
    "s3/bucketobjectv2": ("key",),
    "s3/bucketv2": ("bucket",),
}
