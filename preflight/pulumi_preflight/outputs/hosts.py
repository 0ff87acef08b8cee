"""Host names and addresses that a provider makes up, and the subnets that they follow from."""

import ipaddress
from collections.abc import Iterator

from pulumi_preflight.outputs.regions import hosted_zone, regions
from pulumi_preflight.outputs.subject import Subject
from pulumi_preflight.outputs.templates import input_text
from pulumi_preflight.wire import UNKNOWN, Properties, PropertyValue, without_secret

_LISTS = ("subnets", "subnetIds", "vpcZoneIdentifiers")
_GROUPS = ("dbSubnetGroupName", "subnetGroupName", "clusterSubnetGroupName")
# Who else may say whether a machine gets a public address.
_TELLERS = (
    "associatePublicIpAddress",
    "launchTemplate",
    "networkInterfaces",
    "primaryNetworkInterface",
)
# AWS keeps the first four addresses of a subnet, and the last one.
# Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
_KEPT_FIRST, _KEPT = 4, 5


def other(subject: Subject, kind: str, input_: str) -> Properties:
    """The outputs of the declared resource that an input names by its id; none where none is."""
    return subject.others.get((kind, input_text(subject, input_)), {})


def subnets(subject: Subject) -> list[Properties]:
    """The outputs of the declared subnets that a resource is in, in the order of its inputs."""
    found = (subject.others.get(("ec2/subnet", id_)) for id_ in _subnet_ids(subject))
    return [each for each in found if each is not None]


def text_of(outputs: Properties, name: str) -> str:
    """A text among outputs, empty where there is none that is known."""
    value = without_secret(outputs.get(name))
    return value if isinstance(value, str) and value != UNKNOWN else ""


def subnet_text(subject: Subject, path: str, name: str) -> str:
    """What the declared subnet has; the last number of the path says which subnet."""
    found = subnets(subject)
    index = next((int(part) for part in reversed(path.split(".")) if part.isdigit()), 0)
    return text_of(found[index % len(found)], name) if found else ""


def has_public_address(subject: Subject) -> bool | None:
    """Whether a machine gets a public address as it starts; `None` where nobody knows that."""
    inputs = subject.inputs
    told = without_secret(inputs.get("associatePublicIpAddress"))
    if told is None and not any(inputs.get(name) for name in _TELLERS):
        told = next((each.get("mapPublicIpOnLaunch") for each in subnets(subject)), None)
    return told if isinstance(told, bool) else None


def has_public_names(subject: Subject) -> bool:
    """Whether the VPC may give names to public addresses: a declared one says so."""
    networks = (
        subject.others.get(("ec2/vpc", text_of(each, "vpcId")), {}) for each in subnets(subject)
    )
    return all(each.get("enableDnsHostnames") is not False for each in networks)


def zones(subject: Subject) -> list[str]:
    """The zones of the declared subnets, each once."""
    found = (text_of(each, "availabilityZone") for each in subnets(subject))
    return list(dict.fromkeys(filter(None, found)))


def address_inside(block: str, subject: Subject, path: str) -> str:
    """An address of a block that AWS may give; empty where the text is not an IPv4 block."""
    try:
        network = ipaddress.IPv4Network(block, strict=False)
    except ValueError:
        return ""
    count = network.num_addresses - _KEPT
    if count < 1:
        return ""
    return str(network[_KEPT_FIRST + subject.number(path, count)])


def _subnet_ids(subject: Subject) -> Iterator[str]:
    inputs = subject.inputs
    if one := input_text(subject, "subnetId"):
        yield one
    for name in _LISTS:
        yield from _texts(inputs.get(name))
    for mapping in _items(inputs.get("subnetMappings")):
        if isinstance(mapping, dict):
            yield text_of(mapping, "subnetId")
    module = subject.kind.partition("/")[0]
    for name in _GROUPS:
        group = other(subject, f"{module}/subnetgroup", name)
        yield from _texts(group.get("subnetIds"))


def _texts(value: PropertyValue) -> Iterator[str]:
    for each in _items(value):
        plain = without_secret(each)
        if isinstance(plain, str):
            yield plain


def _items(value: PropertyValue) -> list[PropertyValue]:
    plain = without_secret(value)
    return plain if isinstance(plain, list) else []


# Where buckets' websites have a dash before the region; elsewhere a dot stands there.
# Source: https://docs.aws.amazon.com/general/latest/gr/s3.html, website endpoints.
_DASHED_WEBSITES = frozenset(
    {
        "ap-northeast-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "eu-west-1",
        "sa-east-1",
        "us-east-1",
        "us-gov-west-1",
        "us-west-1",
        "us-west-2",
    }
)


def host(subject: Subject, path: str = "host") -> str:
    """A host of the resource's service."""
    service = subject.kind.partition("/")[0]
    place = subject.place
    return f"{subject.digits(path, 10)}.{service}.{place.region}.{place.dns_suffix}"


