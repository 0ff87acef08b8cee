"""Stacks in which something reaches a database."""

from collections.abc import Mapping

from aws_policy_pack.rules.network.grants import (
    INGRESS_RULE,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
)
from aws_policy_pack.rules.rds.ingress import ingress_from_declared_groups
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from aws_policy_pack.type_tokens import RDS_INSTANCE
from tests.policies.rules.reading import said


def database_behind(
    *groups: str,
    ids: object = UNKNOWN,
    type: str = RDS_INSTANCE,  # noqa: A002 - Pulumi's word
) -> Example:
    return Example(
        type=type,
        name="orders",
        properties={"vpcSecurityGroupIds": ids},
        references={"vpcSecurityGroupIds": groups} if groups else {},
    )


def group(name: str = "database", **properties: object) -> Example:
    return Example(type=SECURITY_GROUP, name=name, properties=properties)


def rule(*, by: str | None = None, **properties: object) -> Example:
    references = {"securityGroupId": ("database",)}
    if by is not None:
        references["referencedSecurityGroupId"] = (by,)
    return Example(
        type=INGRESS_RULE,
        name="rule",
        properties={"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, **properties},
        references=references,
    )


def older_rule(**properties: object) -> Example:
    ports = {"type": "ingress", "protocol": "tcp", "fromPort": 5432, "toPort": 5432}
    names = properties.keys() & {"prefixListIds"}
    return Example(
        type=SECURITY_GROUP_RULE,
        name="rule",
        properties={**ports, **properties},
        references={"securityGroupId": ("database",), **dict.fromkeys(names, ("office",))},
    )


def judged(*rules: Example, config: Mapping[str, object] | None = None) -> list[str]:
    stack = [group(), *rules, database_behind("database")]
    return said(analyze_stack(ingress_from_declared_groups, stack, config=config))


WANTED = (
    "wanted security groups of this stack, and address blocks of at least /24 or /64 "
    "(`minIpv4PrefixBits` and `minIpv6PrefixBits` of rds-ingress-from-declared-groups)"
)
