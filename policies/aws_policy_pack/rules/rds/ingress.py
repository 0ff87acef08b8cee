"""Where the connections to a database may come from."""

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import Graph, Properties, Resource, Unreadable, is_given, survey
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule
from aws_policy_pack.rules.network.grants import (
    GROUP_TYPES,
    INGRESS_RULE,
    PREFIX_LIST,
    RULE_TYPES,
    SECURITY_GROUP,
    Block,
    Direction,
    Grant,
    blocks_in,
    grants_of,
)
from aws_policy_pack.rules.rds.access import is_chosen
from aws_policy_pack.type_tokens import RDS_CLUSTER, RDS_INSTANCE
from aws_policy_pack.wording import listed

GROUPS: Final = "vpcSecurityGroupIds"
GROUP_ID_PREFIX: Final = "sg-"


class IngressSources(RuleConfig):
    """What may reach a database beside the security groups and prefix lists of the stack."""

    min_ipv4_prefix_bits: int = Field(
        default=24, ge=0, le=32, description="Bits of the shortest IPv4 prefix that may reach it"
    )
    min_ipv6_prefix_bits: int = Field(
        default=64, ge=0, le=128, description="Bits of the shortest IPv6 prefix that may reach it"
    )
    outside_sources: tuple[str, ...] = Field(
        default=(),
        description="Ids or globs of security groups and prefix lists outside the stack that "
        "databases may have, and that may reach them; of a prefix list in the stack, its id or "
        "name, whatever its entries",
    )

    def is_outside_source(self, name: str) -> bool:
        """Whether a group or prefix list is allowed by its id or name."""
        return any(fnmatchcase(name, pattern) for pattern in self.outside_sources)


