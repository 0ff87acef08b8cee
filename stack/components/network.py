"""The network: an own VPC over two zones, or an existing one, with its entries and exits.

An own VPC has a public and a private subnet in each zone, 0, 1 or 2 NAT gateways, a gateway
endpoint for S3, and a default security group without rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.naming import Naming
from components.subnets import subnet_cidr_blocks

ANYWHERE = "0.0.0.0/0"
ZONES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Where the rest of the stack lives; both lists of subnets are in the order of the zones."""

    vpc_id: pulumi.Output[str]
    cidr_block: str
    public_subnet_ids: list[pulumi.Output[str]]
    private_subnet_ids: list[pulumi.Output[str]]


def existing_network(
    *,
    vpc_id: str,
    cidr_block: str,
    public_subnet_ids: Sequence[str],
    private_subnet_ids: Sequence[str],
) -> Network:
    """A network that somebody else runs, with its routes, flow logs and default security group."""
    return Network(
        vpc_id=pulumi.Output.from_input(vpc_id),
        cidr_block=cidr_block,
        public_subnet_ids=[pulumi.Output.from_input(subnet) for subnet in public_subnet_ids],
        private_subnet_ids=[pulumi.Output.from_input(subnet) for subnet in private_subnet_ids],
    )


def create_network(
    naming: Naming,
    *,
    region: str,
    cidr_block: str,
    zones: Sequence[str],
    nat_gateways: int,
    opts: pulumi.ResourceOptions,
) -> Network:
    """Creates a VPC with everything that its subnets need to reach the outside.

    Args:
        naming: Physical names.
        region: AWS region, part of the endpoints' service names.
        cidr_block: Block of the VPC, `/24` or larger.
        zones: Two availability zones.
        nat_gateways: 0 for none, 1 for one that all zones share, 2 for one per zone.
        opts: Parent and provider.
    """
    vpc = aws.ec2.Vpc(
        "vpc",
        cidr_block=cidr_block,
        enable_dns_hostnames=True,
        enable_dns_support=True,
        tags={"Name": naming.physical("vpc")},
        opts=opts,
    )
    aws.ec2.DefaultSecurityGroup(
        "default-security-group", vpc_id=vpc.id, ingress=[], egress=[], opts=opts
    )
    blocks = subnet_cidr_blocks(cidr_block)
    public, private = (
        [
            aws.ec2.Subnet(
                f"{kind}-subnet-{number}",
                vpc_id=vpc.id,
                availability_zone=zone,
                cidr_block=block,
                map_public_ip_on_launch=False,
                tags={"Name": naming.physical(f"{kind}-{number}")},
                opts=opts,
            )
            for number, (zone, block) in enumerate(zip(zones, kind_blocks, strict=True), start=1)
        ]
        for kind, kind_blocks in (("public", blocks[:ZONES]), ("private", blocks[ZONES:]))
    )
    _route_public_subnets(vpc, public, opts)
    private_tables = _route_private_subnets(vpc, public, private, nat_gateways, opts)
    aws.ec2.VpcEndpoint(
        "s3-endpoint",
        vpc_id=vpc.id,
        service_name=f"com.amazonaws.{region}.s3",
        vpc_endpoint_type="Gateway",
        route_table_ids=[table.id for table in private_tables],
        opts=opts,
    )
    return Network(
        vpc_id=vpc.id,
        cidr_block=cidr_block,
        public_subnet_ids=[subnet.id for subnet in public],
        private_subnet_ids=[subnet.id for subnet in private],
    )


def _route_public_subnets(
    vpc: aws.ec2.Vpc, subnets: Sequence[aws.ec2.Subnet], opts: pulumi.ResourceOptions
) -> None:
    """Sends the public subnets' traffic through an internet gateway."""
    gateway = aws.ec2.InternetGateway("internet-gateway", vpc_id=vpc.id, opts=opts)
    table = aws.ec2.RouteTable("public-routes", vpc_id=vpc.id, opts=opts)
    aws.ec2.Route(
        "public-route-out",
        route_table_id=table.id,
        destination_cidr_block=ANYWHERE,
        gateway_id=gateway.id,
        opts=opts,
    )
    for number, subnet in enumerate(subnets, start=1):
        aws.ec2.RouteTableAssociation(
            f"public-routes-{number}", route_table_id=table.id, subnet_id=subnet.id, opts=opts
        )


def _route_private_subnets(
    vpc: aws.ec2.Vpc,
    public: Sequence[aws.ec2.Subnet],
    private: Sequence[aws.ec2.Subnet],
    nat_gateways: int,
    opts: pulumi.ResourceOptions,
) -> list[aws.ec2.RouteTable]:
    """Gives each private subnet a route table, with a route out where there are NAT gateways."""
    gateways = [
        aws.ec2.NatGateway(
            f"nat-gateway-{number}",
            subnet_id=subnet.id,
            allocation_id=aws.ec2.Eip(
                f"nat-address-{number}", domain="vpc", opts=opts
            ).allocation_id,
            opts=opts,
        )
        for number, subnet in enumerate(public[:nat_gateways], start=1)
    ]
    tables = []
    for index, subnet in enumerate(private):
        number = index + 1
        table = aws.ec2.RouteTable(f"private-routes-{number}", vpc_id=vpc.id, opts=opts)
        aws.ec2.RouteTableAssociation(
            f"private-routes-{number}", route_table_id=table.id, subnet_id=subnet.id, opts=opts
        )
        if gateways:
            aws.ec2.Route(
                f"private-route-out-{number}",
                route_table_id=table.id,
                destination_cidr_block=ANYWHERE,
                nat_gateway_id=gateways[index % len(gateways)].id,
                opts=opts,
            )
        tables.append(table)
    return tables
