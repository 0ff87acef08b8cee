"""Security group rules that open ports to, or from, the whole internet."""

from typing import Annotated

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.parts import judge_each
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.network.addresses import open_blocks
from aws_policy_pack.rules.network.grants import (
    DEFAULT_SECURITY_GROUP,
    EGRESS_RULE,
    INGRESS_RULE,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
    Direction,
    Grant,
    grants_of,
)
from aws_policy_pack.rules.network.traffic import LAST_PORT
from aws_policy_pack.wording import listed

Port = Annotated[int, Field(ge=0, le=LAST_PORT)]


class OpenPorts(RuleConfig):
    """What counts as the internet, and which ports may be open to it."""

    allowed_ports: tuple[Port, ...] = Field(
        default=(80, 443), description="TCP and UDP ports that may be open to the internet"
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


@resource_rule(
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
    good={
        "ingress": [
            {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]},
            {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["10.0.0.0/16"]},
        ]
    },
    bad={
        "ingress": [
            {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["0.0.0.0/0"]}
        ]
    },
)
def ingress_open(resource: Resource, config: IngressOpen) -> Findings:
    """Merges the blocks of a rule, so that two halves of the internet are the whole.

    ICMP has no ports and opens no service, so it passes, as with EC2.18.
    """

    def judge(grant: Grant) -> Findings:
        return _judge(
            grant,
            config,
            wording="lets {blocks} in on {traffic}",
            rule_id="network-ingress-open",
            fix="Name the security group or the narrow block that needs the port as the source",
        )

    yield from judge_each(grants_of(resource, Direction.INGRESS), judge)


@resource_rule(
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
    good={
        "egress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}]
    },
    bad={"egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}]},
)
def egress_open(resource: Resource, config: EgressOpen) -> Findings:
    """A group without egress passes: the provider removes the rule that AWS adds by itself."""

    def judge(grant: Grant) -> Findings:
        return _judge(
            grant,
            config,
            wording="lets {traffic} out to {blocks}",
            rule_id="network-egress-open",
            fix="Name the ports, and the security group or the narrow block, that are needed",
        )

    yield from judge_each(grants_of(resource, Direction.EGRESS), judge)


def _judge(grant: Grant, config: OpenPorts, *, wording: str, rule_id: str, fix: str) -> Findings:
    blocks, missed = grant.blocks()
    wide = open_blocks(
        blocks,
        shortest_ipv4=config.min_ipv4_prefix_bits,
        shortest_ipv6=config.min_ipv6_prefix_bits,
    )
    if not wide and not missed:
        return
    traffic = grant.traffic()
    if not traffic.has_ports or traffic.stays_within(config.allowed_ports):
        return
    if not wide:
        yield from missed
        return
    exceptions = f" but {listed(config.allowed_ports)}" if config.allowed_ports else ""
    problem = wording.format(blocks=" and ".join(map(str, wide)), traffic=traffic)
    yield Finding(
        problem=f"{grant.place}{problem}",
        wanted=f"no ports{exceptions} (`allowedPorts` of {rule_id})",
        fix=fix,
        place=f"rule {grant.path}",
    )
