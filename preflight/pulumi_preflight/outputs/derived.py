"""Computed outputs that follow from a resource's inputs: its name, ports, tags and the like."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from itertools import cycle, islice

from pulumi_preflight.outputs.endpoints import ENDPOINTS, Make, engine_port
from pulumi_preflight.outputs.hosts import (
    address,
    has_public_address,
    has_public_names,
    other,
    public_address,
    public_host,
    text_of,
    zone,
    zones,
)
from pulumi_preflight.outputs.ids import resource_id
from pulumi_preflight.outputs.subject import Subject
from pulumi_preflight.outputs.templates import input_text, uuid_of
from pulumi_preflight.outputs.well_formed import value_for
from pulumi_preflight.wire import UNKNOWN, Properties, PropertyValue, without_secret

_DEFAULT_LENGTH = 16
_WORDS = ("amber", "brave", "calm", "eager", "fair", "gentle", "kind", "lively", "proud", "quiet")
_ANIMALS = ("ant", "bear", "crane", "deer", "eagle", "fox", "goose", "hare", "ibis", "jay")


def random_outputs(subject: Subject, inputs: Properties) -> Properties:
    """The outputs of a resource of that provider; none for any other."""
    make = _MAKERS.get(subject.token) if subject.package == "random" else None
    return make(subject, inputs) if make else {}


def _whole(value: PropertyValue, default: int) -> int:
    plain = without_secret(value)
    return int(plain) if isinstance(plain, float) else default


def _text(subject: Subject, inputs: Properties) -> str:
    # One digit and both cases, as most rules for passwords want.
    text = f"Aa1{subject.digits('result', 61)}"
    return "".join(islice(cycle(text), _whole(inputs.get("length"), _DEFAULT_LENGTH)))


def _string(subject: Subject, inputs: Properties) -> Properties:
    text = _text(subject, inputs)
    return {"id": text, "result": text}


def _password(subject: Subject, inputs: Properties) -> Properties:
    return {
        "id": "none",
        "result": _text(subject, inputs),
        "bcryptHash": f"$2a$10${subject.digits('bcryptHash', 53)}",
    }


def _integer(_subject: Subject, inputs: Properties) -> Properties:
    number = _whole(inputs.get("min"), 0)
    return {"id": str(number), "result": float(number)}


def _hex(subject: Subject, count: PropertyValue) -> str:
    """The digits of so many bytes, of one at least."""
    return "".join(islice(cycle(subject.digits("hex", 64)), 2 * max(1, _whole(count, 8))))


def _id(subject: Subject, inputs: Properties) -> Properties:
    digits = _hex(subject, inputs.get("byteLength"))
    prefix = without_secret(inputs.get("prefix")) or ""
    own = bytes.fromhex(digits)
    short = urlsafe_b64encode(own).decode().rstrip("=")
    return {
        "id": short,
        "hex": f"{prefix}{digits}",
        "dec": f"{prefix}{int.from_bytes(own, 'big')}",
        "b64Std": f"{prefix}{b64encode(own).decode()}",
        "b64Url": f"{prefix}{short}",
    }


def _bytes(subject: Subject, inputs: Properties) -> Properties:
    digits = _hex(subject, inputs.get("length"))
    text = b64encode(bytes.fromhex(digits)).decode()
    return {"id": text, "hex": digits, "base64": text}


def _pet(subject: Subject, inputs: Properties) -> Properties:
    words = [_WORDS[subject.number("word", len(_WORDS))], _ANIMALS[subject.number("pet", 10)]]
    separator = without_secret(inputs.get("separator"))
    prefix = without_secret(inputs.get("prefix"))
    parts = [prefix, *words] if isinstance(prefix, str) else words
    return {"id": (separator if isinstance(separator, str) else "-").join(parts)}


def _uuid(subject: Subject, _inputs: Properties) -> Properties:
    text = resource_id(subject)
    if subject.token == _UUID7:
        # The third group begins with the version.
        text = f"{text[:14]}7{text[15:]}"
    return {"id": text, "result": text}


def _shuffle(_subject: Subject, inputs: Properties) -> Properties:
    given = without_secret(inputs.get("inputs"))
    items = given if isinstance(given, list) else []
    return {"id": "-", "results": items[: _whole(inputs.get("resultCount"), len(items))]}


_UUID7 = "random:index/randomUuid7:RandomUuid7"
_MAKERS: dict[str, Callable[[Subject, Properties], Properties]] = {
    "random:index/randomBytes:RandomBytes": _bytes,
    "random:index/randomId:RandomId": _id,
    "random:index/randomInteger:RandomInteger": _integer,
    "random:index/randomPassword:RandomPassword": _password,
    "random:index/randomPet:RandomPet": _pet,
    "random:index/randomShuffle:RandomShuffle": _shuffle,
    "random:index/randomString:RandomString": _string,
    "random:index/randomUuid4:RandomUuid4": _uuid,
    _UUID7: _uuid,
    "random:index/randomUuid:RandomUuid": _uuid,
}


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
    if subject.is_answer:
        return f"{address}:{value_for(subject, 'port', 'integer'):.0f}"
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
    "rds/instance.endpoint": _instance_endpoint,
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