@stack_rule(
    "rds-ingress-from-declared-groups",
    RDS_INSTANCE,
    RDS_CLUSTER,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Only security groups of the stack and narrow address blocks reach a database",
    why="A block of addresses lets in whatever gets one of them tomorrow; a group lets in the "
    "clients that the stack names, and nobody else.",
    url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.RDSSecurityGroups.html",
    controls=("cdk-nag AwsSolutions-RDS8",),
    yields_to=("network-ingress-open",),
    good=(
        Example(type=SECURITY_GROUP, name="web"),
        Example(type=SECURITY_GROUP, name="database"),
        Example(
            type=INGRESS_RULE,
            name="from-web",
            properties={"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432},
            references={"securityGroupId": ("database",), "referencedSecurityGroupId": ("web",)},
        ),
        Example(
            type=RDS_INSTANCE,
            name="orders",
            properties={"vpcSecurityGroupIds": ["${database.id}"]},
            references={"vpcSecurityGroupIds": ("database",)},
        ),
    ),
    bad=(
        Example(type=SECURITY_GROUP, name="database"),
        Example(
            type=INGRESS_RULE,
            name="from-anywhere",
            properties={
                "ipProtocol": "tcp",
                "fromPort": 5432,
                "toPort": 5432,
                "cidrIpv4": "10.0.0.0/8",
            },
            references={"securityGroupId": ("database",)},
        ),
        Example(
            type=RDS_INSTANCE,
            name="orders",
            properties={"vpcSecurityGroupIds": ["${database.id}"]},
            references={"vpcSecurityGroupIds": ("database",)},
        ),
    ),
)
def ingress_from_declared_groups(
    database: Resource, graph: Graph, config: IngressSources
) -> Findings:
    """Judges all that the database's groups let in, whatever the port."""
    if not is_chosen(database, GROUPS):
        yield Finding(
            problem=f"`{GROUPS}` is not set, so the database is in the VPC's default group",
            wanted="a security group of this stack",
            fix=f"Declare a security group for the database, and name it in `{GROUPS}`",
        )
        return
    groups = graph.referenced(database, GROUPS, *GROUP_TYPES)
    ids = filter(_is_group_id, _texts(database, GROUPS))
    outside = _outside(ids, groups, GROUP_TYPES, graph, config)
    if outside:
        yield Finding(
            problem=f"`{GROUPS}` has {listed(outside)}, which the stack does not declare",
            wanted="security groups of this stack, or those of `outsideSources` of "
            "rds-ingress-from-declared-groups",
            fix=f"Declare a security group for the database, and name it in `{GROUPS}`",
        )
    sources, unread = _sources(groups, graph)
    opened, missed = survey(sources, lambda source: list(grants_of(source, Direction.INGRESS)))
    yield from (*unread, *missed)
    for source, grants in opened:
        for grant in grants:
            try:
                yield from _judge(grant, source, database, graph, config)
            except Unreadable as unreadable:
                about = unreadable.resource or source
                yield Unreadable(unreadable.path, unreadable.reason, about)


def _sources(
    groups: Sequence[Resource], graph: Graph
) -> tuple[list[Resource], Sequence[Unreadable]]:
    """The groups with inline rules and the rule resources that belong to the groups."""
    attached = graph.links("securityGroupId", of=RULE_TYPES, to=GROUP_TYPES)
    inline = [group for group in groups if is_given(group, Direction.INGRESS)]
    rules = dict.fromkeys(rule for group in groups for rule in attached.to(group))
    return [*inline, *rules], attached.missed


def _judge(
    grant: Grant, source: Resource, database: Resource, graph: Graph, config: IngressSources
) -> Findings:
    blocks, missed = grant.blocks()
    wide = list(map(str, _wide(blocks, config)))
    strange, unread = _undeclared(grant, source, graph, config)
    wide += strange
    missed += unread
    if not (wide or missed) or not grant.traffic().has_ports:
        return
    if not wide:
        raise missed[0]
    yield Finding(
        problem=f"{grant.place}lets {' and '.join(wide)} reach the database {database.name!r}",
        wanted="security groups of this stack, and address blocks of at least "
        f"/{config.min_ipv4_prefix_bits} or /{config.min_ipv6_prefix_bits} "
        "(`minIpv4PrefixBits` and `minIpv6PrefixBits` of rds-ingress-from-declared-groups)",
        fix="Name the security group of the clients as the source",
        resource=source,
        place=f"rule {grant.path}",
    )


def _wide(blocks: Iterable[Block], config: IngressSources) -> Iterator[Block]:
    """The blocks that are too wide, neighbours merged, so that halves count as the whole."""
    blocks = tuple(blocks)
    ipv4 = [block for block in blocks if isinstance(block, ipaddress.IPv4Network)]
    ipv6 = [block for block in blocks if isinstance(block, ipaddress.IPv6Network)]
    for each in ipaddress.collapse_addresses(ipv4):
        if each.prefixlen < config.min_ipv4_prefix_bits:
            yield each
    for other in ipaddress.collapse_addresses(ipv6):
        if other.prefixlen < config.min_ipv6_prefix_bits:
            yield other


def _undeclared(
    grant: Grant, source: Resource, graph: Graph, config: IngressSources
) -> tuple[list[str], list[Unreadable]]:
    """Groups and prefix lists that the stack does not declare, and what is too wide in a list."""
    wide: list[str] = []
    missed: list[Unreadable] = []
    ends = [(grant.names.groups, _strange_groups)] if grant.may_name_groups() else []
    ends.append((grant.names.prefix_lists, _wide_lists))
    for key, find in ends:
        if grant.properties.has(key):
            # The engine keeps references by top-level property: for all inline rules together.
            path = Direction.INGRESS if grant.path else key
            try:
                for found in find(_texts(grant.properties, key), source, path, graph, config):
                    if isinstance(found, Unreadable):
                        missed.append(found)
                    else:
                        wide.append(found)
            except Unreadable as unreadable:
                missed.append(unreadable)
    return wide, missed


def _strange_groups(
    names: Sequence[str], source: Resource, path: str, graph: Graph, config: IngressSources
) -> Iterator[str | Unreadable]:
    groups = graph.referenced(source, path, *GROUP_TYPES)
    for name in _outside(filter(_is_group_id, names), groups, GROUP_TYPES, graph, config):
        yield f"the security group {name!r}"


def _wide_lists(
    names: Sequence[str], source: Resource, path: str, graph: Graph, config: IngressSources
) -> Iterator[str | Unreadable]:
    """Lists from outside, and the entries of those that the stack declares."""
    lists = graph.referenced(source, path, PREFIX_LIST)
    for name in _outside(names, lists, (PREFIX_LIST,), graph, config):
        yield f"the prefix list {name!r}"
    for prefix_list in lists:
        own = prefix_list.values.get("id")
        # The rule may be an inline one beside others, and name other lists than they do.
        is_another = isinstance(own, str) and own not in names
        called = _texts(prefix_list, "id") + _texts(prefix_list, "name")
        if is_another or any(map(config.is_outside_source, called)):
            continue
        blocks, missed = blocks_in(prefix_list, graph)
        yield from (
            f"{block} of the prefix list {prefix_list.name!r}" for block in _wide(blocks, config)
        )
        yield from missed


def _outside(
    names: Iterable[str],
    referenced: Iterable[Resource],
    types: tuple[str, ...],
    graph: Graph,
    config: IngressSources,
) -> list[str]:
    """The ids that are neither of a resource of these types nor allowed.

    Args:
        names: Ids as they are given, of groups also with their account.
        referenced: The resources that the engine says they come from; those whose id is not known
            account for as many names.
        types: What the ids are of.
        graph: All resources.
        config: What is allowed.
    """
    outside = [
        name
        for name in names
        if not any(graph.identified(kind, name) for kind in types)
        and not config.is_outside_source(name)
    ]
    nameless = [each for each in referenced if not isinstance(each.values.get("id"), str)]
    return outside if len(outside) > len(nameless) else []


def _is_group_id(name: str) -> bool:
    return name.rpartition("/")[2].startswith(GROUP_ID_PREFIX)


def _texts(properties: Properties, path: str) -> list[str]:
    """The texts of a property that are known: one text, or those in a list."""
    value = properties.values.get(path)
    values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    return [text for text in values if isinstance(text, str)]
