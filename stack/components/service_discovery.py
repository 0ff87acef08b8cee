"""Private DNS names for tasks, by AWS Cloud Map."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

TTL_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """A private DNS domain inside the VPC."""

    id: pulumi.Output[str]
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveryService:
    """A name that resolves to the addresses of a service's tasks."""

    arn: pulumi.Output[str]
    hostname: str


def create_namespace(
    name: str, *, domain: str, vpc_id: pulumi.Output[str], opts: pulumi.ResourceOptions
) -> Namespace:
    """Creates the private domain `domain`."""
    namespace = aws.servicediscovery.PrivateDnsNamespace(
        name, name=domain, description="Addresses of the tasks", vpc=vpc_id, opts=opts
    )
    return Namespace(id=namespace.id, domain=domain)


def create_discovery_service(
    name: str, *, hostname: str, namespace: Namespace, opts: pulumi.ResourceOptions
) -> DiscoveryService:
    """Creates the name `hostname` in the namespace; ECS keeps its addresses up to date."""
    service = aws.servicediscovery.Service(
        name,
        name=hostname,
        dns_config=aws.servicediscovery.ServiceDnsConfigArgs(
            namespace_id=namespace.id,
            routing_policy="MULTIVALUE",
            dns_records=[
                aws.servicediscovery.ServiceDnsConfigDnsRecordArgs(type="A", ttl=TTL_SECONDS)
            ],
        ),
        health_check_custom_config=aws.servicediscovery.ServiceHealthCheckCustomConfigArgs(),
        opts=opts,
    )
    return DiscoveryService(arn=service.arn, hostname=f"{hostname}.{namespace.domain}")
