"""Interface endpoints: how private subnets without a NAT gateway reach AWS."""

import pulumi
import pulumi_aws as aws

from components.naming import Naming
from components.network import Network
from components.security_groups import allow_from, create_security_group

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
