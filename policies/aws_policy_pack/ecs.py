"""ECS as resources give it: sizes of tasks, their containers, and what scales services."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from aws_policy_pack.lists import load
from aws_policy_pack.resource import Graph, Properties, Resource, Unreadable, is_given, survey
from aws_policy_pack.wire import Value
from aws_policy_pack.wording import shown

UNITS: Final = 1024
"""CPU units in a vCPU, and MiB in what ECS calls a GB."""

SIZE: Final = re.compile(
    r"(?ai)\s*(?P<number>\d{1,9}(\.\d{1,9})?|\.\d{1,9})\s*(?P<unit>vcpu|gb)?\s*"
)


def units_in(text: str) -> float | None:
    """CPU units or MiB of a size such as `512`, `.5 vCPU` or `2 GB`; `None` if it is not a size."""
    match = SIZE.fullmatch(text)
    if match is None:
        return None
    return float(match["number"]) * (UNITS if match["unit"] else 1)


def units_of(task: Properties, path: str) -> float | None:
    """CPU units or MiB of a task; `None` where the property is absent or empty.

    Raises:
        Unreadable: The value is not known, or no size.
    """
    text = task.text(path)
    if not text:
        return None
    units = units_in(text)
    if units is None:
        raise Unreadable(path, f"is {shown(text)}, not a size")
    return units


_KEYS: Final = load("container_keys").entries
CONTAINER_KEYS: Final[Mapping[str, str]] = _KEYS["container"]
"""The keys that ECS knows in a container definition, each with the kind of its value."""
INNER_KEYS: Final[Mapping[str, Mapping[str, str]]] = _KEYS["inner"]
"""The keys of the objects inside, or of the entries of a list of objects, likewise."""

SPELLINGS: Final = {
    "": {key.lower(): key for key in CONTAINER_KEYS},
    **{part: {key.lower(): key for key in keys} for part, keys in INNER_KEYS.items()},
}
"""The keys by their lower case; those of a container stand under the empty name."""


@lru_cache(maxsize=64)  # A dozen rules ask for the same task, one after the other.
def container_definitions(task: Resource) -> tuple[Properties, ...]:
    """The containers in the order of the definition, with the keys as ECS spells them."""
    return tuple(each.respelt(spelt) for each in task.objects("containerDefinitions"))


def spelt(values: Mapping[str, Value], part: str = "") -> Mapping[str, Value]:
    """A container's object, or one inside, with the keys as ECS spells them.

    A key that ECS does not know stays as it is; of two spellings of one key the last counts.

    Args:
        values: The object.
        part: The key under which it stands; empty for the container itself.
    """
    spellings = SPELLINGS[part]
    found: dict[str, Value] = {}
    for given, value in values.items():
        key = spellings.get(given.lower(), given)
        found[key] = _inside(value, key) if key in INNER_KEYS else value
    return found


def _inside(value: Value, part: str) -> Value:
    if isinstance(value, Mapping):
        return spelt(value, part)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_inside(item, part) for item in value]
    return value


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
