"""Which service of AWS a type of the SDK belongs to, and what AWS calls the type there.

The SDK and AWS name one thing in several ways: `rds/instance` is a `DBInstance`, the module
`cloudwatch` has the event buses of `events`. Rules tell most of it: a word of the service's own in
front (`serverlessCollection` of `opensearchserverless`), a prefix that a service puts before all
of its names, a plural. A small table has the rest; each source has its own of the services.
"""

import re
from collections.abc import Collection, Iterator, Mapping

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ALIASES = {
    "auditmanager/framework": "assessmentframework",
    "cfg/aggregateauthorization": "aggregationauthorization",
    "cfg/organizationcustompolicyrule": "organizationconfigrule",
    "cfg/organizationcustomrule": "organizationconfigrule",
    "cfg/organizationmanagedrule": "organizationconfigrule",
    "cfg/rule": "configrule",
    "cloud9/environmentec2": "environment",
    "directconnect/connection": "dxcon",
    "directconnect/hostedprivatevirtualinterfaceaccepter": "dxvif",
    "directconnect/hostedpublicvirtualinterfaceaccepter": "dxvif",
    "directconnect/hostedtransitvirtualinterfaceacceptor": "dxvif",
    "directconnect/linkaggregationgroup": "dxlag",
    "docdb/clusterinstance": "dbinstance",
    "ebs/snapshotcopy": "snapshot",
    "ebs/snapshotimport": "snapshot",
    "ebs/volume": "volume",
    "ebs/volumecopy": "volume",
    "ec2/ami": "image",
    "ec2/amicopy": "image",
    "ec2/amifrominstance": "image",
    "ec2/eip": "address",
    "ec2clientvpn/endpoint": "clientvpnendpoint",
    "ec2transitgateway/attachment": "transitgatewayattachment",
    "ec2transitgateway/peeringattachment": "transitgatewayattachment",
    "ec2transitgateway/vpcattachment": "transitgatewayattachment",
    "neptune/clusterinstance": "dbinstance",
    "rds/clusterinstance": "dbinstance",
    "rds/reservedinstance": "ri",
    "s3/bucketobject": "object",
    "s3/bucketobjectv2": "object",
}
# What a service puts before the names of its things.
_PREFIXES = (
    "db",
    "cache",
    "autoscaling",
    "account",
    "replication",
    "app",
    "list",
    "user",
    "transitgateway",
)


def key(name: str) -> str:
    """A name without case, dashes and plural, so that two spellings of it are equal."""
    bare = re.sub(r"[^a-z0-9]", "", name.lower())
    return re.sub(r"[es]+$", "", re.sub(r"ies$", "y", bare)) or bare


def words(name: str) -> list[str]:
    """The words of a name in camel case, in lower case."""
    return [word.lower() for word in _WORD.findall(name)]


def services(
    module: str, known: Collection[str], further: Mapping[str, tuple[str, ...]]
) -> list[str]:
    """The services that a module's types may belong to, the likeliest first.

    Args:
        module: The module in a token, `rds`.
        known: All services of a source.
        further: Modules whose services the source calls otherwise.
    """
    exact = [each for each in sorted(known) if each.replace("-", "") == module]
    like = [each for each in sorted(known) if each.replace("-", "").startswith(module)]
    return [each for each in further.get(module, exact or like) if each in known]


def nouns(module: str, type_: str, service: str) -> Iterator[str]:
    """What AWS may call a type in a service, as keys, the likeliest first."""
    kind = f"{module}/{type_}".lower()
    if kind in _ALIASES:
        yield key(_ALIASES[kind])
    parts = words(type_.removesuffix("V2"))
    bare = service.replace("-", "")
    for start in range(len(parts)):
        if all(part.rstrip("s") in bare for part in parts[:start]):
            noun = "".join(parts[start:])
            yield key(noun)
            yield from (key(f"{prefix}{noun}") for prefix in (module, *_PREFIXES))
    yield from (key("".join(parts[start:])) for start in range(1, len(parts)))
