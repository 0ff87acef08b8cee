"""How a VPC's addresses are divided."""

import ipaddress


def subnet_cidr_blocks(vpc_cidr_block: str) -> list[str]:
    """Splits a VPC's block into four equal ones: the public ones of two zones, then the private."""
    vpc = ipaddress.ip_network(vpc_cidr_block)
    return [str(block) for block in vpc.subnets(prefixlen_diff=2)]
