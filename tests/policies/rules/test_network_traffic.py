"""How the protocol and the ports of a security group rule are read."""

import pytest

from aws_policy_pack.rules.network.grants import Traffic, traffic


@pytest.mark.parametrize(
    ("protocol", "name"),
    [
        pytest.param("-1", "all", id="all traffic"),
        pytest.param(None, "all", id="no protocol"),
        pytest.param("icmp", "icmp", id="ICMP"),
        pytest.param("4", "4", id="a protocol without a name"),
        pytest.param("50", "esp", id="ESP by number"),
        pytest.param("ESP", "esp", id="ESP by name"),
    ],
)
@pytest.mark.parametrize("port", [None, -1, 0, 443], ids=lambda port: f"port {port}")
def test_ports_mean_nothing_without_tcp_and_udp(
    protocol: str | None, name: str, port: int | None
) -> None:
    assert traffic(protocol, port, port) == Traffic(protocol=name, first=0, last=65_535)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        pytest.param(None, None, (0, 65_535), id="no ports"),
        pytest.param(-1, -1, (0, 65_535), id="minus 1"),
        pytest.param(0, 0, (0, 0), id="port 0"),
        pytest.param(1, 65_535, (1, 65_535), id="both ends"),
        pytest.param(443, None, (443, 65_535), id="no last port"),
        pytest.param(None, 443, (0, 443), id="no first port"),
    ],
)
def test_a_port_that_is_left_out_leaves_its_side_open(
    first: int | None, last: int | None, expected: tuple[int, int]
) -> None:
    assert traffic("tcp", first, last) == Traffic(
        protocol="tcp", first=expected[0], last=expected[1]
    )
