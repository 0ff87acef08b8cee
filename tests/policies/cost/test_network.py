"""Gateways, load balancers, endpoints, addresses and DNS."""

import pytest

from aws_policy_pack.testing import UNKNOWN
from tests.policies.cost.stacks import bill_of, no_price, not_read


@pytest.mark.parametrize(
    ("type_", "properties", "expected"),
    [
        pytest.param(
            "aws:ec2/natGateway:NatGateway",
            {"connectivityType": "public"},
            ["it NAT gateway: 730 hour at 0.045 = 32.85 / 32.85"],
            id="a NAT gateway bills the hour",
        ),
        pytest.param(
            "aws:ec2/natGateway:NatGateway",
            {"availabilityMode": "regional"},
            ["it is regional: it bills each zone that it grows into"],
            id="a regional NAT gateway has no price",
        ),
        pytest.param(
            "aws:ec2/eip:Eip",
            {"publicIpv4Pool": "amazon"},
            ["it public IPv4: 730 hour at 0.005 = 3.65 / 3.65"],
            id="an address of Amazon's",
        ),
        pytest.param(
            "aws:ec2/eip:Eip",
            {"publicIpv4Pool": "ipv4pool-ec2-0123"},
            [],
            id="an address of one's own is free",
        ),
        pytest.param(
            "aws:ec2/eip:Eip",
            {},
            ["it public IPv4: 730 hour at 0.005 = 3.65 / 3.65"],
            id="an address of no pool",
        ),
        pytest.param(
            "aws:lb/loadBalancer:LoadBalancer",
            {"subnets": ["a", UNKNOWN]},
            [
                "it application load balancer: 730 hour at 0.0225 = 16.425 / 16.425",
                "it public IPv4 of the load balancer: 1460 hour at 0.005 = 7.3 / 7.3",
            ],
            id="a public load balancer has an address in each zone, known or not",
        ),
        pytest.param(
            "aws:lb/loadBalancer:LoadBalancer",
            {"subnets": UNKNOWN},
            [
                "it application load balancer: 730 hour at 0.0225 = 16.425 / 16.425",
                not_read("subnets", "is not set"),
            ],
            id="zones that nobody gave and that are not known yet",
        ),
        pytest.param(
            "aws:lb/loadBalancer:LoadBalancer",
            {"subnets": "a"},
            [
                "it application load balancer: 730 hour at 0.0225 = 16.425 / 16.425",
                not_read("subnets", "is not a list"),
            ],
            id="zones that are not a list",
        ),
        pytest.param(
            "aws:lb/loadBalancer:LoadBalancer",
            {},
            [
                "it application load balancer: 730 hour at 0.0225 = 16.425 / 16.425",
                not_read("subnets", "is not set"),
            ],
            id="a public load balancer without zones",
        ),
        pytest.param(
            "aws:lb/loadBalancer:LoadBalancer",
            {"internal": True, "subnets": ["a", "b"]},
            ["it application load balancer: 730 hour at 0.0225 = 16.425 / 16.425"],
            id="an internal load balancer has no public address",
        ),
        pytest.param(
            "aws:lb/loadBalancer:LoadBalancer",
            {"subnets": ["a", "b"], "ipAddressType": "dualstack-without-public-ipv4"},
            ["it application load balancer: 730 hour at 0.0225 = 16.425 / 16.425"],
            id="a load balancer without public IPv4",
        ),
        pytest.param(
            "aws:alb/loadBalancer:LoadBalancer",
            {"subnets": ["a", "b"]},
            [
                "it application load balancer: 730 hour at 0.0225 = 16.425 / 16.425",
                "it public IPv4 of the load balancer: 1460 hour at 0.005 = 7.3 / 7.3",
            ],
            id="the token aws:alb",
        ),
        pytest.param(
            "aws:lb/loadBalancer:LoadBalancer",
            {
                "loadBalancerType": "network",
                "subnetMappings": [{"subnetId": "a", "allocationId": "e"}, {"subnetId": "b"}],
            },
            [
                "it network load balancer: 730 hour at 0.0225 = 16.425 / 16.425",
                "it public IPv4 of the load balancer: 730 hour at 0.005 = 3.65 / 3.65",
            ],
            id="a network load balancer: an address of one's own is billed where it is allocated",
        ),
        pytest.param(
            "aws:lb/loadBalancer:LoadBalancer",
            {
                "loadBalancerType": "network",
                "subnets": ["a"],
                "subnetMappings": [
                    {"subnetId": "a", "allocationId": "e"},
                    {"subnetId": "b", "allocationId": "f"},
                ],
            },
            ["it network load balancer: 730 hour at 0.0225 = 16.425 / 16.425"],
            id="more addresses than zones",
        ),
        pytest.param(
            "aws:lb/loadBalancer:LoadBalancer",
            {"loadBalancerType": "gateway", "subnets": ["a"]},
            ["it gateway load balancer: 730 hour at 0.0125 = 9.125 / 9.125"],
            id="a gateway load balancer has no public address",
        ),
        pytest.param(
            "aws:lb/loadBalancer:LoadBalancer",
            {"loadBalancerType": "unheard-of", "subnets": ["a"]},
            [no_price("unheard-of load balancer", "elb/unheard-of-hour")],
            id="a kind without a price",
        ),
        pytest.param(
            "aws:elb/loadBalancer:LoadBalancer",
            {},
            ["it classic load balancer: 730 hour at 0.025 = 18.25 / 18.25"],
            id="a classic load balancer",
        ),
        pytest.param(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"vpcEndpointType": "Gateway"},
            [],
            id="a gateway endpoint is free",
        ),
        pytest.param(
            "aws:ec2/vpcEndpoint:VpcEndpoint", {}, [], id="an endpoint without a type is one"
        ),
        pytest.param(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"vpcEndpointType": "Interface", "subnetIds": ["a", "b"]},
            ["it endpoint, by zone: 1460 hour at 0.01 = 14.6 / 14.6"],
            id="an interface endpoint bills each zone",
        ),
        pytest.param(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"vpcEndpointType": "Interface", "subnetConfigurations": [{"subnetId": "a"}]},
            ["it endpoint, by zone: 730 hour at 0.01 = 7.3 / 7.3"],
            id="zones in subnet configurations",
        ),
        pytest.param(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"vpcEndpointType": "Interface"},
            [not_read("subnetIds", "is not set")],
            id="an interface endpoint without zones",
        ),
        pytest.param(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"vpcEndpointType": "GatewayLoadBalancer", "subnetIds": ["a"]},
            ["it endpoint, by zone: 730 hour at 0.01 = 7.3 / 7.3"],
            id="an endpoint of a gateway load balancer",
        ),
        pytest.param(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"vpcEndpointType": "Resource"},
            ["it is an endpoint of type Resource, which has no price here"],
            id="a resource endpoint has no price",
        ),
        pytest.param(
            "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
            {},
            ["it transit gateway attachment: 730 hour at 0.05 = 36.5 / 36.5"],
            id="a transit gateway attachment",
        ),
        pytest.param(
            "aws:networkfirewall/firewall:Firewall",
            {"subnetMappings": [{"subnetId": "a"}, {"subnetId": "b"}]},
            ["it firewall endpoint: 1460 hour at 0.395 = 576.7 / 576.7"],
            id="a firewall bills each zone",
        ),
        pytest.param(
            "aws:networkfirewall/firewall:Firewall",
            {},
            [not_read("subnetMappings", "is not set")],
            id="a firewall without zones",
        ),
        pytest.param(
            "aws:globalaccelerator/accelerator:Accelerator",
            {"enabled": False},
            ["it accelerator: 730 hour at 0.025 = 18.25 / 18.25"],
            id="an accelerator",
        ),
        pytest.param(
            "aws:ec2/vpnConnection:VpnConnection",
            {},
            ["it VPN connection: 730 hour at 0.05 = 36.5 / 36.5"],
            id="a VPN connection",
        ),
        pytest.param(
            "aws:route53/zone:Zone",
            {},
            ["it hosted zone: 1 month at 0.50 = 0.5 / 0.5"],
            id="a hosted zone",
        ),
        pytest.param(
            "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
            {},
            ["it hosted zone: 1 month at 0.50 = 0.5 / 0.5"],
            id="a private DNS namespace is a hosted zone",
        ),
        pytest.param(
            "aws:servicediscovery/publicDnsNamespace:PublicDnsNamespace",
            {},
            ["it hosted zone: 1 month at 0.50 = 0.5 / 0.5"],
            id="a public DNS namespace is a hosted zone",
        ),
        pytest.param(
            "aws:route53/healthCheck:HealthCheck",
            {},
            ["it health check: 1 month at 0.75 = 0.75 / 0.75"],
            id="a health check",
        ),
        pytest.param(
            "aws:route53/resolverEndpoint:ResolverEndpoint",
            {"ipAddresses": [{}, {}]},
            ["it resolver address: 1460 hour at 0.125 = 182.5 / 182.5"],
            id="a resolver endpoint bills each address",
        ),
        pytest.param(
            "aws:route53/resolverEndpoint:ResolverEndpoint",
            {},
            [not_read("ipAddresses", "is not set")],
            id="a resolver endpoint without addresses",
        ),
        pytest.param(
            "aws:servicediscovery/instance:Instance",
            {},
            ["it registered instance: 1 month at 0.10 = 0.1 / 0.1"],
            id="an instance registered by hand",
        ),
    ],
)
def test_what_a_resource_bills(
    type_: str, properties: dict[str, object], expected: list[str]
) -> None:
    assert bill_of(type_, properties) == expected
