"""Security group rules that open ports to, or from, the whole internet."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.properties import Named
from aws_policy_pack.resource import Graph, Resource, Unreadable, is_given, survey
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, judge_each, stack_rule
from aws_policy_pack.rules.lb import LISTENERS, LOAD_BALANCERS, protocol_of
from aws_policy_pack.rules.network.grants import (
    DEFAULT_SECURITY_GROUP,
    EGRESS_RULE,
    GROUP_TYPES,
    INGRESS_RULE,
    LAST_PORT,
    RULE_TYPES,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
    Block,
    Direction,
    Grant,
    Traffic,
    blocks_in,
    grants_of,
    named_lists,
    open_blocks,
    own_grants,
    protocol_name,
)
from aws_policy_pack.wording import listed

Port = Annotated[int, Field(ge=0, le=LAST_PORT)]
Protocol = Annotated[str, AfterValidator(protocol_name)]


class OpenPorts(RuleConfig):
    """What counts as the internet, and which ports may be open to it."""

    allowed_ports: tuple[Port, ...] = Field(
        default=(80, 443), description="TCP and UDP ports that may be open to the internet"
    )
    allowed_protocols: tuple[Protocol, ...] = Field(
        default=("ah", "esp"),
        description="Protocols beside TCP and UDP that may be open to the internet, by name or "
        "number; those of IPsec let nothing in without a key",
    )
    min_ipv4_prefix_bits: int = Field(
        default=8,
        ge=0,
        le=32,
        description="Public IPv4 blocks with a shorter prefix count as the internet, in bits",
    )
    min_ipv6_prefix_bits: int = Field(
        default=16,
        ge=0,
        le=128,
        description="Public IPv6 blocks with a shorter prefix count as the internet, in bits",
    )


class IngressOpen(OpenPorts):
    """Settings of network-ingress-open."""


class EgressOpen(OpenPorts):
    """Settings of network-egress-open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One of the two directions, and how a finding speaks of it.

    Attributes:
        direction: The direction.
        rule_id: The rule that judges it.
        wording: What is open, with `{blocks}` and `{traffic}` to be filled in.
        fix: What to do.
    """

    direction: Direction
    rule_id: str
    wording: str
    fix: str


WAY_IN = Opening(
    direction=Direction.INGRESS,
    rule_id="network-ingress-open",
    wording="lets {blocks} in on {traffic}",
    fix="Name the security group or the narrow block that needs the port as the source",
)
WAY_OUT = Opening(
    direction=Direction.EGRESS,
    rule_id="network-egress-open",
    wording="lets {traffic} out to {blocks}",
    fix="Name the ports, and the security group or the narrow block, that are needed",
)


def _group(**rules: object) -> tuple[Example, ...]:
    return (Example(type=SECURITY_GROUP, name="web", properties=rules),)


@stack_rule(
    "network-ingress-open",
    SECURITY_GROUP,
    DEFAULT_SECURITY_GROUP,
    SECURITY_GROUP_RULE,
    INGRESS_RULE,
    kind=Kind.EXPOSES,
    severity=Severity.CRITICAL,
    summary="Only web ports are open to the internet",
    why="Every address on the internet is scanned within minutes; a database, a broker or an "
    "administration port that answers it is attacked.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18",
    controls=("Security Hub EC2.18", "Security Hub EC2.19", "CKV_AWS_24", "CKV_AWS_25"),
    good=_group(
        ingress=[
            {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]},
            {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["10.0.0.0/16"]},
        ]
    ),
    bad=_group(
        ingress=[{"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["0.0.0.0/0"]}]
    ),
)
def ingress_open(resource: Resource, graph: Graph, config: IngressOpen) -> Findings:
    """Merges the blocks of a rule, so that two halves of the internet are the whole.

    The blocks of a prefix list that the stack declares count as the rule's own. ICMP has no ports
    and opens no service, so it passes, as with EC2.18.
    """
    return _judge(resource, graph, config, WAY_IN)


@stack_rule(
    "network-egress-open",
    SECURITY_GROUP,
    DEFAULT_SECURITY_GROUP,
    SECURITY_GROUP_RULE,
    EGRESS_RULE,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Only web ports of the internet can be reached from inside",
    why="A task that is taken over can send data out by any port, and open a way back in.",
    url="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    controls=("CKV_AWS_382",),
    good=_group(
        egress=[{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}]
    ),
    bad=_group(
        egress=[{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}]
    ),
)
def egress_open(resource: Resource, graph: Graph, config: EgressOpen) -> Findings:
    """A group without egress passes: the provider removes the rule that AWS adds by itself."""
    return _judge(resource, graph, config, WAY_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blocks:
    """The address blocks at the other end of a rule.

    Attributes:
        own: Those that the rule itself has.
        listed: Those of prefix lists.
        lists: What the prefix lists are called in the program.
        missed: What could not be read.
    """

    own: list[Block]
    listed: list[Block]
    lists: list[str]
    missed: list[Unreadable]


def _blocks(grant: Grant, source: Resource, graph: Graph) -> _Blocks:
    own, missed = grant.blocks()
    found = _Blocks(own=own, listed=[], lists=[], missed=missed)
    try:
        for prefix_list in named_lists(grant, source, graph):
            blocks, unread = blocks_in(prefix_list, graph)
            found.listed.extend(blocks)
            found.lists.append(prefix_list.name)
            found.missed.extend(unread)
    except Unreadable as unreadable:
        found.missed.append(unreadable)
    return found


def _judge(resource: Resource, graph: Graph, config: OpenPorts, way: Opening) -> Findings:
    def judge(grant: Grant) -> Findings:
        blocks = _blocks(grant, resource, graph)
        wide = _wide([*blocks.own, *blocks.listed], config)
        if not wide and not blocks.missed:
            return
        traffic = grant.traffic()
        if not traffic.has_ports or _is_allowed(traffic, config):
            return
        if not wide:
            yield from blocks.missed
            return
        problem = way.wording.format(blocks=" and ".join(map(str, wide)), traffic=traffic)
        if not _wide(blocks.own, config):
            problem += f", through the prefix list {listed(blocks.lists)}"
        yield Finding(
            problem=f"{grant.place}{problem}",
            wanted=f"{_allowed(traffic, config)} of {way.rule_id})",
            fix=way.fix,
            place=f"rule {grant.path}",
        )

    yield from judge_each(own_grants(resource, way.direction, graph), judge)


def _allowed(traffic: Traffic, config: OpenPorts) -> str:
    """The beginning of what is wanted: what may be open, and the setting that says so."""
    what, allowed, setting = (
        ("protocols", config.allowed_protocols, "allowedProtocols")
        if traffic.is_named_by_protocol
        else ("ports", config.allowed_ports, "allowedPorts")
    )
    exceptions = f" but {listed(allowed)}" if allowed else ""
    return f"no {what}{exceptions} (`{setting}`"


def _wide(blocks: Iterable[Block], config: OpenPorts) -> tuple[Block, ...]:
    return open_blocks(
        blocks,
        shortest_ipv4=config.min_ipv4_prefix_bits,
        shortest_ipv6=config.min_ipv6_prefix_bits,
    )


def _is_allowed(traffic: Traffic, config: OpenPorts) -> bool:
    if traffic.is_named_by_protocol:
        return traffic.protocol in config.allowed_protocols
    return traffic.stays_within(config.allowed_ports)


TRANSPORTS = {
    "HTTP": ("tcp",),
    "HTTPS": ("tcp",),
    "TCP": ("tcp",),
    "TLS": ("tcp",),
    "UDP": ("udp",),
    "TCP_UDP": ("tcp", "udp"),
    "QUIC": ("udp",),
    "TCP_QUIC": ("tcp", "udp"),
}
"""The transports of a listener's protocol.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
"""


@stack_rule(
    "network-listener-port-open",
    *LISTENERS,
    together=True,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="The security groups of a load balancer open the ports that it listens on",
    why="A listener whose port no security group opens is never reached: clients time out, and "
    "the load balancer itself shows no error.",
    remedy="Add a rule for the listener's port to a security group of the load balancer, or "
    "change the port",
    url="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html",
    good=(
        Example(type=SECURITY_GROUP, name="balancer", properties={}),
        Example(
            type=INGRESS_RULE,
            name="https",
            properties={"ipProtocol": "tcp", "fromPort": 443, "toPort": 443},
            references={"securityGroupId": ("balancer",)},
        ),
        Example(
            type="aws:lb/loadBalancer:LoadBalancer",
            name="web",
            references={"securityGroups": ("balancer",)},
        ),
        Example(
            type="aws:lb/listener:Listener",
            name="https-listener",
            properties={"port": 443, "protocol": "HTTPS"},
            references={"loadBalancerArn": ("web",)},
        ),
    ),
    bad=(
        Example(type=SECURITY_GROUP, name="balancer", properties={}),
        Example(
            type="aws:lb/loadBalancer:LoadBalancer",
            name="web",
            references={"securityGroups": ("balancer",)},
        ),
        Example(
            type="aws:lb/listener:Listener",
            name="https-listener",
            properties={"port": 443, "protocol": "HTTPS"},
            references={"loadBalancerArn": ("web",)},
        ),
    ),
)
def listener_port_open(graph: Graph) -> Findings:
    """Judges load balancers whose security groups are all in the stack, whatever the source.

    One missing rule is one finding, however many listeners wait for it.
    """
    found, unread = survey(graph.of_type(*LISTENERS), lambda listener: _doors(listener, graph))
    yield from unread
    waiting: dict[tuple[str, float, frozenset[Resource]], list[_Door]] = {}
    for _, doors in found:
        for door in doors:
            key = (door.transport, door.port, frozenset(door.groups))
            waiting.setdefault(key, []).append(door)
    told: dict[tuple[str, Named | None], Unreadable] = {}
    for same in waiting.values():
        door, *_ = same
        grants, missed = _ingress(door.groups, graph)
        if any(_opens(grant, door.transport, door.port) for grant in grants):
            continue
        told.update({(each.path, each.resource): each for each in missed})
        if not missed:
            yield _closed(same)
    yield from told.values()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Door:
    """A transport and port on which a listener waits, behind the groups of its load balancer."""

    listener: Resource
    balancer: Resource
    groups: tuple[Resource, ...]
    transport: str
    port: float


def _doors(listener: Resource, graph: Graph) -> list[_Door]:
    port = listener.number("port")
    transports = TRANSPORTS.get(protocol_of(listener), ())
    if port is None:
        return []
    behind = [
        (balancer, graph.referenced(balancer, "securityGroups", *GROUP_TYPES))
        for balancer in graph.referenced(listener, "loadBalancerArn", *LOAD_BALANCERS)
    ]
    return [
        _Door(listener=listener, balancer=balancer, groups=groups, transport=transport, port=port)
        for balancer, groups in behind
        if groups and not _names_others(balancer, groups)
        for transport in transports
    ]


def _closed(doors: Sequence[_Door]) -> Finding:
    """The finding about a port that no group opens, on the first listener that waits for it."""
    door = doors[0]
    balancers = tuple(dict.fromkeys(each.balancer for each in doors))
    _, *others = dict.fromkeys(each.listener for each in doors)
    traffic = f"{door.transport} port {door.port}"
    verb = "do" if others[1:] else "does"
    beside = f", as {verb} {listed(other.name for other in others)}" if others else ""
    return Finding(
        problem=f"listens on {traffic}{beside}, which no security group of "
        f"{listed(balancer.name for balancer in balancers)} opens: "
        f"{listed(group.name for group in door.groups)}",
        wanted=f"an ingress rule for {traffic}",
        part=traffic,
        related=(*balancers, *door.groups, *others),
        fix="Add the rule to one of these groups, or change the listener's port",
        resource=door.listener,
    )


def _names_others(balancer: Resource, groups: Sequence[Resource]) -> bool:
    """Whether a group from outside the stack is named, of which nothing is known."""
    given = balancer.values.get("securityGroups")
    names = given if isinstance(given, Sequence) and not isinstance(given, str) else ()
    known = {group.values.get("id") for group in groups}
    return any(isinstance(name, str) and name not in known for name in names)


def _ingress(groups: Sequence[Resource], graph: Graph) -> tuple[list[Grant], list[Unreadable]]:
    """The ingress rules of the groups whose traffic can be read, and what cannot be read."""
    attached = graph.links("securityGroupId", of=RULE_TYPES, to=GROUP_TYPES)
    inline = [group for group in groups if is_given(group, Direction.INGRESS)]
    rules = dict.fromkeys(rule for group in groups for rule in attached.to(group))
    found, missed = survey([*inline, *rules], lambda source: list(_readable(source)))
    return [grant for _, grants in found for grant in grants], [*attached.missed, *missed]


def _readable(source: Resource) -> Iterator[Grant]:
    for grant in grants_of(source, Direction.INGRESS):
        grant.traffic()
        yield grant


def _opens(grant: Grant, transport: str, port: float) -> bool:
    return grant.traffic().reaches(transport, port)
