"""What the settings of the rules about open ports take, and what they refuse."""

import pytest
from pydantic import ValidationError

from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules.network.openness import egress_open, ingress_open

both_directions = pytest.mark.parametrize(
    "rule", [pytest.param(rule, id=rule.id) for rule in (ingress_open, egress_open)]
)


@both_directions
@pytest.mark.parametrize(
    ("key", "least", "most"),
    [
        pytest.param("minIpv4PrefixBits", 0, 32, id="IPv4"),
        pytest.param("minIpv6PrefixBits", 0, 128, id="IPv6"),
    ],
)
def test_a_prefix_has_no_more_bits_than_an_address(
    rule: AnyRule, key: str, least: int, most: int
) -> None:
    for bits in (least, most):
        assert rule.config.model_validate({key: bits}).model_dump(by_alias=True)[key] == bits
    for bits in (least - 1, most + 1):
        with pytest.raises(ValidationError):
            rule.config.model_validate({key: bits})


@both_directions
def test_ports_are_those_of_tcp(rule: AnyRule) -> None:
    told = rule.config.model_validate({"allowedPorts": [0, 65_535]}).model_dump(by_alias=True)
    assert told["allowedPorts"] == (0, 65_535)
    for port in (-1, 65_536):
        with pytest.raises(ValidationError):
            rule.config.model_validate({"allowedPorts": [port]})


@both_directions
def test_the_web_is_open_and_single_networks_are_not_the_internet(rule: AnyRule) -> None:
    told = rule.config().model_dump(by_alias=True)
    assert told["allowedPorts"] == (80, 443)
    assert told["allowedProtocols"] == ("ah", "esp")
    assert told["minIpv4PrefixBits"] == 8
    assert told["minIpv6PrefixBits"] == 16
