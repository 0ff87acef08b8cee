"""Gateways, load balancers, endpoints, public addresses and DNS."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from aws_policy_pack.cost.charges import (
    Charge,
    Charges,
    Missing,
    Pricing,
    Situation,
    amount,
    beyond,
    given_text,
    hourly,
    length,
    monthly,
    usage,
)
from aws_policy_pack.resource import Resource, Unreadable

LOAD_BALANCERS: Final = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
ENDPOINT_SUBNET: Final = "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation"
SHORT_INTERVAL: Final = 10
"""Seconds between the requests of a health check that cost more; 30 are the usual."""
OWN_ADDRESSES: Final = "ipv4pool-ec2-"
"""Beginning of the ids of pools of one's own addresses, which are free."""


def nat_gateway(resource: Resource, situation: Situation) -> Charges:
    """A NAT gateway; its address is billed where it is allocated."""
    del situation
    if given_text(resource, "availabilityMode") == "regional":
        yield Missing(reason="is regional: it bills each zone that it grows into")
        return
    yield from hourly("NAT gateway", "nat/hour")
    yield usage("NAT gateway, data processed", "nat/gb")


def elastic_ip(resource: Resource, situation: Situation) -> Charges:
    """A public address, in use or not; an address of one's own is free."""
    del situation
    pool = given_text(resource, "publicIpv4Pool") or ""
    if not pool.startswith(OWN_ADDRESSES):
        yield from hourly("public IPv4", "public-ipv4/hour")


def load_balancer(resource: Resource, situation: Situation) -> Charges:
    """A load balancer, its capacity units, and an address in each zone if it is public.

    Units that are reserved bill like those that are used, whether they are used or not:
    https://aws.amazon.com/elasticloadbalancing/pricing/.
    """
    del situation
    kind = given_text(resource, "loadBalancerType") or "application"
    yield from hourly(f"{kind} load balancer", f"elb/{kind}-hour")
    yield from hourly(
        f"{kind} load balancer, reserved capacity units",
        f"elb/{kind}-lcu-hour",
        amount(resource, "minimumLoadBalancerCapacity.capacityUnits"),
    )
    yield usage(f"{kind} load balancer, capacity units", f"elb/{kind}-lcu-hour")
    if kind in ("application", "network"):
        yield from _public_addresses(resource)


def _public_addresses(resource: Resource) -> Iterator[Charge]:
    if resource.flag("internal"):
        return
    if given_text(resource, "ipAddressType") == "dualstack-without-public-ipv4":
        return
    mappings = resource.objects("subnetMappings")
    allocated = sum(1 for mapping in mappings if mapping.has("allocationId"))
    zones = length(resource, "subnets") or Decimal(len(mappings))
    if not zones:
        raise Unreadable("subnets", "is not set")
    addresses = beyond(zones, allocated)
    yield from hourly("public IPv4 of the load balancer", "public-ipv4/hour", addresses)


def classic_load_balancer(resource: Resource, situation: Situation) -> Charges:
    """A load balancer of the first generation."""
    del resource, situation
    yield from hourly("classic load balancer", "elb/classic-hour")
    yield usage("classic load balancer, data processed", "elb/classic-gb")


def vpc_endpoint(resource: Resource, situation: Situation) -> Charges:
    """An endpoint bills each zone; one of type Gateway is free."""
    kind = given_text(resource, "vpcEndpointType") or "Gateway"
    if kind == "Gateway":
        return
    if kind not in ("Interface", "GatewayLoadBalancer"):
        yield Missing(reason=f"is an endpoint of type {kind}, which has no price here")
        return
    graph = situation.graph
    apart = len(graph.referring(resource, "vpcEndpointId", ENDPOINT_SUBNET))
    zones = length(resource, "subnetIds") + apart or length(resource, "subnetConfigurations")
    if not zones:
        raise Unreadable("subnetIds", "is not set")
    yield from hourly("endpoint, by zone", "vpc-endpoint/hour", zones)
    if given_text(resource, "serviceRegion") not in (None, given_text(resource, "region")):
        yield usage("endpoint, data from another region", "vpc-endpoint/cross-region-gb")
    key = "gb" if kind == "Interface" else "gateway-load-balancer-gb"
    yield usage("endpoint, data processed", f"vpc-endpoint/{key}")


