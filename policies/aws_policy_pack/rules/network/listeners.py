"""Security groups of load balancers, compared with the ports that they listen on."""

from collections.abc import Iterator, Sequence

from aws_policy_pack.given import is_given
from aws_policy_pack.resource import Graph, Resource, Unreadable, survey
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule
from aws_policy_pack.rules.lb.listeners import protocol_of
from aws_policy_pack.rules.lb.types import LISTENERS, LOAD_BALANCERS
from aws_policy_pack.rules.network.grants import (
    GROUP_TYPES,
    INGRESS_RULE,
    RULE_TYPES,
    SECURITY_GROUP,
    Direction,
    Grant,
    grants_of,
)
from aws_policy_pack.wording import listed

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
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="The security groups of a load balancer open the ports that it listens on",
    why="A listener whose port no security group opens is never reached: clients time out, and "
    "the load balancer itself shows no error.",
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
def listener_port_open(listener: Resource, graph: Graph) -> Findings:
    """Judges load balancers whose security groups are all in the stack, whatever the source."""
    port = listener.number("port")
    transports = TRANSPORTS.get(protocol_of(listener), ())
    if port is None:
        return
    for balancer in graph.referenced(listener, "loadBalancerArn", *LOAD_BALANCERS):
        groups = graph.referenced(balancer, "securityGroups", *GROUP_TYPES)
        if not groups or _names_others(balancer, groups):
            continue
        grants, unread = _ingress(groups, graph)
        for transport in transports:
            if any(_opens(grant, transport, port) for grant in grants):
                continue
            if unread:
                yield from unread
                return
            yield Finding(
                problem=f"listens on {transport} port {port}, which no security group of "
                f"{balancer.name!r} opens: {listed(group.name for group in groups)}",
                wanted=f"an ingress rule for {transport} port {port}",
                part=f"{transport} of {balancer.name}",
                related=(balancer, *groups),
                fix="Add the rule to one of these groups, or change the listener's port",
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
