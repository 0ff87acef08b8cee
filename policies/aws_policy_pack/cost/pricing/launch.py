"""What the tasks of an ECS service run on: launch types, capacity providers, and defaults."""

from enum import StrEnum
from typing import Final

from aws_policy_pack.cost.reading import given_text
from aws_policy_pack.cost.scaling import TASK_DEFINITION
from aws_policy_pack.resource import Graph, Resource, Unreadable
from aws_policy_pack.scaled_resources import CLUSTER
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
