"""An ECS cluster, and task definitions and services on Fargate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

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


NON_ROOT_USER = "10001"
"""User id of the processes in all containers; the images create it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """An ECS cluster."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """A command inside the container; exit code 0 means healthy. Times are in seconds."""

    command: Sequence[str]
    interval_seconds: int = 30
    timeout_seconds: int = 5
    start_period_seconds: int = 60
    retries: int = 3

    @classmethod
    def http(cls, port: int, path: str) -> Self:
        """Asks the container itself over HTTP, with Python because slim images have no curl."""
        url = f"http://127.0.0.1:{port}{path}"
        return cls(
            command=("python", "-c", f"import urllib.request as u; u.urlopen('{url}', timeout=4)")
        )

    def document(self) -> dict[str, Any]:
        """The check in exec form: no shell, so the image needs none."""
        return {
            "command": ["CMD", *self.command],
            "interval": self.interval_seconds,
            "timeout": self.timeout_seconds,
            "startPeriod": self.start_period_seconds,
            "retries": self.retries,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One essential container of a task.

    Attributes:
        name: Name inside the task.
        image: Reference with exactly one tag.
        command: Command in exec form.
        environment: Plain variables.
        secrets: Variable to the ARN of a secret, or `<arn>:<json key>::` for one key of it.
        health_check: How ECS sees that it works.
        port: TCP port that it listens on.
        writable_paths: Folders that get an empty volume each, as the root file system is read
            only. The image declares each as a `VOLUME`, so that its content and owner are kept:
            https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
        starts_after: Containers of the task that must be healthy first.
        stop_timeout_seconds: From SIGTERM to SIGKILL, at most 120 on Fargate.
    """

    name: str
    image: pulumi.Output[str]
    command: Sequence[str]
    environment: Mapping[str, pulumi.Input[str]]
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    health_check: HealthCheck
    port: int | None = None
    writable_paths: Sequence[str] = ()
    starts_after: Sequence[str] = ()
    stop_timeout_seconds: int = 30

    def volumes(self) -> dict[str, str]:
        """Volume name to the path where it is mounted."""
        return {f"{self.name}{path.replace('/', '-')}": path for path in self.writable_paths}

    def document(self, log_group: str, region: str) -> dict[str, Any]:
        """The container in the JSON shape of a task definition.

        Empty lists are left out, as AWS leaves them out when it is asked for the definition.
        """
        document: dict[str, Any] = {
            "name": self.name,
            "image": self.image,
            "essential": True,
            "command": list(self.command),
            "environment": [
                {"name": name, "value": value} for name, value in self.environment.items()
            ],
            "secrets": [{"name": name, "valueFrom": arn} for name, arn in self.secrets.items()],
            "portMappings": (
                [] if self.port is None else [{"containerPort": self.port, "protocol": "tcp"}]
            ),
            "healthCheck": self.health_check.document(),
            "dependsOn": [
                {"containerName": name, "condition": "HEALTHY"} for name in self.starts_after
            ],
            "user": NON_ROOT_USER,
            "readonlyRootFilesystem": True,
            "mountPoints": [
                {"sourceVolume": volume, "containerPath": path}
                for volume, path in self.volumes().items()
            ],
            "linuxParameters": {"initProcessEnabled": True},
            "stopTimeout": self.stop_timeout_seconds,
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": log_group,
                    "awslogs-region": region,
                    "awslogs-stream-prefix": self.name,
                },
            },
        }
        return {key: value for key, value in document.items() if value != []}


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPort:
    """The container port that a load balancer's target group sends to.

    `ready` is what attaches the group to a listener; ECS refuses the service before.
    """

    target_group_arn: pulumi.Output[str]
    container: str
    port: int
    ready: pulumi.Resource
    grace_period_seconds: int = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service; `name` is known before the service exists."""

    name: str
    arn: pulumi.Output[str]


def create_cluster(name: str, *, physical_name: str, opts: pulumi.ResourceOptions) -> Cluster:
    """Creates a cluster with Container Insights."""
    cluster = aws.ecs.Cluster(
        name,
        name=physical_name,
        settings=[aws.ecs.ClusterSettingArgs(name="containerInsights", value="enabled")],
        opts=opts,
    )
    return Cluster(name=cluster.name, arn=cluster.arn)


def create_task_definition(
    name: str,
    *,
    family: str,
    cpu: int,
    memory_mib: int,
    containers: Sequence[Container],
    execution_role_arn: pulumi.Output[str],
    task_role_arn: pulumi.Output[str],
    log_group: str,
    region: str,
    opts: pulumi.ResourceOptions,
) -> aws.ecs.TaskDefinition:
    """Creates a Fargate task definition.

    Args:
        name: Logical name.
        family: Physical name.
        cpu: CPU units, 1024 to a vCPU; a legal pair with `memory_mib` (`components.fargate`).
        memory_mib: Memory of all containers together.
        containers: The containers, all essential.
        execution_role_arn: Role of ECS, which pulls the image and reads the secrets.
        task_role_arn: Role of the processes inside.
        log_group: Name of an existing log group; one stream per container and task.
        region: AWS region of the log group.
        opts: Parent and provider.
    """
    return aws.ecs.TaskDefinition(
        name,
        family=family,
        requires_compatibilities=["FARGATE"],
        network_mode="awsvpc",
        cpu=str(cpu),
        memory=str(memory_mib),
        execution_role_arn=execution_role_arn,
        task_role_arn=task_role_arn,
        container_definitions=pulumi.Output.json_dumps(
            [container.document(log_group, region) for container in containers]
        ),
        volumes=[
            aws.ecs.TaskDefinitionVolumeArgs(name=volume)
            for container in containers
            for volume in container.volumes()
        ],
        opts=opts,
    )


def create_service(
    name: str,
    *,
    physical_name: str,
    cluster: Cluster,
    task_definition: aws.ecs.TaskDefinition,
    desired_count: int,
    singleton: bool,
    scaled_elsewhere: bool,
    subnet_ids: Sequence[pulumi.Output[str]],
    security_group_id: pulumi.Output[str],
    target: TargetPort | None,
    registry_arn: pulumi.Output[str] | None,
    opts: pulumi.ResourceOptions,
) -> Service:
    """Creates a Fargate service in private subnets that rolls a failed deployment back.

    Args:
        name: Logical name.
        physical_name: Name in the cluster.
        cluster: Where it runs.
        task_definition: What it runs.
        desired_count: How many tasks.
        singleton: Whether two tasks must never run at once, not even during a deployment.
        scaled_elsewhere: Whether something else owns the count after creation.
        subnet_ids: Private subnets.
        security_group_id: Group of the tasks.
        target: Load balancer that sends requests, with a grace period for starting tasks.
        registry_arn: Cloud Map service that answers with the tasks' addresses.
        opts: Parent and provider.
    """
    service = aws.ecs.Service(
        name,
        name=physical_name,
        cluster=cluster.arn,
        task_definition=task_definition.arn,
        launch_type="FARGATE",
        desired_count=desired_count,
        deployment_minimum_healthy_percent=0 if singleton else 100,
        deployment_maximum_percent=100 if singleton else 200,
        # ECS spreads tasks over zones by starting the new one first, which a singleton forbids.
        availability_zone_rebalancing="DISABLED" if singleton else "ENABLED",
        deployment_circuit_breaker=aws.ecs.ServiceDeploymentCircuitBreakerArgs(
            enable=True, rollback=True
        ),
        network_configuration=aws.ecs.ServiceNetworkConfigurationArgs(
            subnets=list(subnet_ids),
            security_groups=[security_group_id],
            assign_public_ip=False,
        ),
        load_balancers=(
            None
            if target is None
            else [
                aws.ecs.ServiceLoadBalancerArgs(
                    target_group_arn=target.target_group_arn,
                    container_name=target.container,
                    container_port=target.port,
                )
            ]
        ),
        health_check_grace_period_seconds=None if target is None else target.grace_period_seconds,
        service_registries=(
            None
            if registry_arn is None
            else aws.ecs.ServiceServiceRegistriesArgs(registry_arn=registry_arn)
        ),
        enable_ecs_managed_tags=True,
        propagate_tags="SERVICE",
        opts=pulumi.ResourceOptions.merge(
            opts,
            pulumi.ResourceOptions(
                depends_on=[] if target is None else [target.ready],
                ignore_changes=["desired_count"] if scaled_elsewhere else [],
            ),
        ),
    )
    return Service(name=physical_name, arn=service.arn)
