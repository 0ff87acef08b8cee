"""Blocks of IP addresses, and which of them are as good as the whole internet."""

import ipaddress
from collections.abc import Iterable
from typing import TypeAlias

Block: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

PRIVATE: tuple[Block, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
        "fe80::/10",
    )
)
"""Blocks that are not routed on the internet (RFC 1918, 6598, 4193 and 4291)."""


def open_blocks(
    blocks: Iterable[Block], *, shortest_ipv4: int, shortest_ipv6: int
) -> tuple[Block, ...]:
    """The public blocks that are wider than allowed.

    Neighbours are merged first, so that a list of halves does not pass where the whole would not.

    Args:
        blocks: What a rule opens, of both versions.
        shortest_ipv4: Bits of the shortest IPv4 prefix that is not yet too wide.
        shortest_ipv6: The same for IPv6.
    """
    public = [block for block in blocks if not _is_private(block)]
    ipv4 = [block for block in public if isinstance(block, ipaddress.IPv4Network)]
    ipv6 = [block for block in public if isinstance(block, ipaddress.IPv6Network)]
    return (
        *(b for b in ipaddress.collapse_addresses(ipv4) if b.prefixlen < shortest_ipv4),
        *(b for b in ipaddress.collapse_addresses(ipv6) if b.prefixlen < shortest_ipv6),
    )


def _is_private(block: Block) -> bool:
    # Asked by address rather than by `subnet_of`, which takes only blocks of one version.
    return any(block[0] in private and block[-1] in private for private in PRIVATE)
