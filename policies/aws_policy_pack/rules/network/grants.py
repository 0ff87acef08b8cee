"""Security group rules, read alike from each of the resources that they can be written in.

The provider knows inline `ingress` and `egress` of a group, `SecurityGroupRule` with a `type`, and
`SecurityGroupIngressRule` and `SecurityGroupEgressRule` with one address block each.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aws_policy_pack.given import is_given
from aws_policy_pack.resource import Graph, Properties, Resource, Unreadable, survey
from aws_policy_pack.rules.network.addresses import Block
from aws_policy_pack.rules.network.traffic import Traffic, traffic

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
