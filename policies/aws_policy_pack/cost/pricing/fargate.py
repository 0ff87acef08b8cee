"""ECS on Fargate: a task's vCPUs, memory, storage and public address, for every task."""

from decimal import Decimal
from typing import Final

from aws_policy_pack.cost.charges import Charges, Missing, Pricing, Situation, beyond, hourly, usage
from aws_policy_pack.cost.pricing.launch import Launch, launch_of
from aws_policy_pack.cost.pricing.volumes import volume_charges
from aws_policy_pack.cost.reading import amount, given_text, needed_amount
from aws_policy_pack.cost.scaling import TASK_DEFINITION, TASKS
from aws_policy_pack.resource import Graph, Resource, Unreadable
from aws_policy_pack.scaled_resources import CLUSTER, SERVICE
from aws_policy_pack.task_sizes import UNITS, units_of
from aws_policy_pack.wording import shown

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
