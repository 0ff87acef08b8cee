"""The containers of an ECS task definition, as the provider reads them.

The provider decodes the JSON with Go's `encoding/json`, which takes keys in any case:
`expandContainerDefinitions` in
https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecs/task_definition_equivalency.go
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from aws_policy_pack.lists import load
from aws_policy_pack.resource import Properties, Resource
from aws_policy_pack.wire import Value

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
