"""Computed outputs that follow from a resource's inputs: its name, ports, tags and the like."""

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
from pulumi_preflight.outputs.subject import Subject
from pulumi_preflight.outputs.templates import input_text, uuid_of
from pulumi_preflight.outputs.well_formed import value_for
from pulumi_preflight.wire import UNKNOWN, Properties, PropertyValue, without_secret


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


def _built_reference(subject: Subject, inputs: Properties) -> PropertyValue:
    """What an image of the docker-build provider is pulled by: its first whole tag and its digest.

    An image that is not exported has its first tag alone, and one without tags has none.
    Source: pulumi/pulumi-docker-build, provider/internal/image.go (Create, addDigest).
    """
    tags = [str(without_secret(tag)) for tag in _items(without_secret(inputs.get("tags")))]
    if not tags or UNKNOWN in tags:
        return subject.made_up("ref", UNKNOWN if tags else "")
    if not without_secret(inputs.get("push")) and not inputs.get("exports"):
        return tags[0]
    whole = next((tag for tag in tags if "/" in tag), tags[0])
    name = whole if ":" in whole.rpartition("/")[2] else f"{whole}:latest"
    return f"{name}@sha256:{subject.digits('digest', 64)}"


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


def _of_cluster(output: str) -> Make:
    """What the declared cluster of a database has, which all of its instances share."""

    def make(subject: Subject, _inputs: Properties) -> PropertyValue:
        known = other(subject, "rds/cluster", "clusterIdentifier").get(output)
        return subject.made_up(output, known or value_for(subject, output, "string"))

    return make


def _cluster_encrypts(subject: Subject) -> bool:
    cluster = other(subject, "rds/cluster", "clusterIdentifier")
    return without_secret(cluster.get("storageEncrypted")) is True


def _is_encrypted(subject: Subject, _inputs: Properties) -> PropertyValue:
    return subject.made_up("storageEncrypted", _cluster_encrypts(subject))


def _cluster_key(subject: Subject, inputs: Properties) -> PropertyValue:
    key = _of_cluster("kmsKeyId")(subject, inputs)
    return key if _cluster_encrypts(subject) else subject.made_up("kmsKeyId", "")


def _record_name(subject: Subject, _inputs: Properties) -> PropertyValue:
    """The whole name of a record, which ends with that of its zone."""
    name = input_text(subject, "name")
    home = text_of(other(subject, "route53/zone", "zoneId"), "name").rstrip(".")
    if not home or name == home or name.endswith(f".{home}"):
        return name or home
    return f"{name}.{home}" if name else home


def _certified_names(_subject: Subject, inputs: Properties) -> PropertyValue:
    names = [inputs.get("domainName"), *_items(inputs.get("subjectAlternativeNames"))]
    return list(dict.fromkeys(str(without_secret(name)) for name in names if name))


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
    "acm/certificate.subjectAlternativeNames": _certified_names,
    "autoscaling/group.availabilityZones": _group_zones,
    "ec2/eip.privateIp": _same("instance", "ec2/instance", "privateIp"),
    "ec2/instance.publicDns": _machine_name,
    "ec2/instance.publicIp": _machine_address,
    "ec2/natgateway.publicIp": _same("allocationId", "ec2/eip", "publicIp"),
    "ec2/networkinterface.privateIp": _interface_address,
    "ec2/networkinterface.privateIps": _interface_addresses,
    "ec2/spotinstancerequest.publicDns": _machine_name,
    "ec2/spotinstancerequest.publicIp": _machine_address,
    "rds/clusterinstance.dbSubnetGroupName": _of_cluster("dbSubnetGroupName"),
    "rds/clusterinstance.kmsKeyId": _cluster_key,
    "rds/clusterinstance.networkType": _of_cluster("networkType"),
    "rds/clusterinstance.storageEncrypted": _is_encrypted,
    "index/image.ref": _built_reference,
    "route53/record.fqdn": _record_name,
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
