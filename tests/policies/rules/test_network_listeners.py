"""Security groups of load balancers open what the load balancers listen on."""

from dataclasses import replace

import pytest

from aws_policy_pack.rules.network.grants import (
    DEFAULT_SECURITY_GROUP,
    EGRESS_RULE,
    INGRESS_RULE,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
)
from aws_policy_pack.rules.network.openness import listener_port_open
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from tests.policies.rules import reading

URL = (
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
    "load-balancer-update-security-groups.html"
)


def group(name: str = "doors", /, kind: str = SECURITY_GROUP, **properties: object) -> Example:
    return Example(type=kind, name=name, properties={"id": f"sg-{name}", **properties})


def rule(kind: str = INGRESS_RULE, target: str = "doors", /, **properties: object) -> Example:
    return Example(
        type=kind, name="rule", properties=properties, references={"securityGroupId": (target,)}
    )


def balancer(*groups: str, family: str = "lb", **properties: object) -> Example:
    return Example(
        type=f"aws:{family}/loadBalancer:LoadBalancer",
        name="web",
        properties=properties,
        references={"securityGroups": groups},
    )


def listener(family: str = "lb", /, **properties: object) -> Example:
    return Example(
        type=f"aws:{family}/listener:Listener",
        name="listener",
        properties={"port": 443, "protocol": "HTTPS", **properties},
        references={"loadBalancerArn": ("web",)},
    )


def problems(*resources: Example) -> list[str]:
    found = analyze_stack(listener_port_open, resources)
    return reading.problems(found)


CLOSED = "listener: listens on tcp port 443, which no security group of 'web' opens: 'doors'"
OPEN = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443}


def test_a_port_that_no_group_opens_is_found() -> None:
    [report] = analyze_stack(listener_port_open, [group(), balancer("doors"), listener()])
    assert report.level == "advisory"
    assert report.name == "listener"
    assert report.message == (
        f"{CLOSED}; wanted an ingress rule for tcp port 443. Fix: Add the rule to one of these "
        f"groups, or change the listener's port. {URL}"
    )


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param([rule(**OPEN)], id="a rule for the port"),
        pytest.param([rule(**{**OPEN, "fromPort": 400})], id="a range that ends with it"),
        pytest.param([rule(**{**OPEN, "toPort": 500})], id="a range that begins with it"),
        pytest.param([rule(ipProtocol="-1")], id="a rule for everything"),
        pytest.param([rule(**OPEN, cidrIpv4=UNKNOWN)], id="a source not known yet"),
        pytest.param(
            [rule(SECURITY_GROUP_RULE, type="ingress", protocol="tcp", fromPort=1, toPort=999)],
            id="a rule of the older kind",
        ),
        pytest.param([rule(ipProtocol=UNKNOWN), rule(**OPEN)], id="beside an unknown rule"),
    ],
)
def test_a_port_that_a_rule_opens_passes(rules: list[Example]) -> None:
    named = [
        Example(type=r.type, name=f"rule-{i}", properties=r.properties, references=r.references)
        for i, r in enumerate(rules)
    ]
    assert problems(group(), *named, balancer("doors"), listener()) == []


@pytest.mark.parametrize(
    "closed",
    [
        pytest.param(rule(**{**OPEN, "fromPort": 444, "toPort": 500}), id="ports above"),
        pytest.param(rule(**{**OPEN, "fromPort": 1, "toPort": 442}), id="ports below"),
        pytest.param(rule(**{**OPEN, "ipProtocol": "udp"}), id="another protocol"),
        pytest.param(rule(EGRESS_RULE, **OPEN), id="egress"),
        pytest.param(
            rule(SECURITY_GROUP_RULE, type="egress", protocol="-1"), id="egress of the older kind"
        ),
    ],
)
def test_other_rules_do_not_open_the_port(closed: Example) -> None:
    assert problems(group(), closed, balancer("doors"), listener()) == [CLOSED]


def test_a_rule_of_another_group_does_not_open_the_port() -> None:
    stack = [group(), group("windows"), rule(INGRESS_RULE, "windows", **OPEN)]
    assert problems(*stack, balancer("doors"), listener()) == [CLOSED]


