"""The containers of a task definition, as the rules look at them."""

from collections.abc import Callable
from dataclasses import dataclass

from aws_policy_pack.container_definitions import container_definitions
from aws_policy_pack.parts import judge_each
from aws_policy_pack.resource import Properties, Resource
from aws_policy_pack.rule import Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One container of a task definition.

    Attributes:
        label: What a finding calls it, such as `container 'web'`.
        properties: Its definition, with the keys of the ECS API.
        is_secret: Whether all of it is a secret, since one text in the JSON is; findings then
            count what they would name otherwise.
    """

    label: str
    properties: Properties
    is_secret: bool


def containers_of(task: Resource) -> tuple[Container, ...]:
    """The containers in the order of the definition, which is JSON text."""
    containers = container_definitions(task)
    given = task.values.get("containerDefinitions")
    is_secret = isinstance(given, str) and given in task.secrets
    return tuple(
        Container(
            label=f"container {number}" if is_secret else _label(properties, number),
            properties=properties,
            is_secret=is_secret,
        )
        for number, properties in enumerate(containers, start=1)
    )


def judge_containers(task: Resource, judge: Callable[[Container], Findings]) -> Findings:
    """Judges each container; a finding that names no part of its own is about the container."""
    yield from judge_each(containers_of(task), judge, called=lambda container: container.label)


def runs_on_fargate(task: Resource) -> bool:
    """Whether the task definition is one for Fargate."""
    return "FARGATE" in task.texts("requiresCompatibilities")


def runs_on_windows(task: Resource) -> bool:
    """Whether the containers are Windows containers; without a platform they are Linux ones."""
    family = task.text("runtimePlatform.operatingSystemFamily") or "LINUX"
    return family.startswith("WINDOWS")


def _label(properties: Properties, number: int) -> str:
    """The name, read so that an unusable one does not hide the container."""
    name = properties.values.get("name")
    return f"container {name!r}" if isinstance(name, str) and name else f"container {number}"
