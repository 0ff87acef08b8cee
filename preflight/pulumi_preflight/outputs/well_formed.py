"""Well-formed values for computed properties: by name, by type, the same in every run.

Each value comes from the resource's URN and the property's path, so two resources never share
one. The examples of AWS's own reference pages say what each form looks like.
"""

import re

from pulumi_preflight.outputs.ids import (
    Maker,
    arn_for,
    hexadecimal,
    id_for,
    own_arn,
    queue_url,
    resource_id,
)
from pulumi_preflight.outputs.subject import Subject
from pulumi_preflight.wire import PropertyValue

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


def text_for(subject: Subject, path: str) -> str:
    """A value for a text property.

    Args:
        subject: What it belongs to.
        path: The property's path, `masterUserSecrets.0.secretArn`; the last name decides.
    """
    name = next(part for part in reversed(path.split(".")) if not part.isdigit())
    words = [word.lower() for word in _WORD.findall(name)]
    special = _SPECIAL.get(f"{subject.kind}.{name}") or _EXACT.get(name)
    if special is not None:
        return special(subject, path)
    if words[-1] in ("arn", "arns"):
        return arn_for(subject, path, "".join(words[:-1]))
    if words[-1] in ("id", "ids"):
        return id_for("".join(words[:-1]), subject, path)
    ending = _ENDINGS.get(words[-1])
    if ending is not None:
        return ending(subject, path)
    return f"{subject.name}-{subject.digits(path, 8)}"


def is_identity(name: str) -> bool:
    """Whether a property, by its name, says which resource it is or where: AWS always fills it."""
    words = [word.lower() for word in _WORD.findall(name)]
    return name in _IDENTITIES or (bool(words) and words[-1] in _IDENTITY_ENDINGS)


def _address(subject: Subject, path: str) -> str:
    return f"10.0.{subject.number(path, 256)}.{4 + subject.number(f'{path}/host', 250)}"


def _public_address(subject: Subject, path: str) -> str:
    # 203.0.113.0/24 is reserved for documentation (RFC 5737).
    return f"203.0.113.{1 + subject.number(path, 254)}"


def _database_host(kind: str) -> Maker:
    def host(subject: Subject, _path: str) -> str:
        account = subject.digits("account", 12)
        place = subject.place
        return f"{subject.name}.{kind}{account}.{place.region}.rds.{place.dns_suffix}"

    return host


def _name_server(subject: Subject, path: str) -> str:
    number = subject.number(path, 2048)
    domain = ("com", "net", "org", "co.uk")[int(path.rsplit(".", 1)[-1]) % 4]
    return f"ns-{number}.awsdns-{number // 32:02}.{domain}"


def _balancer_host(subject: Subject, _path: str) -> str:
    number = 100_000_000 + subject.number("dns", 900_000_000)
    return f"{subject.name}-{number}.{subject.place.region}.elb.{subject.place.dns_suffix}"


def _repository(subject: Subject, _path: str) -> str:
    place = subject.place
    return f"{place.account}.dkr.ecr.{place.region}.{place.dns_suffix}/{subject.name}"


def _bucket_host(subject: Subject, _path: str) -> str:
    return f"{subject.name}.s3.{subject.place.dns_suffix}"


def _regional_bucket_host(subject: Subject, _path: str) -> str:
    return f"{subject.name}.s3.{subject.place.region}.{subject.place.dns_suffix}"


def _zone(subject: Subject, path: str) -> str:
    index = next((int(part) for part in reversed(path.split(".")) if part.isdigit()), 0)
    return f"{subject.place.region}{'abc'[index % 3]}"


def _host(subject: Subject, path: str) -> str:
    service = subject.kind.partition("/")[0]
    place = subject.place
    return f"{subject.digits(path, 10)}.{service}.{place.region}.{place.dns_suffix}"


def _url(subject: Subject, path: str) -> str:
    return f"https://{_host(subject, path)}"


def _constant(text: str) -> Maker:
    return lambda _subject, _path: text


def _name(subject: Subject, _path: str) -> str:
    return subject.name


_EMPTY_POLICY = '{"Statement":[],"Version":"2012-10-17"}'
_TIME = "2026-01-01T00:00:00Z"

