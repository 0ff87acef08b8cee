"""Subnets: a VPC's block split in four."""

import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from components.conventions import subnet_cidr_blocks


@given(st.integers(16, 24), st.integers(0, 255))
def test_subnets_fill_the_vpc_and_do_not_overlap(prefix: int, second: int) -> None:
    vpc = ipaddress.IPv4Network(f"10.{second}.0.0/{prefix}")
    subnets = [ipaddress.IPv4Network(block) for block in subnet_cidr_blocks(str(vpc))]
    assert list(ipaddress.collapse_addresses(subnets)) == [vpc]
    assert sum(subnet.num_addresses for subnet in subnets) == vpc.num_addresses
    assert len(subnets) == 4
