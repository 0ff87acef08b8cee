"""The network: an own VPC over two zones, or an existing one; its entries, exits and groups."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.conventions import Naming, subnet_cidr_blocks
from components.iam import Allow, create_service_role
from components.logs import LogSettings, create_log_group


def create_security_group(
    name: str,
    *,
    naming: Naming,
    vpc_id: pulumi.Input[str],
    description: str,
    opts: pulumi.ResourceOptions,
) -> aws.ec2.SecurityGroup:
    """Creates a group without any rule, named after its role `name`.

    The provider removes the rule that AWS adds by itself (all egress is allowed).
    """
    return aws.ec2.SecurityGroup(
        f"{name}-security-group",
        name=naming.physical(name),
        description=description,
        vpc_id=vpc_id,
        opts=opts,
    )


def allow_between(
    name: str,
    *,
    source_id: pulumi.Input[str],
    target_id: pulumi.Input[str],
    port: int,
    description: str,
    opts: pulumi.ResourceOptions,
) -> None:
    """Lets one group open TCP connections to `port` of another: egress there, ingress here."""
    aws.vpc.SecurityGroupEgressRule(
        f"{name}-egress",
        security_group_id=source_id,
        referenced_security_group_id=target_id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        description=description,
        opts=opts,
    )
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-ingress",
        security_group_id=target_id,
        referenced_security_group_id=source_id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        description=description,
        opts=opts,
    )


def allow_from(
    name: str,
    *,
    group_id: pulumi.Input[str],
    cidr_block: str,
    port: int,
    description: str,
    opts: pulumi.ResourceOptions,
) -> None:
    """Lets the addresses of `cidr_block` open TCP connections to `port` of a group."""
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-ingress",
        security_group_id=group_id,
        cidr_ipv4=cidr_block,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        description=description,
        opts=opts,
    )


def allow_to(
    name: str,
    *,
    group_id: pulumi.Input[str],
    cidr_block: str,
    port: int,
    description: str,
    opts: pulumi.ResourceOptions,
) -> None:
    """Lets a group open TCP connections to `port` at the addresses of `cidr_block`."""
    aws.vpc.SecurityGroupEgressRule(
        f"{name}-egress",
        security_group_id=group_id,
        cidr_ipv4=cidr_block,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        description=description,
        opts=opts,
    )


def create_flow_logs(
    naming: Naming,
    *,
    vpc_id: pulumi.Output[str],
    settings: LogSettings,
    opts: pulumi.ResourceOptions,
) -> None:
    """Records all traffic of a VPC.

    Source of the role's rights:
    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    """
    group = create_log_group(
        "flow-logs-group",
        physical_name=naming.log_group("vpc-flow-logs"),
        settings=settings,
        opts=opts,
    )
    role = create_service_role(
        "flow-logs-role",
        physical_name=naming.physical("flow-logs"),
        service="vpc-flow-logs.amazonaws.com",
        statements=[
            Allow(
                sid="WriteFlowLogs",
                actions=[
                    "logs:CreateLogStream",
                    "logs:DescribeLogStreams",
                    "logs:PutLogEvents",
                ],
                resources=[group.arn, pulumi.Output.concat(group.arn, ":*")],
            )
        ],
        opts=opts,
    )
    aws.ec2.FlowLog(
        "flow-logs",
        vpc_id=vpc_id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        opts=opts,
    )


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


HTTPS = 443
SERVICES = ("ecr.api", "ecr.dkr", "ecs", "logs", "secretsmanager", "sqs")
"""What Fargate needs to start a task, and what the applications call; S3 has a gateway endpoint.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
"""


def create_interface_endpoints(
    naming: Naming, *, network: Network, region: str, opts: pulumi.ResourceOptions
) -> None:
    """Creates the endpoints in the private subnets, open to HTTPS from inside the VPC."""
    group = create_security_group(
        "endpoints",
        naming=naming,
        vpc_id=network.vpc_id,
        description="Interface endpoints of AWS services",
        opts=opts,
    )
    allow_from(
        "endpoints",
        group_id=group.id,
        cidr_block=network.cidr_block,
        port=HTTPS,
        description="HTTPS from the VPC",
        opts=opts,
    )
    for service in SERVICES:
        aws.ec2.VpcEndpoint(
            f"{service.replace('.', '-')}-endpoint",
            vpc_id=network.vpc_id,
            service_name=f"com.amazonaws.{region}.{service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=network.private_subnet_ids,
            security_group_ids=[group.id],
            opts=opts,
        )
