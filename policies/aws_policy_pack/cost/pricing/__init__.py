"""Pricing functions by resource type: what of a resource is billed, and how often in a month."""

from collections.abc import Mapping
from typing import Final

from aws_policy_pack.cost.charges import Pricing
from aws_policy_pack.cost.pricing import (
    data,
    ec2,
    fargate,
    network,
    operations,
    rds,
)

PRICING: Final[Mapping[str, Pricing]] = {
    type_: pricing
    for module in (fargate, rds, network, ec2, data, operations)
    for type_, pricing in module.PRICING.items()
}
"""Every type that has prices."""
