"""ECS on Fargate: a task's vCPUs, memory, storage and public address, for every task."""

from decimal import Decimal
from enum import StrEnum
from typing import Final

from aws_policy_pack.cost.charges import (
    TASKS,
    Charges,
    Missing,
    Pricing,
    Situation,
    amount,
    beyond,
    given_text,
    hourly,
    needed_amount,
    usage,
)
from aws_policy_pack.cost.pricing.ec2 import volume_charges
from aws_policy_pack.ecs import CLUSTER, SERVICE, UNITS, units_of
from aws_policy_pack.resource import Graph, Resource, Unreadable
from aws_policy_pack.type_tokens import TASK_DEFINITION
from aws_policy_pack.wire import Unknown
from aws_policy_pack.wording import shown

CLUSTER_PROVIDERS: Final = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
CAPACITY_PROVIDER: Final = "aws:ecs/capacityProvider:CapacityProvider"
FARGATE_PROVIDERS: Final = frozenset({"FARGATE", "FARGATE_SPOT"})
"""The capacity providers that AWS has in every account."""


class Launch(StrEnum):
    """What tasks run on; the values are those of ECS, but for the last.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """

    FARGATE = "FARGATE"
    MANAGED_INSTANCES = "MANAGED_INSTANCES"
    EXTERNAL = "EXTERNAL"
    EC2 = "EC2"
    UNKNOWN = "unknown"


LAUNCHES: Final = {launch.value: launch for launch in Launch if launch is not Launch.UNKNOWN}
"""What a launch type, and a task definition's compatibilities, may be."""
DEAREST_FIRST: Final = (Launch.FARGATE, Launch.MANAGED_INSTANCES, Launch.UNKNOWN, Launch.EC2)
"""Of a strategy over several providers the first of these counts for all tasks."""


def launch_of(service: Resource, graph: Graph) -> Launch:
    """What the tasks of a service run on.

    A service that says nothing takes its cluster's default strategy. Without one, what its task
    definition allows alone decides, and else EC2, which is the default of ECS. A cluster outside
    the stack may have any default.

    Raises:
        Unreadable: What decides is not known, or is not a launch type.
    """
    if _has_strategy(service, "capacityProviderStrategies"):
        return _by_strategy(service, "capacityProviderStrategies", graph)
    given = given_text(service, "launchType")
    if given is not None:
        if given not in LAUNCHES:
            raise Unreadable("launchType", f"is {shown(given)}, which is not a launch type")
        return LAUNCHES[given]
    clusters = graph.referenced(service, "cluster", CLUSTER) if service.has("cluster") else ()
    for cluster in clusters:
        for defaults in graph.referring(cluster, "clusterName", CLUSTER_PROVIDERS):
            if _has_strategy(defaults, "defaultCapacityProviderStrategies"):
                return _by_strategy(defaults, "defaultCapacityProviderStrategies", graph)
    allowed = _allowed(service, graph)
    if len(allowed) == 1:
        return allowed.pop()
    return Launch.EC2 if clusters else Launch.UNKNOWN


def _has_strategy(holder: Resource, path: str) -> bool:
    """Whether a strategy is given, known or not."""
    return isinstance(holder.values.get(path), Unknown) or bool(holder.objects(path))


def _by_strategy(holder: Resource, path: str, graph: Graph) -> Launch:
    """What the capacity providers of a strategy start; one of another stack may start anything."""
    providers = graph.referenced(holder, path, CAPACITY_PROVIDER)
    is_known = not isinstance(holder.values.get(path), Unknown)
    names = {
        name
        for strategy in (holder.objects(path) if is_known else ())
        if isinstance(name := strategy.values.get("capacityProvider"), str)
    }
    here = {provider.values.get(key) for provider in providers for key in ("name", "id", "arn")}
    found = {
        Launch.MANAGED_INSTANCES if provider.has("managedInstancesProvider") else Launch.EC2
        for provider in providers
    }
    if names & FARGATE_PROVIDERS:
        found.add(Launch.FARGATE)
    if names - FARGATE_PROVIDERS - here:
        found.add(Launch.UNKNOWN)
    return next((launch for launch in DEAREST_FIRST if launch in found), Launch.UNKNOWN)


def _allowed(service: Resource, graph: Graph) -> set[Launch]:
    """What the task definition can run on, where it is in this stack and says so."""
    path = "taskDefinition"
    tasks = graph.referenced(service, path, TASK_DEFINITION) if service.has(path) else ()
    return {
        LAUNCHES[kind]
        for task in tasks
        for kind in task.texts("requiresCompatibilities")
        if kind in LAUNCHES
    }


