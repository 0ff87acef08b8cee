"""Which blocks of addresses are as good as the whole internet."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_policy_pack.rules.network.grants import Block, open_blocks


def wide(*texts: str, ipv4: int = 8, ipv6: int = 16) -> list[str]:
    blocks: list[Block] = [ipaddress.ip_network(text) for text in texts]
    return [str(block) for block in open_blocks(blocks, shortest_ipv4=ipv4, shortest_ipv6=ipv6)]


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        pytest.param(["0.0.0.0/0"], ["0.0.0.0/0"], id="all of IPv4"),
        pytest.param(["::/0"], ["::/0"], id="all of IPv6"),
        pytest.param(["::/0", "0.0.0.0/0"], ["0.0.0.0/0", "::/0"], id="all of both"),
        pytest.param(["0.0.0.0/1", "128.0.0.0/1"], ["0.0.0.0/0"], id="two halves"),
        pytest.param(["128.0.0.0/1"], ["128.0.0.0/1"], id="one half"),
        pytest.param(["2000::/3"], ["2000::/3"], id="what is routed of IPv6"),
        pytest.param(["12.0.0.0/7"], ["12.0.0.0/7"], id="one bit too wide"),
        pytest.param(["12.0.0.0/8"], [], id="as wide as allowed"),
    ],
)
def test_public_blocks_that_are_too_wide_are_open(blocks: list[str], expected: list[str]) -> None:
    assert wide(*blocks) == expected


@pytest.mark.parametrize(
    "block",
    [
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
        "fe80::/10",
        "172.20.0.0/14",
    ],
)
def test_private_blocks_are_never_open(block: str) -> None:
    assert wide(block, ipv4=32, ipv6=128) == []


@pytest.mark.parametrize(
    "block",
    [
        pytest.param("10.0.0.0/7", id="that begins private"),
        pytest.param("100.0.0.0/9", id="that ends private"),
        pytest.param("192.160.0.0/12", id="with a private part inside"),
    ],
)
def test_a_block_is_public_that_is_private_only_in_part(block: str) -> None:
    assert wide(block, ipv4=32) == [block]


@pytest.mark.parametrize(
    ("block", "expected"),
    [pytest.param("10.0.0.1/32", [], id="private"), pytest.param("9.9.9.9/32", [], id="public")],
)
def test_a_single_address_is_judged(block: str, expected: list[str]) -> None:
    assert wide(block) == expected


def test_private_blocks_do_not_widen_their_public_neighbours() -> None:
    assert wide("10.0.0.0/8", "11.0.0.0/8") == []


@pytest.mark.parametrize(
    ("block", "bits", "expected"),
    [
        pytest.param("12.0.0.0/16", 16, [], id="IPv4 as wide as allowed"),
        pytest.param("12.0.0.0/16", 17, ["12.0.0.0/16"], id="IPv4 one bit too wide"),
        pytest.param("2600::/32", 32, [], id="IPv6 as wide as allowed"),
        pytest.param("2600::/32", 33, ["2600::/32"], id="IPv6 one bit too wide"),
    ],
)
def test_the_shortest_prefix_is_the_last_that_passes(
    block: str, bits: int, expected: list[str]
) -> None:
    assert wide(block, ipv4=bits, ipv6=bits) == expected


@given(depth=st.integers(min_value=1, max_value=10))
def test_no_way_of_cutting_the_internet_hides_it(depth: int) -> None:
    pieces = ipaddress.ip_network("0.0.0.0/0").subnets(prefixlen_diff=depth)
    public = [block for block in pieces if not block.is_private]
    assert open_blocks(public, shortest_ipv4=8, shortest_ipv6=16)
