"""Clients reach application load balancers only through TLS."""

from dataclasses import replace
from typing import Any

import pytest

from aws_policy_pack.rules.lb import https
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from tests.policies.rules import reading

URL = "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-1"
FORWARD = {"type": "forward", "targetGroupArn": UNKNOWN}


def redirect(**target: object) -> dict[str, object]:
    return {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", **target}}


def balancer(name: str = "web", /, family: str = "lb") -> Example:
    return Example(type=f"aws:{family}/loadBalancer:LoadBalancer", name=name)


def http(*actions: object, family: str = "lb", **properties: object) -> Example:
    return Example(
        type=f"aws:{family}/listener:Listener",
        name="http",
        properties={"port": 80, "protocol": "HTTP", "defaultActions": actions, **properties},
        references={"loadBalancerArn": ("web",)},
    )


def tls(family: str = "lb", of: str = "web", **properties: object) -> Example:
    return Example(
        type=f"aws:{family}/listener:Listener",
        name="https",
        properties={"port": 443, "protocol": "HTTPS", **properties},
        references={"loadBalancerArn": (of,)},
    )


def rule(*actions: object, family: str = "lb", of: str = "http") -> Example:
    return Example(
        type=f"aws:{family}/listenerRule:ListenerRule",
        name="rule",
        properties={"actions": actions},
        references={"listenerArn": (of,)},
    )


def problems(*resources: Example) -> list[str]:
    found = analyze_stack(https, resources)
    return reading.problems(found)


def test_plain_http_is_found() -> None:
    [report] = analyze_stack(https, [balancer(), http(FORWARD)])
    assert report.level == "advisory"
    assert report.name == "http"
    assert report.message == (
        "http: answers plain HTTP with 'forward'; wanted a redirect to HTTPS. Fix: Make "
        f"`defaultActions` a redirect to HTTPS, and answer at an HTTPS listener. {URL}"
    )


@pytest.mark.parametrize("family", ["lb", "alb"])
def test_a_redirect_to_an_https_listener_passes(family: str) -> None:
    stack = [balancer(family=family), http(redirect(), family=family), tls(family)]
    assert problems(*stack) == []


@pytest.mark.parametrize("family", ["lb", "alb"])
def test_both_names_of_a_listener_and_its_rules_count(family: str) -> None:
    stack = [
        balancer(family=family),
        http(FORWARD, family=family),
        rule(FORWARD, family=family),
    ]
    assert problems(*stack) == [
        "http: answers plain HTTP with 'forward'",
        "rule: answers plain HTTP with 'forward'",
    ]


@pytest.mark.parametrize(
    ("actions", "said_actions"),
    [
        pytest.param([{"type": "fixed-response"}], "'fixed-response'", id="a fixed response"),
        pytest.param([], "nothing", id="no action"),
        pytest.param(
            [{"type": "authenticate-oidc"}, FORWARD], "'authenticate-oidc', 'forward'", id="two"
        ),
    ],
)
def test_every_answer_but_a_redirect_is_found(actions: list[object], said_actions: str) -> None:
    assert problems(balancer(), http(*actions), tls()) == [
        f"http: answers plain HTTP with {said_actions}"
    ]


@pytest.mark.parametrize(
    ("protocol", "shown"),
    [
        pytest.param(None, "not set", id="absent"),
        pytest.param("#{protocol}", "'#{protocol}'", id="the same"),
        pytest.param("HTTP", "'HTTP'", id="HTTP"),
    ],
)
def test_a_redirect_to_plain_http_is_found(protocol: object, shown: str) -> None:
    [report] = analyze_stack(https, [balancer(), http(redirect(protocol=protocol)), tls()])
    assert report.message == (
        f"http: `redirect.protocol` of `defaultActions` is {shown}; wanted 'HTTPS'. Fix: Set "
        f"`redirect.protocol` to 'HTTPS' and `redirect.port` to '443'. {URL}"
    )


@pytest.mark.parametrize(
    ("target", "port"),
    [
        pytest.param({"port": "8443"}, "8443", id="a port without listener"),
        pytest.param({"port": None}, "80", id="the same port by default"),
        pytest.param({"port": "#{port}"}, "80", id="the same port"),
        pytest.param({"port": 444, "host": "#{host}"}, "444", id="the same host by name"),
    ],
)
def test_a_redirect_into_the_void_is_found(target: dict[str, object], port: str) -> None:
    [report] = analyze_stack(https, [balancer(), http(redirect(**target)), tls()])
    assert report.name == "http"
    assert report.message == (
        f"http: redirects to port {port}, where no HTTPS listener is; wanted the port of an HTTPS "
        f"listener of the same load balancer. Fix: Add an HTTPS listener at port {port}, or set "
        f"`redirect.port` to that of another. {URL}"
    )


@pytest.mark.parametrize(
    "target",
    [
        pytest.param({"port": 443}, id="a number"),
        pytest.param({"port": "443", "host": "#{host}"}, id="the same host"),
        pytest.param({"port": "8443", "host": "www.example.com"}, id="another host"),
    ],
)
def test_a_redirect_that_arrives_passes(target: dict[str, object]) -> None:
    assert problems(balancer(), http(redirect(**target)), tls()) == []


VOID = "http: redirects to port 443, where no HTTPS listener is"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(tls(of="other"), id="of another load balancer"),
        pytest.param(tls(protocol="TCP"), id="of another protocol"),
        pytest.param(tls(port=444), id="at another port"),
    ],
)
def test_only_an_https_listener_of_the_same_load_balancer_counts(other: Example) -> None:
    assert problems(balancer(), balancer("other"), http(redirect()), other) == [VOID]


