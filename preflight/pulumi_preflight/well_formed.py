"""Well-formed values for computed properties: by name, by type, the same in every run.

Each value comes from the resource's URN and the property's path, so two resources never share
one. The examples of AWS's own reference pages say what each form looks like.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from pulumi_preflight.arns import ACCOUNT, ARN_FORMATS, ARN_STEMS, Place
from pulumi_preflight.wire import PropertyValue

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The resource, or answer of a data source, that a value belongs to.

    Attributes:
        seed: What makes its values its own: the URN, or the call.
        token: The type or function token.
        name: The physical name, as far as it is known.
        place: Where it lives.
        id: The provider's id of a resource that exists already.
    """

    seed: str
    token: str
    name: str
    place: Place
    id: str = ""

    @property
    def kind(self) -> str:
        """Module and type in lower case, such as `ec2/vpc`; the package is left out."""
        return subject_kind(self.token)

    @property
    def package(self) -> str:
        """The provider's package, such as `aws`."""
        return self.token.partition(":")[0]

    def digits(self, path: str, count: int) -> str:
        """Hexadecimal digits of a property's own."""
        return hashlib.sha256(f"{self.seed}#{path}".encode()).hexdigest()[:count]

    def number(self, path: str, below: int) -> int:
        """A whole number of a property's own."""
        return int(self.digits(path, 12), 16) % below

    def capitals(self, path: str, count: int) -> str:
        """Capital letters and digits of a property's own, as in access key ids."""
        digest = hashlib.sha256(f"{self.seed}#{path}".encode()).digest()
        return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:count])


def subject_kind(token: str) -> str:
    """Module and type of a type or function token in lower case, such as `ec2/vpc`."""
    _, _, rest = token.partition(":")
    module, _, member = rest.rpartition(":")
    # Types begin with a capital; a function such as getCluster tells of a cluster.
    if member.startswith("get"):
        member = member.removeprefix("get")
    return f"{module.partition('/')[0]}/{member}".lower()


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
        return _arn(subject, path, "".join(words[:-1]))
    if words[-1] in ("id", "ids"):
        return _id_of("".join(words[:-1]), subject, path)
    ending = _ENDINGS.get(words[-1])
    if ending is not None:
        return ending(subject, path)
    return f"{subject.name}-{subject.digits(path, 8)}"


def resource_id(subject: Subject) -> str:
    """The provider's id of a resource."""
    if subject.id:
        return subject.id
    if subject.package != "aws":
        return _uuid(subject, "id")
    make = _IDS.get(subject.kind)
    if make is not None:
        return make(subject, "id")
    prefix = _prefix_of(subject.kind)
    return f"{prefix}-{subject.digits('id', 17)}" if prefix else subject.name


def is_identity(name: str) -> bool:
    """Whether a property, by its name, says which resource it is or where: AWS always fills it."""
    words = [word.lower() for word in _WORD.findall(name)]
    return name in _IDENTITIES or (bool(words) and words[-1] in _IDENTITY_ENDINGS)


def _arn(subject: Subject, path: str, stem: str) -> str:
    if not stem and subject.id.startswith("arn:"):
        return subject.id
    kind = subject.kind
    if stem:
        fitting = [known for known in ARN_STEMS if stem.endswith(known)]
        kind = ARN_STEMS[max(fitting, key=len)] if fitting else f"{kind.partition('/')[0]}/{stem}"
    module, _, type_ = kind.partition("/")
    service, form = ARN_FORMATS.get(kind) or (
        "ec2" if module in _EC2_MODULES else module,
        f"{_EC2_WORDS.get(type_, type_)}/{{name}}",
    )
    if stem:
        name = f"{subject.name}-{stem}"
    elif kind in _ARN_HOLDS_ID or _prefix_of(kind):
        name = resource_id(subject)
    else:
        name = subject.name
    return subject.place.arn(
        service,
        form.format(
            name=name,
            short=subject.digits(f"{path}/short", 16),
            six=subject.capitals(f"{path}/six", 6),
            uuid=_uuid(subject, f"{path}/uuid"),
        ),
    )


def _prefix_of(kind: str) -> str | None:
    module, _, type_ = kind.partition("/")
    return _PREFIXES.get(type_) if module in (*_EC2_MODULES, "efs") else None


def _id_of(stem: str, subject: Subject, path: str) -> str:
    if stem.startswith("hostedzone") or stem.endswith("zone"):
        return f"Z{subject.capitals(path, 13)}"
    if stem in ("owner", "account", "registry", "caller"):
        return ACCOUNT
    fitting = [known for known in _PREFIXES if stem.endswith(known)]
    if fitting:
        return f"{_PREFIXES[max(fitting, key=len)]}-{subject.digits(path, 17)}"
    if stem.endswith("key"):
        return _uuid(subject, path)
    return f"{subject.name}-{subject.digits(path, 8)}"


