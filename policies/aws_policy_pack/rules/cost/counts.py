"""How many resources of a type a stack may have."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import Graph
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule

NAT_GATEWAY: Final = "aws:ec2/natGateway:NatGateway"
SAME_MODULES: Final = ("aws:lb/", "aws:alb/")
"""Two names of one module: every type of the one exists in the other."""


class ResourceCount(RuleConfig):
    """How many resources of a type there may be."""

    max_by_type: Mapping[str, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict,
        description="Most resources by type token; aws:lb and aws:alb count together. A type that "
        "is not named has no cap",
    )


@stack_rule(
    "cost-resource-count",
    kind=Kind.CONFIGURED,
    severity=Severity.HIGH,
    summary="There are no more resources of a type than the cap that a profile sets",
    why="NAT gateways and load balancers are billed by the hour even when nothing passes through "
    "them, and a second one is easily made by a component that is used twice.",
    url="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-pricing.html",
    good=(Example(type=NAT_GATEWAY, name="nat", properties={"subnetId": "subnet-1"}),),
    bad=(
        Example(type=NAT_GATEWAY, name="nat-1", properties={"subnetId": "subnet-1"}),
        Example(type=NAT_GATEWAY, name="nat-2", properties={"subnetId": "subnet-2"}),
    ),
    example_config={"maxByType": {NAT_GATEWAY: 1}},
)
def resource_count(graph: Graph, config: ResourceCount) -> Findings:
    """Counts each type with its other name; the finding is about the first resource too many."""
    for token, cap in config.max_by_type.items():
        found = graph.of_type(*_same_types(token))
        if len(found) > cap:
            names = ", ".join(resource.name for resource in found)
            yield Finding(
                problem=f"there are {len(found)} resources of type {token} ({names})",
                wanted=f"at most {cap} (`maxByType.{token}` of cost-resource-count)",
                fix="Share what there is, or raise the cap in the pack's config",
                resource=found[cap],
            )


def _same_types(token: str) -> tuple[str, ...]:
    for module in SAME_MODULES:
        if token.startswith(module):
            return tuple(other + token.removeprefix(module) for other in SAME_MODULES)
    return (token,)