def test_the_listeners_of_a_load_balancer_elsewhere_are_not_looked_for() -> None:
    listener = Example(
        type="aws:lb/listener:Listener",
        name="http",
        properties={
            "port": 80,
            "protocol": "HTTP",
            "loadBalancerArn": "arn:aws:elasticloadbalancing:::loadbalancer/app/a/b",
            "defaultActions": [redirect()],
        },
    )
    assert problems(listener) == []


@pytest.mark.parametrize(
    ("properties", "count"),
    [
        pytest.param({"protocol": None}, 1, id="no protocol is HTTP"),
        pytest.param({"protocol": UNKNOWN}, 1, id="the protocol that the provider fills in"),
        pytest.param({"port": None}, 0, id="HTTP without a port"),
        pytest.param({"protocol": "http"}, 1, id="lower case"),
        pytest.param({"protocol": "TCP"}, 0, id="TCP"),
        pytest.param({"protocol": "HTTPS"}, 0, id="HTTPS"),
        pytest.param({"protocol": None, "port": None}, 0, id="a gateway load balancer"),
    ],
)
def test_only_http_listeners_are_judged(properties: dict[str, Any], count: int) -> None:
    assert len(problems(balancer(), http(FORWARD, **properties))) == count


def test_rules_of_a_listener_have_to_redirect_too() -> None:
    stack = [balancer(), http(redirect()), tls(), rule(FORWARD)]
    [report] = analyze_stack(https, stack)
    assert report.name == "rule"
    assert report.message == (
        "rule: answers plain HTTP with 'forward'; wanted a redirect to HTTPS. Fix: Make `actions` "
        f"a redirect to HTTPS, and answer at an HTTPS listener. {URL}"
    )


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param(rule(redirect()), id="a redirect"),
        pytest.param(rule(FORWARD, of="https"), id="of the HTTPS listener"),
    ],
)
def test_rules_that_redirect_or_speak_tls_pass(extra: Example) -> None:
    assert problems(balancer(), http(redirect()), tls(), extra) == []


@pytest.mark.parametrize(
    ("stack", "reason"),
    [
        pytest.param([http(UNKNOWN)], "http: `defaultActions[0]` is not known yet", id="an action"),
        pytest.param(
            [http(redirect(port=UNKNOWN))],
            "http: `defaultActions[0].redirect.port` is not known yet",
            id="the port of the redirect",
        ),
        pytest.param(
            [
                Example(type="aws:cfg/rule:Rule", name="source"),
                replace(
                    http(FORWARD, protocol=UNKNOWN),
                    references={"loadBalancerArn": ("web",), "protocol": ("source",)},
                ),
            ],
            "http: `protocol` is not known yet",
            id="protocol",
        ),
        pytest.param(
            [http(redirect()), tls(port=UNKNOWN)],
            "https: `port` is not known yet",
            id="the port of the HTTPS listener",
        ),
        pytest.param(
            [http(redirect()), tls(), rule(UNKNOWN)],
            "rule: `actions[0]` is not known yet",
            id="an action of a rule",
        ),
        pytest.param(
            [
                http(redirect()),
                tls(),
                Example(
                    type="aws:lb/listenerRule:ListenerRule",
                    name="stray",
                    properties={"listenerArn": UNKNOWN},
                ),
            ],
            "stray: `listenerArn` is not known yet",
            id="the listener of a rule",
        ),
    ],
)
def test_what_cannot_be_read_is_said(stack: list[Example], reason: str) -> None:
    assert problems(balancer(), *stack) == [f"not evaluated: {reason}"]


def test_an_unknown_listener_beside_the_right_one_does_no_harm() -> None:
    stray = Example(
        type="aws:lb/listener:Listener",
        name="stray",
        properties={"port": UNKNOWN, "protocol": "HTTPS"},
        references={"loadBalancerArn": ("web",)},
    )
    assert problems(balancer(), http(redirect()), tls(), stray) == []