_EXACT: dict[str, Maker] = {
    "address": _host,
    # Docker's form, `AWS:<password>` in base64.
    "authorizationToken": _constant("QVdTOnByZWZsaWdodA=="),
    "bucketDomainName": _bucket_host,
    "bucketRegionalDomainName": _regional_bucket_host,
    "cidrBlock": _constant("10.0.0.0/16"),
    "dnsName": _host,
    "domainName": _host,
    "dnsSuffix": lambda subject, _: subject.place.dns_suffix,
    "hex": hexadecimal(16),
    "hostedZoneId": lambda subject, path: f"Z{subject.capitals(path, 13)}",
    "invokeArn": lambda subject, path: subject.place.arn(
        "apigateway", f"lambda:path/2015-03-31/functions/{own_arn(subject, path)}/invocations"
    ),
    "invokeUrl": lambda subject, path: (
        f"https://{subject.digits(path, 10)}.execute-api.{subject.place.region}"
        f".{subject.place.dns_suffix}"
    ),
    "ipv6CidrBlock": _constant("2001:db8:1234:1a00::/56"),
    "json": _constant(_EMPTY_POLICY),
    "minifiedJson": _constant(_EMPTY_POLICY),
    "partition": lambda subject, _: subject.place.partition,
    "policy": _constant(_EMPTY_POLICY),
    "privateIp": _address,
    "publicIp": _public_address,
    "qualifiedArn": lambda subject, path: f"{own_arn(subject, path)}:1",
    "region": lambda subject, _: subject.place.region,
    "repositoryUrl": _repository,
    "uniqueId": lambda subject, path: f"AROA{subject.capitals(path, 17)}",
    "zoneId": lambda subject, path: f"Z{subject.capitals(path, 13)}",
}

_IDENTITY_ENDINGS = frozenset({"arn", "endpoint", "id", "ip", "region", "url", "zone"})
_IDENTITIES = frozenset({"address", "cidrBlock", "dnsName", "partition"})
_ENDINGS: dict[str, Maker] = {
    "at": _constant(_TIME),
    "date": _constant(_TIME),
    "digest": hexadecimal(64),
    "endpoint": _url,
    "etag": hexadecimal(32),
    "fingerprint": hexadecimal(40),
    "hash": hexadecimal(64),
    "ip": _address,
    "region": lambda subject, _: subject.place.region,
    "md5": hexadecimal(32),
    "sha256": hexadecimal(64),
    "status": _constant("ACTIVE"),
    "state": _constant("available"),
    "time": _constant(_TIME),
    "timestamp": _constant(_TIME),
    "url": _url,
    "version": _constant("1"),
    "zone": _zone,
    "zones": _zone,
}

_SPECIAL: dict[str, Maker] = {
    "alb/loadbalancer.dnsName": _balancer_host,
    "cloudfront/distribution.domainName": lambda subject, path: (
        f"d{subject.digits(path, 13)}.cloudfront.net"
    ),
    "ec2/eip.publicIp": _public_address,
    "ec2/instance.publicDns": lambda subject, path: (
        f"ec2-{_public_address(subject, path).replace('.', '-')}.compute-1.amazonaws.com"
    ),
    "iam/accesskey.secret": hexadecimal(40),
    "iam/policy.policyId": lambda subject, path: f"ANPA{subject.capitals(path, 17)}",
    "kms/key.keyId": lambda subject, _: resource_id(subject),
    "lb/loadbalancer.dnsName": _balancer_host,
    "route53/zone.nameServers": _name_server,
    "route53/zone.primaryNameServer": lambda subject, _: _name_server(subject, "nameServers.0"),
    "rds/cluster.endpoint": _database_host("cluster-"),
    "rds/cluster.readerEndpoint": _database_host("cluster-ro-"),
    "rds/clusterinstance.endpoint": _database_host(""),
    "rds/instance.address": _database_host(""),
    "route53/record.fqdn": _name,
    "sqs/queue.url": queue_url,
}


def value_for(subject: Subject, path: str, kind: str) -> PropertyValue:
    """A value of a plain kind: `string`, `integer`, `number`, `boolean`; `None` for any other."""
    match kind:
        case "string":
            return text_for(subject, path)
        case "integer" | "number":
            is_revision = path.rsplit(".", 1)[-1] in _REVISIONS
            return subject.generation + 1.0 if is_revision else 0.0
        case "boolean":
            return False
        case _:
            return None


_REVISIONS = frozenset({"revision", "latestVersion", "defaultVersion"})
