"""An application load balancer: HTTP, or HTTPS with a redirect where there is a certificate."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.conventions import Naming
from components.network import allow_from, create_security_group
from components.object_storage import Bucket

HTTP = 80
HTTPS = 443
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
"""TLS 1.2 and 1.3 with forward secrecy alone.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate in ACM and the domain name that it is for."""

    arn: str
    domain_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancer:
    """A load balancer whose listener answers 404 until targets are added."""

    url: pulumi.Output[str]
    vpc_id: pulumi.Output[str]
    listener_arn: pulumi.Output[str]
    security_group_id: pulumi.Output[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target group, and the listener rule that sends requests to it."""

    target_group_arn: pulumi.Output[str]
    rule: aws.lb.ListenerRule


def create_load_balancer(
    naming: Naming,
    *,
    vpc_id: pulumi.Output[str],
    subnet_ids: Sequence[pulumi.Output[str]],
    internal: bool,
    allowed_cidr_blocks: Sequence[str],
    certificate: Certificate | None,
    deletion_protection: bool,
    access_logs: Bucket,
    access_log_prefix: str,
    opts: pulumi.ResourceOptions,
) -> LoadBalancer:
    """Creates the load balancer with its listeners and the group that opens their ports.

    Args:
        naming: Physical names.
        vpc_id: Where its targets are.
        subnet_ids: One subnet per zone; private ones where it is internal.
        internal: Whether it has private addresses alone.
        allowed_cidr_blocks: Who may connect.
        certificate: With one, HTTP redirects to HTTPS.
        deletion_protection: Whether AWS refuses to delete it.
        access_logs: Bucket that takes the access logs.
        access_log_prefix: Key prefix of the access logs.
        opts: Parent and provider.
    """
    group = create_security_group(
        "load-balancer",
        naming=naming,
        vpc_id=vpc_id,
        description="Load balancer",
        opts=opts,
    )
    for port in (HTTP,) if certificate is None else (HTTP, HTTPS):
        for number, cidr_block in enumerate(allowed_cidr_blocks, start=1):
            allow_from(
                f"load-balancer-{port}-{number}",
                group_id=group.id,
                cidr_block=cidr_block,
                port=port,
                description=f"Clients to port {port}",
                opts=opts,
            )
    balancer = aws.lb.LoadBalancer(
        "load-balancer",
        name=naming.physical("lb"),
        load_balancer_type="application",
        internal=internal,
        subnets=list(subnet_ids),
        security_groups=[group.id],
        drop_invalid_header_fields=True,
        enable_deletion_protection=deletion_protection,
        access_logs=aws.lb.LoadBalancerAccessLogsArgs(
            enabled=True, bucket=access_logs.name, prefix=access_log_prefix
        ),
        opts=pulumi.ResourceOptions.merge(
            opts, pulumi.ResourceOptions(depends_on=[access_logs.policy])
        ),
    )
    return LoadBalancer(
        url=(
            pulumi.Output.concat("http://", balancer.dns_name)
            if certificate is None
            else pulumi.Output.from_input(f"https://{certificate.domain_name}")
        ),
        vpc_id=vpc_id,
        listener_arn=_create_listeners(balancer, certificate, opts),
        security_group_id=group.id,
    )


def _create_listeners(
    balancer: aws.lb.LoadBalancer, certificate: Certificate | None, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """Creates the listeners; returns the ARN of the one that serves requests."""
    not_found = aws.lb.ListenerDefaultActionArgs(
        type="fixed-response",
        fixed_response=aws.lb.ListenerDefaultActionFixedResponseArgs(
            content_type="text/plain", message_body="Not found", status_code="404"
        ),
    )
    if certificate is None:
        return aws.lb.Listener(
            "http-listener",
            load_balancer_arn=balancer.arn,
            port=HTTP,
            protocol="HTTP",
            default_actions=[not_found],
            opts=opts,
        ).arn
    aws.lb.Listener(
        "http-listener",
        load_balancer_arn=balancer.arn,
        port=HTTP,
        protocol="HTTP",
        default_actions=[
            aws.lb.ListenerDefaultActionArgs(
                type="redirect",
                redirect=aws.lb.ListenerDefaultActionRedirectArgs(
                    port=str(HTTPS), protocol="HTTPS", status_code="HTTP_301"
                ),
            )
        ],
        opts=opts,
    )
    return aws.lb.Listener(
        "https-listener",
        load_balancer_arn=balancer.arn,
        port=HTTPS,
        protocol="HTTPS",
        certificate_arn=certificate.arn,
        ssl_policy=TLS_POLICY,
        default_actions=[not_found],
        opts=opts,
    ).arn


def add_target(
    name: str,
    *,
    load_balancer: LoadBalancer,
    physical_name: str,
    port: int,
    health_path: str,
    path_pattern: str,
    priority: int,
    opts: pulumi.ResourceOptions,
) -> Target:
    """Sends requests whose path matches to the tasks that register on `port`.

    Args:
        name: Start of the logical names.
        load_balancer: Where the requests arrive.
        physical_name: Name of the target group, at most 32 characters.
        port: Port of the containers.
        health_path: Path that answers 200 when a task works.
        path_pattern: Such as `/api/*`.
        priority: Rules with lower numbers are tried first; unique within the listener.
        opts: Parent and provider.
    """
    group = aws.lb.TargetGroup(
        f"{name}-targets",
        name=physical_name,
        vpc_id=load_balancer.vpc_id,
        target_type="ip",
        port=port,
        protocol="HTTP",
        deregistration_delay=30,
        health_check=aws.lb.TargetGroupHealthCheckArgs(
            enabled=True,
            path=health_path,
            matcher="200",
            interval=30,
            timeout=5,
            healthy_threshold=2,
            unhealthy_threshold=3,
        ),
        opts=opts,
    )
    rule = aws.lb.ListenerRule(
        f"{name}-rule",
        listener_arn=load_balancer.listener_arn,
        priority=priority,
        conditions=[
            aws.lb.ListenerRuleConditionArgs(
                path_pattern=aws.lb.ListenerRuleConditionPathPatternArgs(values=[path_pattern])
            )
        ],
        actions=[aws.lb.ListenerRuleActionArgs(type="forward", target_group_arn=group.arn)],
        opts=opts,
    )
    return Target(target_group_arn=group.arn, rule=rule)
