"""Security group rules, read alike from each of the resources that they can be written in."""

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from aws_policy_pack.resource import Graph, Properties, Resource, Unreadable, is_given, survey

LAST_PORT = 65535
ALL = "all"
"""Stands for every protocol; AWS writes it -1."""

PROTOCOL_NAMES = {
    "-1": ALL,
    "1": "icmp",
    "6": "tcp",
    "17": "udp",
    "47": "gre",
    "50": "esp",
    "51": "ah",
    "58": "icmpv6",
    "132": "sctp",
}
"""By number; the provider takes both. https://www.iana.org/assignments/protocol-numbers"""
WITH_PORTS = ("tcp", "udp")
CONTROL_MESSAGES = ("icmp", "icmpv6")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """A protocol and a range of ports, both ends included; for ICMP the ports mean nothing."""

    protocol: str
    first: float
    last: float

    def __str__(self) -> str:
        if self.protocol == ALL:
            return "all traffic"
        if self.protocol not in WITH_PORTS:
            return f"protocol {self.protocol}"
        if (self.first, self.last) == (0, LAST_PORT):
            return f"all {self.protocol} ports"
        if self.first == self.last:
            return f"{self.protocol} port {self.first}"
        return f"{self.protocol} ports {self.first} to {self.last}"

    @property
    def has_ports(self) -> bool:
        """Whether it reaches ports at all: ICMP does not."""
        return self.protocol not in CONTROL_MESSAGES

    @property
    def is_named_by_protocol(self) -> bool:
        """Whether a rule can pick the protocol alone: EC2 opens all of it, whatever its ports."""
        return self.protocol not in (ALL, *WITH_PORTS)

    def reaches(self, protocol: str, port: float) -> bool:
        """Whether it lets this port of a protocol through."""
        return self.protocol in (ALL, protocol) and self.first <= port <= self.last

    def stays_within(self, ports: Iterable[int]) -> bool:
        """Whether every port that it lets through is one of these."""
        inside = {port for port in ports if self.first <= port <= self.last}
        return self.last - self.first + 1 == len(inside)


def protocol_name(protocol: str) -> str:
    """The name of a protocol that is given by name or number; the number if it has none here."""
    return PROTOCOL_NAMES.get(protocol.lower(), protocol.lower())


def traffic(protocol: str | None, first: float | None, last: float | None) -> Traffic:
    """Reads a rule's protocol and ports as EC2 does.

    For a protocol other than TCP, UDP and ICMP all ports are open, whatever the rule says; a port
    that is left out, or is -1, leaves its side open. The names are those of
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html

    Args:
        protocol: Name or number; `None` counts as all protocols.
        first: The lowest port.
        last: The highest port.
    """
    name = protocol_name(protocol or ALL)
    if name not in WITH_PORTS:
        return Traffic(protocol=name, first=0, last=LAST_PORT)
    return Traffic(
        protocol=name,
        first=0 if first is None else max(first, 0),
        last=LAST_PORT if last is None or last < 0 else last,
    )


Block: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

PRIVATE: tuple[Block, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
        "fe80::/10",
    )
)
"""Blocks that are not routed on the internet (RFC 1918, 6598, 4193 and 4291)."""


def open_blocks(
    blocks: Iterable[Block], *, shortest_ipv4: int, shortest_ipv6: int
) -> tuple[Block, ...]:
    """The public blocks that are wider than allowed.

    Neighbours are merged first, so that a list of halves does not pass where the whole would not.

    Args:
        blocks: What a rule opens, of both versions.
        shortest_ipv4: Bits of the shortest IPv4 prefix that is not yet too wide.
        shortest_ipv6: The same for IPv6.
    """
    public = [block for block in blocks if not _is_private(block)]
    ipv4 = [block for block in public if isinstance(block, ipaddress.IPv4Network)]
    ipv6 = [block for block in public if isinstance(block, ipaddress.IPv6Network)]
    return (
        *(b for b in ipaddress.collapse_addresses(ipv4) if b.prefixlen < shortest_ipv4),
        *(b for b in ipaddress.collapse_addresses(ipv6) if b.prefixlen < shortest_ipv6),
    )


def _is_private(block: Block) -> bool:
    # Asked by address rather than by `subnet_of`, which takes only blocks of one version.
    return any(block[0] in private and block[-1] in private for private in PRIVATE)


SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_SECURITY_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
SECURITY_GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
GROUP_TYPES = (SECURITY_GROUP, DEFAULT_SECURITY_GROUP)
RULE_TYPES = (SECURITY_GROUP_RULE, INGRESS_RULE, EGRESS_RULE)


class Direction(StrEnum):
    """Which way the traffic goes; also the name of a group's property with inline rules."""

    INGRESS = "ingress"
    EGRESS = "egress"


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a kind of rule calls its properties."""

    protocol: str
    ipv4: str
    ipv6: str
    groups: str
    prefix_lists: str


INLINE = Names(
    protocol="protocol",
    ipv4="cidrBlocks",
    ipv6="ipv6CidrBlocks",
    groups="securityGroups",
    prefix_lists="prefixListIds",
)
RULE = Names(
    protocol="protocol",
    ipv4="cidrBlocks",
    ipv6="ipv6CidrBlocks",
    groups="sourceSecurityGroupId",
    prefix_lists="prefixListIds",
)
ONE_BLOCK_RULE = Names(
    protocol="ipProtocol",
    ipv4="cidrIpv4",
    ipv6="cidrIpv6",
    groups="referencedSecurityGroupId",
    prefix_lists="prefixListId",
)


NAMES = {
    SECURITY_GROUP: INLINE,
    DEFAULT_SECURITY_GROUP: INLINE,
    SECURITY_GROUP_RULE: RULE,
    INGRESS_RULE: ONE_BLOCK_RULE,
    EGRESS_RULE: ONE_BLOCK_RULE,
}
DIRECTIONS = {INGRESS_RULE: Direction.INGRESS, EGRESS_RULE: Direction.EGRESS}
"""The direction of the rule resources that have but one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One security group rule.

    Attributes:
        properties: The rule's own properties.
        names: What they are called.
        path: Where an inline rule stands, such as `ingress[0]`; empty for a rule resource.
    """

    properties: Properties
    names: Names
    path: str

    @property
    def place(self) -> str:
        """The path as the beginning of a finding; empty for a rule resource."""
        return f"`{self.path}` " if self.path else ""

    def traffic(self) -> Traffic:
        """The protocol and ports that it lets through."""
        return traffic(
            self.properties.text(self.names.protocol),
            self.properties.number("fromPort"),
            self.properties.number("toPort"),
        )

    def blocks(self) -> tuple[list[Block], list[Unreadable]]:
        """The address blocks at the other end, and what of them could not be read."""
        blocks: list[Block] = []
        missed: list[Unreadable] = []
        for path in (self.names.ipv4, self.names.ipv6):
            where = f"{self.path}.{path}" if self.path else path
            try:
                texts = self.properties.texts(path)
            except Unreadable as unreadable:
                missed.append(unreadable)
                texts = _known_texts(self.properties, path)
            for text in texts:
                try:
                    blocks.append(ipaddress.ip_network(text, strict=False))
                except ValueError:
                    missed.append(Unreadable(where, f"has {text!r}, not a block of addresses"))
        return blocks, missed

    def may_name_groups(self) -> bool:
        """Whether a group can be what the program names as the other end.

        A rule resource has either a group at the other end, or address blocks, or its own group.
        The provider refuses a `sourceSecurityGroupId` beside the others, so one that stands there
        is the provider's: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group_rule
        """
        blocks = (self.properties.values.get(key) for key in (self.names.ipv4, self.names.ipv6))
        has_blocks = any(block not in (None, "", []) for block in blocks)
        return bool(self.path) or not (has_blocks or self.properties.flag("self"))

    def flows(self, group: Resource) -> set[tuple[Traffic, str]]:
        """What it lets through, for each other end by itself, so that rules can be compared."""
        lets_through = self.traffic()
        ends = {
            *self.properties.texts(self.names.ipv4),
            *self.properties.texts(self.names.ipv6),
            *(self.properties.texts(self.names.groups) if self.may_name_groups() else ()),
            *self.properties.texts(self.names.prefix_lists),
        }
        if self.properties.flag("self"):
            ends.add(group.text("id") or "self")
        return {(lets_through, end) for end in ends}


def direction_of(rule: Resource) -> str | None:
    """The direction of a rule resource."""
    return DIRECTIONS.get(rule.type) or rule.text("type")


def grants_of(resource: Resource, direction: Direction) -> Iterator[Grant]:
    """The rules of one direction in a group or rule resource."""
    names = NAMES[resource.type]
    if resource.type in GROUP_TYPES:
        for index, inline in enumerate(resource.objects(direction)):
            yield Grant(properties=inline, names=names, path=f"{direction}[{index}]")
    elif direction_of(resource) == direction:
        yield Grant(properties=resource, names=names, path="")


def own_grants(resource: Resource, direction: Direction, graph: Graph) -> Iterator[Grant]:
    """The rules of one direction that the program writes at this resource.

    A group's inline rules may be what the provider found in AWS: then each of their flows is also
    one of a rule resource, which is judged by itself.
    """
    if resource.type in GROUP_TYPES and not is_given(resource, direction):
        return
    made = set[tuple[Traffic, str]]()
    if resource.type in GROUP_TYPES and direction not in resource.references:
        attached = graph.links("securityGroupId", of=RULE_TYPES, to=GROUP_TYPES)
        made = _flows_of(attached.to(resource), direction, resource)
    for grant in grants_of(resource, direction):
        if not (made and _is_made_by(grant, resource, made)):
            yield grant


def _flows_of(
    rules: Sequence[Resource], direction: Direction, group: Resource
) -> set[tuple[Traffic, str]]:
    """What the rule resources of a group let through, as far as they can be read."""
    found, _ = survey(
        rules,
        lambda rule: {flow for grant in grants_of(rule, direction) for flow in grant.flows(group)},
    )
    return {flow for _, flows in found for flow in flows}


def _is_made_by(grant: Grant, group: Resource, made: set[tuple[Traffic, str]]) -> bool:
    try:
        return grant.flows(group) <= made
    except Unreadable:
        # What the provider finds is known throughout, so this comes from the program.
        return False


def _known_texts(properties: Properties, path: str) -> tuple[str, ...]:
    """The texts of a list in which something else stands too."""
    value = properties.values.get(path)
    items = value if isinstance(value, Sequence) else ()
    return tuple(item for item in items if isinstance(item, str))


PREFIX_LIST: Final = "aws:ec2/managedPrefixList:ManagedPrefixList"
ENTRY: Final = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"


def named_lists(grant: Grant, source: Resource, graph: Graph) -> Iterator[Resource]:
    """The prefix lists of the stack that a rule names.

    Raises:
        Unreadable: Nothing tells which of several lists an inline rule names.
    """
    key = grant.names.prefix_lists
    if not grant.properties.has(key):
        return
    value = grant.properties.values[key]
    names = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
    # The engine keeps references by top-level property: for all inline rules together.
    path = grant.path.partition("[")[0] or key
    lists = graph.referenced(source, path, PREFIX_LIST)
    nameless = [each for each in lists if _id_of(each) is None]
    known = {_id_of(each) for each in lists}
    unmatched = [name for name in names if name not in known]
    if grant.path and unmatched and len(nameless) > len(unmatched):
        raise Unreadable(f"{grant.path}.{key}", "is not known yet")
    for each in lists:
        if unmatched if each in nameless else _id_of(each) in names:
            yield each


def _id_of(prefix_list: Resource) -> str | None:
    """The id, which also ends the ARN; `None` where neither is known."""
    own, arn = prefix_list.values.get("id"), prefix_list.values.get("arn")
    if isinstance(own, str):
        return own
    return arn.rpartition("/")[2] if isinstance(arn, str) else None


def blocks_in(prefix_list: Resource, graph: Graph) -> tuple[list[Block], list[Unreadable]]:
    """The address blocks of a prefix list, and what of them could not be read."""
    links = graph.links("prefixListId", of=(ENTRY,), to=(PREFIX_LIST,))
    inline, unread = survey([prefix_list], _inline_cidrs)
    attached: list[tuple[Resource, list[tuple[str, Properties]]]] = [
        (entry, [("cidr", entry)]) for entry in links.to(prefix_list)
    ]
    blocks: list[Block] = []
    missed = [*links.missed, *unread]
    for holder, entries in (*inline, *attached):
        for where, entry in entries:
            try:
                blocks.append(_block(entry, where))
            except Unreadable as unreadable:
                missed.append(Unreadable(unreadable.path, unreadable.reason, holder))
    return blocks, missed


def _inline_cidrs(prefix_list: Resource) -> list[tuple[str, Properties]]:
    if not is_given(prefix_list, "entries"):
        return []
    entries = enumerate(prefix_list.objects("entries"))
    return [(f"entries[{index}].cidr", entry) for index, entry in entries]


def _block(entry: Properties, where: str) -> Block:
    text = entry.text("cidr") or ""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise Unreadable(where, f"is {text!r}, not a block of addresses") from error
