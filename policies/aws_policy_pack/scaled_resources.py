"""What a scaler scales, where a text names it: a service's name counts within its cluster."""

from collections.abc import Iterable
from typing import Final

from aws_policy_pack.given import is_given
from aws_policy_pack.resource import Graph, Resource, Unreadable, survey

SERVICE: Final = "aws:ecs/service:Service"
CLUSTER: Final = "aws:ecs/cluster:Cluster"
DEFAULT_CLUSTER: Final = "default"
"""The cluster of a service that names none.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
"""


def scaled_by(target: Resource, graph: Graph, kind: str) -> tuple[Resource, ...]:
    """The resources of a type that a scalable target, or an action on one, means.

    Its id is `service/<cluster>/<name>` or `table/<name>`:
    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html

    Raises:
        Unreadable: The id is not known, or the cluster of a service with this name is not.
    """
    found = graph.referenced(target, "resourceId", kind)
    if found:
        return found
    place, _, name = (target.text("resourceId") or "").rpartition("/")
    named = tuple(
        resource for resource in graph.identified(kind, name) if _may_share_region(target, resource)
    )
    if kind != SERVICE:
        return named
    known, missed = survey(named, lambda service: _cluster_name(service, graph))
    found = tuple(service for service, cluster in known if place == f"service/{cluster}")
    if missed and not found:
        raise missed[0]
    return found


def in_named_clusters(
    services: tuple[Resource, ...], texts: Iterable[str], graph: Graph
) -> tuple[Resource, ...]:
    """Of services with one name those in a cluster that a text names; all where no text does.

    Args:
        services: The services.
        texts: What the scaler is given beside the name; some of it may name a cluster.
        graph: All resources.
    """
    clusters = {_last_part(text) for text in texts}
    known, _ = survey(services, lambda service: _cluster_name(service, graph))
    return tuple(service for service, cluster in known if cluster in clusters) or services


def _cluster_name(service: Resource, graph: Graph) -> str:
    """The name of a service's cluster, which a service names by its name or ARN."""
    path = "cluster"
    if not is_given(service, path):
        return DEFAULT_CLUSTER
    try:
        return _last_part(service.text(path) or DEFAULT_CLUSTER)
    except Unreadable:
        clusters = graph.referenced(service, path, CLUSTER)
        names = {name for cluster in clusters if (name := cluster.values.get("name"))}
        if len(names) == 1 and isinstance(name := names.pop(), str):
            return name
        raise


def _last_part(text: str) -> str:
    """The name at the end of an ARN; a name is its own end."""
    return text.rpartition("/")[2]


def _may_share_region(target: Resource, resource: Resource) -> bool:
    """Whether both may be in one region; provider 7 lets each resource name its own."""
    regions = [holder.values.get("region") for holder in (target, resource)]
    return regions[0] == regions[1] or not all(isinstance(region, str) for region in regions)
