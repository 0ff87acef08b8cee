"""Which security group rules open ports to the internet."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules.network.grants import (
    DEFAULT_SECURITY_GROUP,
    EGRESS_RULE,
    INGRESS_RULE,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
)
from aws_policy_pack.rules.network.openness import egress_open, ingress_open
from aws_policy_pack.testing import UNKNOWN, Example, Report, analyze_stack
from tests.policies.rules import reading

URL = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18"


def inline(**properties: object) -> dict[str, object]:
    return {
        "protocol": "tcp",
        "fromPort": 5432,
        "toPort": 5432,
        "cidrBlocks": ["0.0.0.0/0"],
        **properties,
    }


def analyze(
    rule: AnyRule,
    properties: Mapping[str, object],
    *,
    type: str = SECURITY_GROUP,  # noqa: A002 - Pulumi's word
    config: Mapping[str, object] | None = None,
    references: Mapping[str, tuple[str, ...]] | None = None,
) -> list[Report]:
    subject = Example(type=type, name="subject", properties=properties, references=references or {})
    source = Example(type="test:index:Source", name="source")
    return analyze_stack(rule, [source, subject], config=config)


def problems(
    properties: Mapping[str, object],
    *,
    type: str = SECURITY_GROUP,  # noqa: A002 - Pulumi's word
    config: Mapping[str, object] | None = None,
) -> list[str]:
    """What an ingress rule is said to do wrong, without what is wanted."""
    found = analyze(ingress_open, properties, type=type, config=config)
    return reading.problems(found)


def test_a_finding_names_the_rule_the_block_and_the_port() -> None:
    [report] = analyze(ingress_open, {"ingress": [inline()]})
    assert report.level == "mandatory"
    assert report.message == (
        "subject: `ingress[0]` lets 0.0.0.0/0 in on tcp port 5432; wanted no ports but 80, 443 "
        "(`allowedPorts` of network-ingress-open). Fix: Name the security group or the narrow "
        f"block that needs the port as the source. {URL}"
    )


@pytest.mark.parametrize(
    ("rule", "traffic"),
    [
        pytest.param({"protocol": "-1", "fromPort": 0, "toPort": 0}, "all traffic", id="minus 1"),
        pytest.param({"protocol": "all"}, "all traffic", id="the word all"),
        pytest.param({"protocol": None}, "all traffic", id="no protocol"),
        pytest.param({"protocol": "TCP", "fromPort": 22, "toPort": 22}, "tcp port 22", id="case"),
        pytest.param({"protocol": "6", "fromPort": 22, "toPort": 22}, "tcp port 22", id="6 is tcp"),
        pytest.param({"protocol": "17", "toPort": 5433}, "udp ports 5432 to 5433", id="17 is udp"),
        pytest.param({"protocol": "4"}, "protocol 4", id="a protocol without a name"),
        pytest.param({"protocol": "47"}, "protocol gre", id="a protocol without ports"),
        pytest.param(
            {"protocol": "132", "fromPort": 443, "toPort": 443},
            "protocol sctp",
            id="a protocol whose ports mean nothing",
        ),
        pytest.param({"fromPort": 80, "toPort": 81}, "tcp ports 80 to 81", id="one port too many"),
        pytest.param({"fromPort": 443, "toPort": 80}, "tcp ports 443 to 80", id="backwards"),
        pytest.param({"fromPort": 80, "toPort": 443}, "tcp ports 80 to 443", id="a range between"),
        pytest.param({"fromPort": 0, "toPort": 65535}, "all tcp ports", id="every port"),
        pytest.param({"fromPort": None, "toPort": None}, "all tcp ports", id="no ports named"),
        pytest.param({"fromPort": -1, "toPort": -1}, "all tcp ports", id="minus 1 as port"),
        pytest.param({"fromPort": 443, "toPort": None}, "tcp ports 443 to 65535", id="no end"),
        pytest.param({"fromPort": None, "toPort": 80}, "tcp ports 0 to 80", id="no start"),
        pytest.param({"fromPort": 0, "toPort": 0}, "tcp port 0", id="port 0 is one port"),
        pytest.param({"fromPort": "22", "toPort": "22"}, "tcp port 22", id="numbers as text"),
    ],
)
def test_traffic_other_than_the_allowed_ports_is_found(
    rule: Mapping[str, object], traffic: str
) -> None:
    assert problems({"ingress": [inline(**rule)]}) == [
        f"subject: `ingress[0]` lets 0.0.0.0/0 in on {traffic}"
    ]


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param({"fromPort": 443, "toPort": 443}, id="an allowed port"),
        pytest.param({"protocol": "udp", "fromPort": 443, "toPort": 443}, id="QUIC"),
        pytest.param({"protocol": "icmp", "fromPort": -1, "toPort": -1}, id="icmp"),
        pytest.param({"protocol": "58"}, id="icmpv6 by number"),
        pytest.param({"protocol": "1"}, id="icmp by number"),
        pytest.param({"protocol": "50"}, id="esp by number"),
        pytest.param({"protocol": "AH"}, id="ah by name"),
        pytest.param({"cidrBlocks": ["10.0.0.0/16"]}, id="a private block"),
        pytest.param({"cidrBlocks": ["203.0.113.7/32"]}, id="one address"),
        pytest.param({"cidrBlocks": []}, id="no block"),
        pytest.param({"cidrBlocks": None}, id="a null block"),
        pytest.param({"cidrBlocks": [], "securityGroups": [UNKNOWN]}, id="a group"),
        pytest.param({"cidrBlocks": [], "prefixListIds": ["pl-1"]}, id="a prefix list"),
        pytest.param({"cidrBlocks": ["10.0.0.0/16"], "fromPort": UNKNOWN}, id="private, no port"),
        pytest.param({"cidrBlocks": UNKNOWN, "fromPort": 80, "toPort": 80}, id="allowed, no block"),
    ],
)
def test_what_opens_nothing_else_passes(rule: Mapping[str, object]) -> None:
    assert analyze(ingress_open, {"ingress": [inline(**rule)]}) == []


@pytest.mark.parametrize(
    ("blocks", "shown"),
    [
        pytest.param({"cidrBlocks": [], "ipv6CidrBlocks": ["::/0"]}, "::/0", id="IPv6"),
        pytest.param({"ipv6CidrBlocks": ["::/0"]}, "0.0.0.0/0 and ::/0", id="both"),
        pytest.param({"cidrBlocks": ["0.0.0.0/1", "128.0.0.0/1"]}, "0.0.0.0/0", id="halves"),
        pytest.param({"cidrBlocks": ["9.9.9.9/0"]}, "0.0.0.0/0", id="host bits"),
        pytest.param({"cidrBlocks": "0.0.0.0/0"}, "0.0.0.0/0", id="one block without a list"),
        pytest.param({"cidrBlocks": ["10.0.0.0/8", "0.0.0.0/0"]}, "0.0.0.0/0", id="the second"),
        pytest.param({"cidrBlocks": [UNKNOWN, "0.0.0.0/0"]}, "0.0.0.0/0", id="beside an unknown"),
        pytest.param({"cidrBlocks": ["0.0.0.0/0", 7]}, "0.0.0.0/0", id="beside a number"),
        pytest.param({"cidrBlocks": UNKNOWN, "ipv6CidrBlocks": ["::/0"]}, "::/0", id="IPv6 alone"),
    ],
)
def test_the_whole_internet_is_found_in_whatever_form(
    blocks: Mapping[str, object], shown: str
) -> None:
    assert problems({"ingress": [inline(**blocks)]}) == [
        f"subject: `ingress[0]` lets {shown} in on tcp port 5432"
    ]


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        pytest.param({"ingress": UNKNOWN}, "`ingress` is not known yet", id="the whole list"),
        pytest.param({"ingress": "x"}, "`ingress[0]` is the text 'x', not an object", id="a text"),
        pytest.param(
            {"ingress": [inline(cidrBlocks=UNKNOWN)]},
            "`ingress[0].cidrBlocks` is not known yet",
            id="the blocks",
        ),
        pytest.param(
            {"ingress": [inline(cidrBlocks=["10.0.0.0/8", UNKNOWN])]},
            "`ingress[0].cidrBlocks[1]` is not known yet",
            id="one block",
        ),
        pytest.param(
            {"ingress": [inline(cidrBlocks=[], ipv6CidrBlocks=UNKNOWN)]},
            "`ingress[0].ipv6CidrBlocks` is not known yet",
            id="the IPv6 blocks",
        ),
        pytest.param(
            {"ingress": [inline(fromPort=UNKNOWN)]},
            "`ingress[0].fromPort` is not known yet",
            id="the port",
        ),
        pytest.param(
            {"ingress": [inline(protocol=UNKNOWN)]},
            "`ingress[0].protocol` is not known yet",
            id="the protocol",
        ),
        pytest.param(
            {"ingress": [inline(cidrBlocks=["everywhere"])]},
            "`ingress[0].cidrBlocks` has 'everywhere', not a block of addresses",
            id="no block of addresses",
        ),
        pytest.param(
            {"ingress": [inline(cidrBlocks={"a": 1})]},
            "`ingress[0].cidrBlocks` is an object, not a list",
            id="an object",
        ),
    ],
)
def test_what_cannot_be_read_is_said(properties: Mapping[str, object], reason: str) -> None:
    [report] = analyze(ingress_open, properties, references={"ingress": ("source",)})
    assert report.text == f"not evaluated: subject: {reason}"
    assert report.level == "advisory"


def test_an_unreadable_rule_does_not_hide_an_open_one() -> None:
    rules = [inline(fromPort=UNKNOWN), inline(), inline(fromPort=22, toPort=22)]
    assert problems({"ingress": rules}) == [
        "subject: `ingress[1]` lets 0.0.0.0/0 in on tcp port 5432",
        "subject: `ingress[2]` lets 0.0.0.0/0 in on tcp port 22",
        "not evaluated: subject: `ingress[0].fromPort` is not known yet",
    ]


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        pytest.param(
            SECURITY_GROUP_RULE,
            {
                "type": "ingress",
                "protocol": "tcp",
                "fromPort": 22,
                "toPort": 22,
                "cidrBlocks": ["0.0.0.0/0"],
            },
            id="SecurityGroupRule",
        ),
        pytest.param(
            INGRESS_RULE,
            {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv4": "0.0.0.0/0"},
            id="SecurityGroupIngressRule",
        ),
    ],
)
def test_rules_in_resources_of_their_own_count(
    type_: str, properties: Mapping[str, object]
) -> None:
    assert problems(properties, type=type_) == ["subject: lets 0.0.0.0/0 in on tcp port 22"]


def test_ipv6_of_an_ingress_rule_counts() -> None:
    rule = {"ipProtocol": "-1", "cidrIpv6": "::/0"}
    assert problems(rule, type=INGRESS_RULE) == ["subject: lets ::/0 in on all traffic"]


def test_a_block_of_an_ingress_rule_that_is_none_is_said() -> None:
    rule = {"ipProtocol": "tcp", "cidrIpv4": "anywhere"}
    assert problems(rule, type=INGRESS_RULE) == [
        "not evaluated: subject: `cidrIpv4` has 'anywhere', not a block of addresses"
    ]


def test_inline_rules_of_a_default_group_count() -> None:
    assert problems({"ingress": [inline()]}, type=DEFAULT_SECURITY_GROUP) == [
        "subject: `ingress[0]` lets 0.0.0.0/0 in on tcp port 5432"
    ]


def test_an_egress_rule_opens_no_way_in() -> None:
    rule = {"type": "egress", "protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}
    assert analyze(ingress_open, rule, type=SECURITY_GROUP_RULE) == []
    assert analyze(ingress_open, {"egress": [inline()]}) == []


def test_a_group_without_rules_passes() -> None:
    assert analyze(ingress_open, {}) == []
    assert analyze(ingress_open, {"ingress": None}) == []


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param({"allowedPorts": [5432]}, [], id="the port is allowed"),
        pytest.param(
            {"allowedPorts": []},
            [
                (
                    "subject: `ingress[0]` lets 0.0.0.0/0 in on tcp port 5432; wanted no ports "
                    "(`allowedPorts` of network-ingress-open)"
                )
            ],
            id="no port is allowed",
        ),
        pytest.param({"minIpv4PrefixBits": 0}, [], id="nothing is too wide"),
    ],
)
def test_ports_and_widths_are_configured(config: Mapping[str, object], expected: list[str]) -> None:
    found = analyze(ingress_open, {"ingress": [inline()]}, config=config)
    assert [report.message.partition(". Fix")[0] for report in found] == expected


@pytest.mark.parametrize(
    ("allowed", "wanted"),
    [
        pytest.param(["gre"], None, id="by name"),
        pytest.param(["47"], None, id="by number"),
        pytest.param(
            ["ah"], "no protocols but 'ah' (`allowedProtocols` of network-ingress-open)", id="other"
        ),
        pytest.param([], "no protocols (`allowedProtocols` of network-ingress-open)", id="none"),
    ],
)
def test_a_protocol_is_allowed_by_itself(allowed: list[str], wanted: str | None) -> None:
    config = {"allowedProtocols": allowed, "allowedPorts": [0]}
    found = analyze(ingress_open, {"ingress": [inline(protocol="GRE")]}, config=config)
    assert [report.wanted for report in found] == ([] if wanted is None else [wanted])


@pytest.mark.parametrize("protocol", ["-1", "tcp"])
def test_all_traffic_and_ports_are_never_allowed_as_a_protocol(protocol: str) -> None:
    config = {"allowedProtocols": ["all", "tcp"]}
    [report] = analyze(ingress_open, {"ingress": [inline(protocol=protocol)]}, config=config)
    assert "`allowedPorts`" in report.wanted


def test_what_only_the_provider_knows_of_a_group_is_not_judged() -> None:
    assert analyze(ingress_open, {"ingress": UNKNOWN}) == []


def test_a_range_may_be_allowed_port_by_port() -> None:
    group = {"ingress": [inline(fromPort=8000, toPort=8002)]}
    assert problems(group, config={"allowedPorts": [8000, 8001, 8002]}) == []
    assert problems(group, config={"allowedPorts": [8000, 8002]}) == [
        "subject: `ingress[0]` lets 0.0.0.0/0 in on tcp ports 8000 to 8002"
    ]


def test_the_width_of_ipv6_is_configured() -> None:
    rule = inline(cidrBlocks=[], ipv6CidrBlocks=["2600::/20"])
    assert problems({"ingress": [rule]}) == []
    assert problems({"ingress": [rule]}, config={"minIpv6PrefixBits": 24}) == [
        "subject: `ingress[0]` lets 2600::/20 in on tcp port 5432"
    ]


def test_open_egress_is_found() -> None:
    rule = inline(protocol="-1", fromPort=0, toPort=0)
    [report] = analyze(egress_open, {"egress": [rule]})
    assert report.level == "advisory"
    assert report.message == (
        "subject: `egress[0]` lets all traffic out to 0.0.0.0/0; wanted no ports but 80, 443 "
        "(`allowedPorts` of network-egress-open). Fix: Name the ports, and the security group or "
        "the narrow block, that are needed. "
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"
    )


@pytest.mark.parametrize(
    ("type_", "properties", "problem"),
    [
        pytest.param(
            SECURITY_GROUP_RULE,
            {"type": "egress", "protocol": "tcp", "cidrBlocks": ["0.0.0.0/0"]},
            "subject: lets all tcp ports out to 0.0.0.0/0",
            id="SecurityGroupRule",
        ),
        pytest.param(
            EGRESS_RULE,
            {"ipProtocol": "-1", "cidrIpv6": "::/0"},
            "subject: lets all traffic out to ::/0",
            id="SecurityGroupEgressRule",
        ),
        pytest.param(
            DEFAULT_SECURITY_GROUP,
            {"egress": [inline()]},
            "subject: `egress[0]` lets tcp port 5432 out to 0.0.0.0/0",
            id="DefaultSecurityGroup",
        ),
    ],
)
def test_egress_is_read_from_each_kind_of_rule(
    type_: str, properties: Mapping[str, object], problem: str
) -> None:
    found = analyze(egress_open, properties, type=type_)
    assert [report.message.partition("; wanted ")[0] for report in found] == [problem]


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        pytest.param(SECURITY_GROUP, {}, id="a group without egress"),
        pytest.param(SECURITY_GROUP, {"ingress": [inline()]}, id="ingress"),
        pytest.param(
            SECURITY_GROUP_RULE,
            {"type": "ingress", "protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]},
            id="an ingress rule",
        ),
        pytest.param(
            EGRESS_RULE,
            {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0"},
            id="an allowed port",
        ),
    ],
)
def test_closed_egress_passes(type_: str, properties: Mapping[str, object]) -> None:
    assert analyze(egress_open, properties, type=type_) == []


def test_egress_has_its_own_ports() -> None:
    group = {"egress": [inline()]}
    assert analyze(egress_open, group, config={"allowedPorts": [5432]}) == []


def test_a_rule_whose_direction_is_not_known_is_said() -> None:
    rule = {"type": UNKNOWN, "protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}
    assert problems(rule, type=SECURITY_GROUP_RULE) == [
        "not evaluated: subject: `type` is not known yet"
    ]