def address(subject: Subject, path: str) -> str:
    """An address of the declared subnet, or of some private network."""
    block = subnet_text(subject, path, "cidrBlock")
    if inside := address_inside(block, subject, path):
        return inside
    return f"10.0.{subject.number(path, 256)}.{4 + subject.number(f'{path}/host', 250)}"


def public_address(subject: Subject, path: str) -> str:
    """An address of 203.0.113.0/24, which is reserved for documentation (RFC 5737)."""
    return f"203.0.113.{1 + subject.number(path, 254)}"


def private_host(subject: Subject) -> str:
    """EC2's name of a private address."""
    own = input_text(subject, "privateIp") or address(subject, "privateIp")
    region = subject.place.region
    domain = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    return f"ip-{own.replace('.', '-')}.{domain}"


def public_host(subject: Subject) -> str:
    """EC2's name of a public address."""
    region, suffix = subject.place.region, subject.place.dns_suffix
    domain = "compute-1" if region == "us-east-1" else f"{region}.compute"
    own = public_address(subject, "publicIp").replace(".", "-")
    return f"ec2-{own}.{domain}.{suffix}"


def name_server(subject: Subject, path: str) -> str:
    """A name server of Route 53; the last number of the path says which of the four."""
    number = subject.number(path, 2048)
    domain = ("com", "net", "org", "co.uk")[int(path.rsplit(".", 1)[-1]) % 4]
    return f"ns-{number}.awsdns-{number // 32:02}.{domain}"


def balancer_host(subject: Subject) -> str:
    """The host of a load balancer, which a network load balancer has in another form."""
    region, suffix = subject.place.region, subject.place.dns_suffix
    if input_text(subject, "loadBalancerType") == "network":
        return f"{subject.name}-{subject.digits('dns', 16)}.elb.{region}.{suffix}"
    inner = "internal-" if subject.inputs.get("internal") is True else ""
    number = 100_000_000 + subject.number("dns", 900_000_000)
    return f"{inner}{subject.name}-{number}.{region}.elb.{suffix}"


def balancer_zone(subject: Subject) -> str:
    """The hosted zone of a load balancer's host: AWS's own, one for each region and kind."""
    kind = "network" if input_text(subject, "loadBalancerType") == "network" else "elb"
    return hosted_zone(kind, subject.place.region) or f"Z{subject.capitals('zoneId', 13)}"


def website_zone(subject: Subject) -> str:
    """The hosted zone of buckets' websites, which is AWS's own."""
    zone_ = hosted_zone("website", subject.place.region)
    return zone_ or f"Z{subject.capitals('hostedZoneId', 13)}"


def website(subject: Subject) -> str:
    """The start of the host of a bucket's website."""
    region = subject.place.region
    return f"s3-website{'-' if region in _DASHED_WEBSITES else '.'}{region}"


def search_host(subject: Subject) -> str:
    """The host of a search domain, which tells whether it is in a VPC."""
    place = subject.place
    head = "vpc" if subject.inputs.get("vpcOptions") else "search"
    own = subject.digits("domain", 26)
    return f"{head}-{subject.name}-{own}.{place.region}.es.{place.dns_suffix}"


def zone(subject: Subject, path: str) -> str:
    """The zone of the declared subnet; of several zones, the last number of the path says which."""
    index = next((int(part) for part in reversed(path.split(".")) if part.isdigit()), None)
    # A cluster is in more zones than its subnets.
    if index is None and (known := subnet_text(subject, path, "availabilityZone")):
        return subject.made_up(path, known)
    letters = zone_letters(subject.place.region)
    return subject.made_up(path, f"{subject.place.region}{letters[(index or 0) % len(letters)]}")


def zone_letters(region: str) -> str:
    """The letters that end the names of a region's zones; three where the region is not known."""
    known = regions().get(region)
    return "".join(known.zones) if known and known.zones else "abc"


def short_region(region: str) -> str:
    """How zone ids and hosts of caches write a region: `use1`, `apse2`."""
    area, _, rest = region.partition("-")
    direction, _, number = rest.rpartition("-")
    short = direction.replace("north", "n").replace("south", "s")
    short = short.replace("east", "e").replace("west", "w").replace("central", "c")
    return f"{area}{short}{number}"


def zone_id(region: str, letter: str) -> str:
    """The id of a zone: `use1-az1`, `apse2-az1`."""
    known = regions().get(region)
    if known and letter in known.zones:
        return known.zones[letter]
    return f"{short_region(region)}-az{1 + max(0, 'abcdef'.find(letter))}"


def own_zone_id(subject: Subject, path: str) -> str:
    """The id of the zone that the resource is in."""
    if known := subnet_text(subject, path, "availabilityZoneId"):
        return subject.made_up(path, known)
    own = input_text(subject, "availabilityZone") or zone(subject, path)
    return subject.made_up(path, zone_id(subject.place.region, own[-1]))


def function_version(subject: Subject) -> str:
    """The version that a function's qualified ARN names: unpublished code has `$LATEST`."""
    return str(subject.generation + 1) if subject.inputs.get("publish") is True else "$LATEST"
