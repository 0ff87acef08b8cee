"""Security groups by role, with each rule a resource of its own."""

import pulumi
import pulumi_aws as aws

from components.naming import Naming


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