def test_any_group_of_the_load_balancer_may_open_the_port() -> None:
    stack = [group(), group("windows"), rule(INGRESS_RULE, "windows", **OPEN)]
    assert problems(*stack, balancer("doors", "windows"), listener()) == []


def test_all_groups_are_named() -> None:
    stack = [group(), group("windows"), balancer("doors", "windows"), listener()]
    assert problems(*stack) == [f"{CLOSED}, 'windows'"]


def test_every_load_balancer_that_a_listener_may_belong_to_is_judged() -> None:
    without_groups = Example(type="aws:lb/loadBalancer:LoadBalancer", name="other")
    either = replace(listener(), references={"loadBalancerArn": ("other", "web")})
    assert problems(group(), without_groups, balancer("doors"), either) == [CLOSED]


@pytest.mark.parametrize("kind", [SECURITY_GROUP, DEFAULT_SECURITY_GROUP])
def test_inline_rules_open_ports(kind: str) -> None:
    doors = group(kind=kind, ingress=[{"protocol": "tcp", "fromPort": 443, "toPort": 443}])
    assert problems(doors, balancer("doors"), listener()) == []


def test_inline_rules_that_the_provider_is_still_to_fill_in_open_nothing() -> None:
    assert problems(group(ingress=UNKNOWN), balancer("doors"), listener()) == [CLOSED]


@pytest.mark.parametrize("family", ["lb", "alb"])
def test_both_families_of_tokens_count(family: str) -> None:
    stack = [group(), balancer("doors", family=family), listener(family)]
    assert problems(*stack) == [CLOSED]


@pytest.mark.parametrize(
    ("protocol", "transports"),
    [
        pytest.param("HTTP", ["tcp"], id="HTTP"),
        pytest.param("https", ["tcp"], id="https in lower case"),
        pytest.param(None, ["tcp"], id="no protocol is HTTP"),
        pytest.param("TCP", ["tcp"], id="TCP"),
        pytest.param("TLS", ["tcp"], id="TLS"),
        pytest.param("UDP", ["udp"], id="UDP"),
        pytest.param("TCP_UDP", ["tcp", "udp"], id="TCP_UDP"),
        pytest.param("QUIC", ["udp"], id="QUIC"),
        pytest.param("TCP_QUIC", ["tcp", "udp"], id="TCP_QUIC"),
        pytest.param("GENEVE", [], id="a protocol without ports"),
    ],
)
def test_each_transport_of_a_protocol_needs_its_rule(
    protocol: object, transports: list[str]
) -> None:
    assert problems(group(), balancer("doors"), listener(protocol=protocol)) == [
        f"listener: listens on {transport} port 443, which no security group of 'web' opens: "
        "'doors'"
        for transport in transports
    ]


def test_one_rule_may_open_one_of_two_transports() -> None:
    stack = [group(), rule(**OPEN), balancer("doors"), listener(protocol="TCP_UDP")]
    assert problems(*stack) == [
        "listener: listens on udp port 443, which no security group of 'web' opens: 'doors'"
    ]


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param([balancer(), listener()], id="no groups"),
        pytest.param([group(), balancer("doors"), listener(port=None)], id="no port"),
        pytest.param(
            [group(), balancer("doors", securityGroups=["sg-doors", "sg-x"]), listener()],
            id="a group from outside",
        ),
        pytest.param(
            [balancer(securityGroups=["sg-x"]), listener()], id="only groups from outside"
        ),
    ],
)
def test_load_balancers_whose_groups_are_elsewhere_pass(stack: list[Example]) -> None:
    assert problems(*stack) == []


