"""How many resources of a type there may be."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.rules.cost.services import resource_count
from aws_policy_pack.testing import Example, analyze_stack

NAT = "aws:ec2/natGateway:NatGateway"
LB = "aws:lb/loadBalancer:LoadBalancer"
ALB = "aws:alb/loadBalancer:LoadBalancer"
CLASSIC = "aws:elb/loadBalancer:LoadBalancer"


ONE_EACH = {"maxByType": {NAT: 1, LB: 1, CLASSIC: 1}}


def stack(*kinds: str) -> list[Example]:
    return [Example(type=kind, name=f"r{number}") for number, kind in enumerate(kinds, start=1)]


def said(token: str, count: int, names: str, cap: int) -> str:
    return (
        f"there are {count} resources of type {token} ({names}); wanted at most {cap} "
        f"(`maxByType.{token}` of cost-resource-count). Fix: Share what there is, or raise the cap "
        f"in the pack's config. {resource_count.url}"
    )


@pytest.mark.parametrize(
    ("resources", "config", "about", "expected"),
    [
        pytest.param([NAT, NAT], ONE_EACH, "r2", said(NAT, 2, "r1, r2", 1), id="two NAT gateways"),
        pytest.param([LB, LB], ONE_EACH, "r2", said(LB, 2, "r1, r2", 1), id="two load balancers"),
        pytest.param(
            [ALB, ALB], ONE_EACH, "r2", said(LB, 2, "r1, r2", 1), id="by their other name"
        ),
        pytest.param([ALB, LB], ONE_EACH, "r2", said(LB, 2, "r1, r2", 1), id="under both names"),
        pytest.param(
            [CLASSIC, CLASSIC], ONE_EACH, "r2", said(CLASSIC, 2, "r1, r2", 1), id="classic ones"
        ),
        pytest.param(
            [NAT, NAT, NAT, NAT],
            {"maxByType": {NAT: 2}},
            "r3",
            said(NAT, 4, "r1, r2, r3, r4", 2),
            id="a cap of one's own: the first too many",
        ),
        pytest.param(
            [LB],
            {"maxByType": {ALB: 0}},
            "r1",
            said(ALB, 1, "r1", 0),
            id="a cap on the other name",
        ),
    ],
)
def test_resources_over_the_cap_are_found(
    resources: list[str], config: Mapping[str, object], about: str, expected: str
) -> None:
    found = analyze_stack(resource_count, stack(*resources), config=config)
    assert [(report.name, report.message) for report in found] == [(about, f"{about}: {expected}")]


@pytest.mark.parametrize(
    ("resources", "config"),
    [
        pytest.param([], {}, id="an empty stack"),
        pytest.param([NAT, LB, CLASSIC], ONE_EACH, id="one of each"),
        pytest.param([NAT, NAT], {"maxByType": {NAT: 2}}, id="the cap"),
        pytest.param([NAT, NAT, LB, LB, CLASSIC, CLASSIC], {}, id="nobody set a cap"),
        pytest.param([LB, LB], {"maxByType": {NAT: 1}}, id="a cap on another type"),
        pytest.param(
            ["aws:lb/listener:Listener", "aws:alb/listener:Listener"],
            ONE_EACH,
            id="another type",
        ),
    ],
)
def test_resources_within_the_cap_pass(resources: list[str], config: Mapping[str, object]) -> None:
    assert analyze_stack(resource_count, stack(*resources), config=config) == []


def test_each_type_has_its_own_finding() -> None:
    found = analyze_stack(resource_count, stack(NAT, LB, NAT, LB), config=ONE_EACH)
    assert {report.name for report in found} == {"r3", "r4"}
