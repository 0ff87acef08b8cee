"""A service with all that belongs to it: log group, two roles, task definition."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi

from components.conventions import Naming
from components.ecr import Repository
from components.ecs import (
    Cluster,
    Container,
    Service,
    TargetPort,
    create_service,
    create_task_definition,
)
from components.iam import Allow, create_service_role, execution_role_statements
from components.logs import LogSettings, create_log_group

TASKS = "ecs-tasks.amazonaws.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePlatform:
    """What every service of an environment runs on."""

    naming: Naming
    region: str
    cluster: Cluster
    subnet_ids: Sequence[pulumi.Output[str]]
    logs: LogSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSpec:
    """One service.

    Attributes:
        cpu: CPU units of a task.
        memory_mib: Memory of a task.
        desired_count: How many tasks.
        containers: The containers of a task.
        repository: Where their image lives.
        security_group_id: Group of the tasks.
        permissions: What the processes may do; ECS's own rights are derived.
        secret_arns: Secrets that the containers' `secrets` point into.
        singleton: Whether two tasks must never run at once.
        scaled_elsewhere: Whether something else owns the count after creation.
        target: Load balancer that sends requests.
        registry_arn: Cloud Map service that answers with the tasks' addresses.
    """

    cpu: int
    memory_mib: int
    desired_count: int
    containers: Sequence[Container]
    repository: Repository
    security_group_id: pulumi.Output[str]
    permissions: Sequence[Allow]
    secret_arns: Sequence[pulumi.Output[str]] = field(default=())
    singleton: bool = False
    scaled_elsewhere: bool = False
    target: TargetPort | None = None
    registry_arn: pulumi.Output[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FargateService:
    """A running service and the name of its log group."""

    service: Service
    log_group_name: str


def create_fargate_service(
    name: str, *, platform: ServicePlatform, spec: ServiceSpec, opts: pulumi.ResourceOptions
) -> FargateService:
    """Creates the service `name` and its parts, logically and physically named after it."""
    naming = platform.naming
    logs = create_log_group(
        f"{name}-logs", physical_name=naming.log_group(name), settings=platform.logs, opts=opts
    )
    execution_role = create_service_role(
        f"{name}-execution-role",
        physical_name=naming.physical(f"{name}-execution"),
        service=TASKS,
        statements=execution_role_statements(
            repository_arn=spec.repository.arn,
            log_group_arn=logs.arn,
            secret_arns=spec.secret_arns,
        ),
        opts=opts,
    )
    task_role = create_service_role(
        f"{name}-task-role",
        physical_name=naming.physical(f"{name}-task"),
        service=TASKS,
        statements=spec.permissions,
        opts=opts,
    )
    task_definition = create_task_definition(
        f"{name}-task",
        family=naming.physical(name),
        cpu=spec.cpu,
        memory_mib=spec.memory_mib,
        containers=spec.containers,
        execution_role_arn=execution_role.arn,
        task_role_arn=task_role.arn,
        log_group=logs.name,
        region=platform.region,
        opts=opts,
    )
    service = create_service(
        f"{name}-service",
        physical_name=naming.physical(name),
        cluster=platform.cluster,
        task_definition=task_definition,
        desired_count=spec.desired_count,
        singleton=spec.singleton,
        scaled_elsewhere=spec.scaled_elsewhere,
        subnet_ids=platform.subnet_ids,
        security_group_id=spec.security_group_id,
        target=spec.target,
        registry_arn=spec.registry_arn,
        # A task that starts before its roles have their rights fails to pull its image.
        opts=pulumi.ResourceOptions.merge(
            opts, pulumi.ResourceOptions(depends_on=[execution_role.policy, task_role.policy])
        ),
    )
    return FargateService(service=service, log_group_name=logs.name)
