"""Ids and ARNs of resources, in the form that AWS gives them by type."""

from collections.abc import Callable

from pulumi_preflight.outputs.arns import ARN_FORMATS, ARN_STEMS
from pulumi_preflight.outputs.subject import Subject

Maker = Callable[[Subject, str], str]
"""Makes a value for a property's path."""


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


def arn_for(subject: Subject, path: str, stem: str) -> str:
    """The ARN of a property; its stem is `role` in `roleArn`, empty for the resource's own ARN."""
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
            revision=subject.generation + 1,
        ),
    )


def _prefix_of(kind: str) -> str | None:
    module, _, type_ = kind.partition("/")
    return _PREFIXES.get(type_) if module in (*_EC2_MODULES, "efs") else None


def id_for(stem: str, subject: Subject, path: str) -> str:
    """The id of another resource, by its property's stem, which is `vpc` in `vpcId`."""
    if stem.startswith("hostedzone") or stem.endswith("zone"):
        return f"Z{subject.capitals(path, 13)}"
    if stem in ("owner", "account", "registry", "caller"):
        return subject.place.account
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


def queue_url(subject: Subject, _path: str) -> str:
    """The URL of a queue, which is its id too."""
    place = subject.place
    return f"https://sqs.{place.region}.{place.dns_suffix}/{place.account}/{subject.name}"


def hexadecimal(count: int) -> Maker:
    """Makes values of so many hexadecimal digits."""
    return lambda subject, path: subject.digits(path, count)


def own_arn(subject: Subject, _path: str) -> str:
    """The resource's own ARN."""
    return arn_for(subject, "arn", "")


# Types whose id is neither their name nor a prefix with digits.
_IDS: dict[str, Maker] = {
    "acm/certificate": own_arn,
    "alb/listener": own_arn,
    "alb/listenerrule": own_arn,
    "alb/loadbalancer": own_arn,
    "alb/targetgroup": own_arn,
    "apigateway/restapi": hexadecimal(10),
    "apigatewayv2/api": hexadecimal(10),
    "cloudfront/distribution": lambda subject, path: f"E{subject.capitals(path, 13)}",
    "ecs/cluster": own_arn,
    "ecs/service": own_arn,
    "iam/accesskey": lambda subject, path: f"AKIA{subject.capitals(path, 16)}",
    "iam/policy": own_arn,
    "kms/key": _uuid,
    "lb/listener": own_arn,
    "lb/listenerrule": own_arn,
    "lb/loadbalancer": own_arn,
    "lb/targetgroup": own_arn,
    "rds/instance": lambda subject, path: f"db-{subject.capitals(path, 26)}",
    "route53/zone": lambda subject, path: f"Z{subject.capitals(path, 13)}",
    "secretsmanager/secret": own_arn,
    "servicediscovery/privatednsnamespace": lambda subject, path: f"ns-{subject.digits(path, 16)}",
    "servicediscovery/service": lambda subject, path: f"srv-{subject.digits(path, 16)}",
    "sfn/statemachine": own_arn,
    "sns/topic": own_arn,
    "sns/topicsubscription": own_arn,
    "sqs/queue": queue_url,
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