def transit_gateway_attachment(resource: Resource, situation: Situation) -> Charges:
    """An attachment of a VPC to a transit gateway."""
    del resource, situation
    yield from _attachment()


def _attachment() -> Iterator[Charge]:
    yield from hourly("transit gateway attachment", "transit-gateway/attachment-hour")
    yield usage("transit gateway, data processed", "transit-gateway/gb")


def firewall(resource: Resource, situation: Situation) -> Charges:
    """A firewall has an endpoint in each zone."""
    del situation
    zones = length(resource, "subnetMappings") or length(resource, "availabilityZoneMappings")
    if not zones:
        raise Unreadable("subnetMappings", "is not set")
    yield from hourly("firewall endpoint", "network-firewall/endpoint-hour", zones)
    yield usage("firewall, data processed", "network-firewall/gb")


def accelerator(resource: Resource, situation: Situation) -> Charges:
    """An accelerator, while it is enabled or not."""
    del resource, situation
    yield from hourly("accelerator", "global-accelerator/hour")


def vpn_connection(resource: Resource, situation: Situation) -> Charges:
    """A site-to-site connection, and its attachment where it leads to a transit gateway."""
    del situation
    yield from hourly("VPN connection", "vpn/connection-hour")
    if resource.has("transitGatewayId"):
        yield from _attachment()


def hosted_zone(resource: Resource, situation: Situation) -> Charges:
    """A hosted zone of Route 53, and the one that a DNS namespace of Cloud Map creates."""
    del resource, situation
    yield from monthly("hosted zone", "route53/zone-month")
    yield usage("DNS queries", "route53/million-queries")


def health_check(resource: Resource, situation: Situation) -> Charges:
    """A health check and its features, of an endpoint outside AWS, which is the dearer kind.

    The features are HTTPS, a text to look for, a short interval, and the latency's measure:
    https://aws.amazon.com/route53/pricing/.
    """
    del situation
    yield from monthly("health check", "route53/health-check-month")
    kind = given_text(resource, "type") or ""
    features = (
        kind.startswith("HTTPS"),
        kind.endswith("STR_MATCH"),
        amount(resource, "requestInterval") == SHORT_INTERVAL,
        resource.flag("measureLatency"),
    )
    yield from monthly(
        "health check, feature", "route53/health-check-feature-month", Decimal(sum(features))
    )


def resolver_endpoint(resource: Resource, situation: Situation) -> Charges:
    """An endpoint of the resolver bills each of its addresses."""
    del situation
    addresses = length(resource, "ipAddresses")
    if not addresses:
        raise Unreadable("ipAddresses", "is not set")
    yield from hourly("resolver address", "route53/resolver-address-hour", addresses)


def registered_instance(resource: Resource, situation: Situation) -> Charges:
    """An instance that is registered by hand; those that ECS registers are free."""
    del resource, situation
    yield from monthly("registered instance", "cloud-map/instance-month")
    yield usage("discovery calls", "cloud-map/million-calls")


PRICING: Final[dict[str, Pricing]] = {
    "aws:ec2/natGateway:NatGateway": nat_gateway,
    "aws:ec2/eip:Eip": elastic_ip,
    **dict.fromkeys(LOAD_BALANCERS, load_balancer),
    "aws:elb/loadBalancer:LoadBalancer": classic_load_balancer,
    ENDPOINT: vpc_endpoint,
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": transit_gateway_attachment,
    "aws:ec2/vpnConnection:VpnConnection": vpn_connection,
    "aws:networkfirewall/firewall:Firewall": firewall,
    "aws:globalaccelerator/accelerator:Accelerator": accelerator,
    "aws:route53/zone:Zone": hosted_zone,
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": hosted_zone,
    "aws:servicediscovery/publicDnsNamespace:PublicDnsNamespace": hosted_zone,
    "aws:route53/healthCheck:HealthCheck": health_check,
    "aws:route53/resolverEndpoint:ResolverEndpoint": resolver_endpoint,
    "aws:servicediscovery/instance:Instance": registered_instance,
}
