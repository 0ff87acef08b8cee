"""Ports of a container, alone or as a range."""

import re
from collections.abc import Iterable
from typing import Final

RANGE: Final = re.compile(r"(?P<first>\d+)-(?P<last>\d+)", re.ASCII)


def port_range(text: str) -> range:
    """The ports of a range such as `8000-8010`, both ends included; none if it is not a range.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
    """
    match = RANGE.fullmatch(text)
    return range(int(match["first"]), int(match["last"]) + 1) if match else range(0)


def shown_ports(ports: Iterable[range]) -> str:
    """Ports as a finding lists them: `3000, 8000-8010`; `no port` if there are none."""
    ends = [dict.fromkeys((each[0], each[-1])) for each in ports if each]
    texts = ["-".join(map(str, each)) for each in ends]
    return ", ".join(texts) or "no port"