def _uuid(subject: Subject, path: str) -> str:
    digits = subject.digits(path, 32)
    # Version 4, variant 1, so that a parser takes it.
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _address(subject: Subject, path: str) -> str:
    return f"10.0.{subject.number(path, 256)}.{4 + subject.number(f'{path}/host', 250)}"


def _public_address(subject: Subject, path: str) -> str:
    # 203.0.113.0/24 is reserved for documentation (RFC 5737).
    return f"203.0.113.{1 + subject.number(path, 254)}"


def _database_host(kind: str) -> "Callable[[Subject, str], str]":
    def host(subject: Subject, _path: str) -> str:
        account = subject.digits("account", 12)
        place = subject.place
        return f"{subject.name}.{kind}{account}.{place.region}.rds.{place.dns_suffix}"

    return host


def _queue_url(subject: Subject, _path: str) -> str:
    place = subject.place
    return f"https://sqs.{place.region}.{place.dns_suffix}/{ACCOUNT}/{subject.name}"


def _name_server(subject: Subject, path: str) -> str:
    number = subject.number(path, 2048)
    domain = ("com", "net", "org", "co.uk")[int(path.rsplit(".", 1)[-1]) % 4]
    return f"ns-{number}.awsdns-{number // 32:02}.{domain}"


def _balancer_host(subject: Subject, _path: str) -> str:
    number = 100_000_000 + subject.number("dns", 900_000_000)
    return f"{subject.name}-{number}.{subject.place.region}.elb.{subject.place.dns_suffix}"


def _repository(subject: Subject, _path: str) -> str:
    place = subject.place
    return f"{ACCOUNT}.dkr.ecr.{place.region}.{place.dns_suffix}/{subject.name}"


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


def _constant(text: str) -> "Callable[[Subject, str], str]":
    return lambda _subject, _path: text


def _hexadecimal(count: int) -> "Callable[[Subject, str], str]":
    return lambda subject, path: subject.digits(path, count)


def _name(subject: Subject, _path: str) -> str:
    return subject.name


def _own_arn(subject: Subject, _path: str) -> str:
    return _arn(subject, "arn", "")


_Maker = Callable[[Subject, str], str]

_EMPTY_POLICY = '{"Statement":[],"Version":"2012-10-17"}'
_TIME = "2026-01-01T00:00:00Z"

