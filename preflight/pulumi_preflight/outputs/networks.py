"""What follows from the subnets that a resource is in, where the program declares them."""

import ipaddress
from collections.abc import Iterator

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
