"""What a security group rule lets through: a protocol and its ports."""

from collections.abc import Iterable
from dataclasses import dataclass

LAST_PORT = 65535
ALL = "all"
"""Stands for every protocol; AWS writes it -1."""

PROTOCOL_NAMES = {
    "-1": ALL,
    "1": "icmp",
    "6": "tcp",
    "17": "udp",
    "47": "gre",
    "50": "esp",
    "51": "ah",
    "58": "icmpv6",
    "132": "sctp",
}
"""By number; the provider takes both. https://www.iana.org/assignments/protocol-numbers"""
WITH_PORTS = ("tcp", "udp")
CONTROL_MESSAGES = ("icmp", "icmpv6")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """A protocol and a range of ports, both ends included; for ICMP the ports mean nothing."""

    protocol: str
    first: float
    last: float

    def __str__(self) -> str:
        if self.protocol == ALL:
            return "all traffic"
        if self.protocol not in WITH_PORTS:
            return f"protocol {self.protocol}"
        if (self.first, self.last) == (0, LAST_PORT):
            return f"all {self.protocol} ports"
        if self.first == self.last:
            return f"{self.protocol} port {self.first}"
        return f"{self.protocol} ports {self.first} to {self.last}"

    @property
    def has_ports(self) -> bool:
        """Whether it reaches ports at all: ICMP does not."""
        return self.protocol not in CONTROL_MESSAGES

    @property
    def is_named_by_protocol(self) -> bool:
        """Whether a rule can pick the protocol alone: EC2 opens all of it, whatever its ports."""
        return self.protocol not in (ALL, *WITH_PORTS)

    def reaches(self, protocol: str, port: float) -> bool:
        """Whether it lets this port of a protocol through."""
        return self.protocol in (ALL, protocol) and self.first <= port <= self.last

    def stays_within(self, ports: Iterable[int]) -> bool:
        """Whether every port that it lets through is one of these."""
        inside = {port for port in ports if self.first <= port <= self.last}
        return self.last - self.first + 1 == len(inside)


def protocol_name(protocol: str) -> str:
    """The name of a protocol that is given by name or number; the number if it has none here."""
    return PROTOCOL_NAMES.get(protocol.lower(), protocol.lower())


def traffic(protocol: str | None, first: float | None, last: float | None) -> Traffic:
    """Reads a rule's protocol and ports as EC2 does.

    For a protocol other than TCP, UDP and ICMP all ports are open, whatever the rule says; a port
    that is left out, or is -1, leaves its side open. The names are those of
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html

    Args:
        protocol: Name or number; `None` counts as all protocols.
        first: The lowest port.
        last: The highest port.
    """
    name = protocol_name(protocol or ALL)
    if name not in WITH_PORTS:
        return Traffic(protocol=name, first=0, last=LAST_PORT)
    return Traffic(
        protocol=name,
        first=0 if first is None else max(first, 0),
        last=LAST_PORT if last is None or last < 0 else last,
    )