_EXACT: dict[str, _Maker] = {
    "address": _host,
    # Docker's form, `AWS:<password>` in base64.
    "authorizationToken": _constant("QVdTOnByZWZsaWdodA=="),
    "bucketDomainName": _bucket_host,
    "bucketRegionalDomainName": _regional_bucket_host,
    "cidrBlock": _constant("10.0.0.0/16"),
    "dnsName": _host,
    "domainName": _host,
    "dnsSuffix": lambda subject, _: subject.place.dns_suffix,
    "hex": _hexadecimal(16),
    "hostedZoneId": lambda subject, path: f"Z{subject.capitals(path, 13)}",
    "invokeArn": lambda subject, path: subject.place.arn(
        "apigateway", f"lambda:path/2015-03-31/functions/{_own_arn(subject, path)}/invocations"
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
    "qualifiedArn": lambda subject, path: f"{_own_arn(subject, path)}:1",
    "region": lambda subject, _: subject.place.region,
    "repositoryUrl": _repository,
    "uniqueId": lambda subject, path: f"AROA{subject.capitals(path, 17)}",
    "zoneId": lambda subject, path: f"Z{subject.capitals(path, 13)}",
}

_IDENTITY_ENDINGS = frozenset({"arn", "endpoint", "id", "ip", "region", "url", "zone"})
_IDENTITIES = frozenset({"address", "cidrBlock", "dnsName", "partition"})
_ENDINGS: dict[str, _Maker] = {
    "at": _constant(_TIME),
    "date": _constant(_TIME),
    "digest": _hexadecimal(64),
    "endpoint": _url,
    "etag": _hexadecimal(32),
    "fingerprint": _hexadecimal(40),
    "hash": _hexadecimal(64),
    "ip": _address,
    "region": lambda subject, _: subject.place.region,
    "md5": _hexadecimal(32),
    "sha256": _hexadecimal(64),
    "status": _constant("ACTIVE"),
    "state": _constant("available"),
    "time": _constant(_TIME),
    "timestamp": _constant(_TIME),
    "url": _url,
    "version": _constant("1"),
    "zone": _zone,
    "zones": _zone,
}

_SPECIAL: dict[str, _Maker] = {
    "alb/loadbalancer.dnsName": _balancer_host,
    "cloudfront/distribution.domainName": lambda subject, path: (
        f"d{subject.digits(path, 13)}.cloudfront.net"
    ),
    "ec2/eip.publicIp": _public_address,
    "ec2/instance.publicDns": lambda subject, path: (
        f"ec2-{_public_address(subject, path).replace('.', '-')}.compute-1.amazonaws.com"
    ),
    "iam/accesskey.secret": _hexadecimal(40),
    "iam/policy.policyId": lambda subject, path: f"ANPA{subject.capitals(path, 17)}",
    "kms/key.keyId": lambda subject, _: _uuid(subject, "id"),
    "lb/loadbalancer.dnsName": _balancer_host,
    "route53/zone.nameServers": _name_server,
    "route53/zone.primaryNameServer": lambda subject, _: _name_server(subject, "nameServers.0"),
    "rds/cluster.endpoint": _database_host("cluster-"),
    "rds/cluster.readerEndpoint": _database_host("cluster-ro-"),
    "rds/clusterinstance.endpoint": _database_host(""),
    "rds/instance.address": _database_host(""),
    "route53/record.fqdn": _name,
    "sqs/queue.url": _queue_url,
}

# Types whose id is neither their name nor a prefix with digits.
_IDS: dict[str, _Maker] = {
    "acm/certificate": _own_arn,
    "alb/listener": _own_arn,
    "alb/listenerrule": _own_arn,
    "alb/loadbalancer": _own_arn,
    "alb/targetgroup": _own_arn,
    "apigateway/restapi": _hexadecimal(10),
    "apigatewayv2/api": _hexadecimal(10),
    "cloudfront/distribution": lambda subject, path: f"E{subject.capitals(path, 13)}",
    "ecs/cluster": _own_arn,
    "ecs/service": _own_arn,
    "iam/accesskey": lambda subject, path: f"AKIA{subject.capitals(path, 16)}",
    "iam/policy": _own_arn,
    "kms/key": _uuid,
    "lb/listener": _own_arn,
    "lb/listenerrule": _own_arn,
    "lb/loadbalancer": _own_arn,
    "lb/targetgroup": _own_arn,
    "rds/instance": lambda subject, path: f"db-{subject.capitals(path, 26)}",
    "route53/zone": lambda subject, path: f"Z{subject.capitals(path, 13)}",
    "secretsmanager/secret": _own_arn,
    "servicediscovery/privatednsnamespace": lambda subject, path: f"ns-{subject.digits(path, 16)}",
    "servicediscovery/service": lambda subject, path: f"srv-{subject.digits(path, 16)}",
    "sfn/statemachine": _own_arn,
    "sns/topic": _own_arn,
    "sns/topicsubscription": _own_arn,
    "sqs/queue": _queue_url,
}
_ARN_HOLDS_ID = frozenset(
    {
        "apigateway/restapi",
        "apigatewayv2/api",
        "cloudfront/distribution",
        "kms/key",
        "route53/zone",
        "servicediscovery/privatednsnamespace",
        "servicediscovery/service",
    }
)
_EC2_MODULES = ("ec2", "vpc", "ec2transitgateway")

# The last word, or words, of a type or of an id's name to the prefix of such ids.
_PREFIXES: dict[str, str] = {
    "accesspoint": "fsap",
    "allocation": "eipalloc",
    "ami": "ami",
    "association": "rtbassoc",
    "customergateway": "cgw",
    "defaultsecuritygroup": "sg",
    "eip": "eipalloc",
    "filesystem": "fs",
    "flowlog": "fl",
    "image": "ami",
    "instance": "i",
    "internetgateway": "igw",
    "launchtemplate": "lt",
    "natgateway": "nat",
    "networkacl": "acl",
    "networkinterface": "eni",
    "routetable": "rtb",
    "securitygroup": "sg",
    "securitygroupegressrule": "sgr",
    "securitygroupingressrule": "sgr",
    "securitygrouprule": "sgr",
    "snapshot": "snap",
    "subnet": "subnet",
    "transitgateway": "tgw",
    "volume": "vol",
    "vpc": "vpc",
    "vpcendpoint": "vpce",
    "vpcpeeringconnection": "pcx",
    "vpngateway": "vgw",
}
_EC2_WORDS: dict[str, str] = {
    "eip": "elastic-ip",
    "flowlog": "vpc-flow-log",
    "internetgateway": "internet-gateway",
    "launchtemplate": "launch-template",
    "natgateway": "natgateway",
    "networkacl": "network-acl",
    "networkinterface": "network-interface",
    "routetable": "route-table",
    "securitygroup": "security-group",
    "securitygroupegressrule": "security-group-rule",
    "securitygroupingressrule": "security-group-rule",
    "vpcendpoint": "vpc-endpoint",
}


def value_for(subject: Subject, path: str, kind: str) -> PropertyValue:
    """A value of a plain kind: `string`, `integer`, `number`, `boolean`; `None` for any other."""
    match kind:
        case "string":
            return text_for(subject, path)
        case "integer" | "number":
            return _NUMBERS.get(path.rsplit(".", 1)[-1], 0.0)
        case "boolean":
            return False
        case _:
            return None


_NUMBERS: dict[str, PropertyValue] = {"revision": 1.0, "latestVersion": 1.0, "defaultVersion": 1.0}