@pytest.mark.parametrize(
    "groups",
    [
        pytest.param(["sg-doors"], id="its id"),
        pytest.param([UNKNOWN], id="an id not known yet"),
        pytest.param(UNKNOWN, id="a list not known yet"),
    ],
)
def test_the_groups_are_followed_whatever_is_known_of_them(groups: object) -> None:
    stack = [group(), balancer("doors", securityGroups=groups), listener()]
    assert problems(*stack) == [CLOSED]


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        pytest.param(
            [rule(ipProtocol="tcp", fromPort=UNKNOWN)],
            "rule: `fromPort` is not known yet",
            id="the ports of a rule",
        ),
        pytest.param(
            [Example(type=INGRESS_RULE, name="rule", properties={"securityGroupId": UNKNOWN})],
            "rule: `securityGroupId` is not known yet",
            id="the group of a rule",
        ),
    ],
)
def test_what_cannot_be_read_is_said(resources: list[Example], reason: str) -> None:
    assert problems(group(), *resources, balancer("doors"), listener()) == [
        f"not evaluated: {reason}"
    ]


def test_what_cannot_be_read_is_said_once_for_two_transports() -> None:
    stack = [group(), rule(ipProtocol=UNKNOWN), balancer("doors"), listener(protocol="TCP_UDP")]
    assert problems(*stack) == ["not evaluated: rule: `ipProtocol` is not known yet"]


def test_a_listener_that_is_not_known_is_said() -> None:
    assert problems(group(), balancer("doors"), listener(port=UNKNOWN)) == [
        "not evaluated: listener: `port` is not known yet"
    ]


def test_a_protocol_that_the_provider_fills_in_is_http() -> None:
    assert problems(group(), balancer("doors"), listener(protocol=UNKNOWN)) == [CLOSED]


def also(name: str, of: str = "web", **properties: object) -> Example:
    """Another listener."""
    return replace(listener(**properties), name=name, references={"loadBalancerArn": (of,)})


def second(*groups: str) -> Example:
    """Another load balancer."""
    return replace(balancer(*groups), name="api")


def test_a_port_that_several_load_balancers_wait_for_is_one_finding() -> None:
    stack = [group(), balancer("doors"), second("doors"), listener(), also("green", "api")]
    [report] = analyze_stack(listener_port_open, stack)
    assert report.name == "listener"
    assert report.problem == (
        "listens on tcp port 443, as does 'green', which no security group of 'web', 'api' opens: "
        "'doors'"
    )
    assert report.part == "tcp port 443"
    assert [urn.rpartition("::")[2] for urn in report.related] == ["web", "api", "doors", "green"]


@pytest.mark.parametrize("protocols", [("HTTPS", "TLS"), ("TCP", "TCP_UDP")])
def test_a_port_that_several_listeners_wait_for_is_one_finding(protocols: tuple[str, str]) -> None:
    first, other = protocols
    stack = [listener(protocol=first), also("blue", protocol=other), also("red", protocol=other)]
    told = problems(group(), balancer("doors"), *stack)
    assert told[0] == (
        "listener: listens on tcp port 443, as do 'blue', 'red', which no security group of 'web' "
        "opens: 'doors'"
    )
    assert len(told) == len({"TCP_UDP"} & {*protocols}) + 1


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(also("other", port=80), id="another port"),
        pytest.param(also("other", protocol="UDP"), id="another transport"),
        pytest.param(also("other", "api"), id="other groups"),
    ],
)
def test_each_missing_rule_is_a_finding(other: Example) -> None:
    stack = [group(), group("windows"), balancer("doors"), second("windows")]
    told = problems(*stack, listener(), other)
    assert [text.partition(":")[0] for text in told] == ["listener", "other"]


def test_groups_in_another_order_are_the_same() -> None:
    stack = [group(), group("windows"), balancer("doors", "windows"), second("windows", "doors")]
    assert len(problems(*stack, listener(), also("green", "api"))) == 1


def test_what_cannot_be_read_is_said_once_for_several_listeners() -> None:
    stack = [group(), rule(ipProtocol=UNKNOWN), balancer("doors"), listener(), also("b", port=80)]
    assert problems(*stack) == ["not evaluated: rule: `ipProtocol` is not known yet"]


def test_a_listener_that_is_not_known_does_not_hide_another() -> None:
    stack = [group(), balancer("doors"), also("unknown", port=UNKNOWN), listener()]
    assert problems(*stack) == [CLOSED, "not evaluated: unknown: `port` is not known yet"]