REASONS: Final = {
    Launch.EXTERNAL: "runs on one's own machines, whose registration has no price here",
    Launch.MANAGED_INSTANCES: "runs on ECS Managed Instances, whose instances and fee have no "
    "price here",
    Launch.UNKNOWN: "runs on what this stack does not tell: no launch type, and no capacity "
    "provider of this stack",
}
"""Why a service that is not on Fargate has no price."""
FREE_STORAGE: Final = 20
"""GiB of ephemeral storage that every task has: https://aws.amazon.com/fargate/pricing/."""
DEFAULT_PERCENT: Final = 200
"""How far a deployment goes over the desired count where nothing is said, and where two whole sets
of tasks run beside each other.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
"""


def service(resource: Resource, situation: Situation) -> Charges:
    """A service on Fargate; on EC2 the instances are billed, not the service."""
    controller = given_text(resource, "deploymentController.type") or "ECS"
    if controller == "EXTERNAL":
        return
    launch = launch_of(resource, situation.graph)
    if launch is Launch.EC2:
        return
    tasks = situation.scaling.span(resource, "desiredCount", TASKS)
    if launch is not Launch.FARGATE:
        if tasks.most:
            yield Missing(reason=REASONS[launch])
        return
    task = _task_definition(resource, situation.graph)
    platform = _platform(task)
    declared, worst = tasks.least, _surged(resource, tasks.most, controller)
    vcpus, memory = _size(task, "cpu"), _size(task, "memory")
    label = "" if platform == "x86" else f", {platform.upper()}"
    yield from hourly(
        f"task vCPU{label}", f"fargate/vcpu-hour/{platform}", vcpus * declared, vcpus * worst
    )
    yield from hourly(
        f"task memory{label}", f"fargate/gb-hour/{platform}", memory * declared, memory * worst
    )
    storage = beyond(amount(task, "ephemeralStorage.sizeInGib"), FREE_STORAGE)
    yield from hourly(
        f"task storage above {FREE_STORAGE} GiB",
        "fargate/ephemeral-gb-hour",
        storage * declared,
        storage * worst,
    )
    if resource.flag("networkConfiguration.assignPublicIp"):
        yield from hourly("public IPv4 of tasks", "public-ipv4/hour", declared, worst)
    if resource.has("volumeConfiguration.managedEbsVolume"):
        disk = resource.object("volumeConfiguration.managedEbsVolume")
        needed_amount(disk, "sizeInGb")
        yield from volume_charges(disk, "sizeInGb", "volumeType", declared, worst, default="gp3")


def cluster(resource: Resource, situation: Situation) -> Charges:
    """A cluster is free; what Container Insights measures of it is not."""
    del situation
    for setting in resource.objects("settings"):
        if setting.text("name") == "containerInsights" and setting.text("value") != "disabled":
            yield usage("Container Insights metrics", "cloudwatch/metric-month")


def fargate_profile(resource: Resource, situation: Situation) -> Charges:
    """A profile on EKS says which pods run on Fargate, not how many or how large."""
    del resource, situation
    yield usage("pod vCPU", "fargate/vcpu-hour/x86")
    yield usage("pod memory", "fargate/gb-hour/x86")


def _task_definition(resource: Resource, graph: Graph) -> Resource:
    needed = "taskDefinition"
    if not resource.has(needed):
        raise Unreadable(needed, "is not set")
    found = graph.referenced(resource, needed, TASK_DEFINITION)
    if not found:
        given = shown(resource.text(needed))
        raise Unreadable(needed, f"is {given}, which is not in this stack: its size is not known")
    task, *_ = found
    return task


def _platform(task: Resource) -> str:
    system = given_text(task, "runtimePlatform.operatingSystemFamily") or "LINUX"
    if system.startswith("WINDOWS"):
        return "windows"
    architecture = given_text(task, "runtimePlatform.cpuArchitecture") or "X86_64"
    return {"X86_64": "x86", "ARM64": "arm64"}.get(architecture, architecture)


def _size(task: Resource, path: str) -> Decimal:
    """The vCPUs or GiB of a task."""
    try:
        units = units_of(task, path)
    except Unreadable as unreadable:
        raise Unreadable(path, unreadable.reason, task) from unreadable
    if units is None:
        raise Unreadable(path, "is not set", task)
    return Decimal(str(units)) / UNITS


def _surged(resource: Resource, tasks: Decimal, controller: str) -> Decimal:
    """The most tasks during a deployment, rounded down as ECS does.

    Deployments that are not rolling run a second whole set, whatever the percentage says.
    """
    given = amount(resource, "deploymentMaximumPercent")
    percent = given or DEFAULT_PERCENT
    strategy = given_text(resource, "deploymentConfiguration.strategy") or "ROLLING"
    if strategy != "ROLLING" or controller == "CODE_DEPLOY":
        percent = max(percent, Decimal(DEFAULT_PERCENT))
    return max(tasks, tasks * percent // 100)


PRICING: Final[dict[str, Pricing]] = {
    SERVICE: service,
    CLUSTER: cluster,
    "aws:eks/fargateProfile:FargateProfile": fargate_profile,
}
