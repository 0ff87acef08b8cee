"""Whether ECS takes the container definitions of a task as they are meant."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aws_policy_pack.config import nearest
from aws_policy_pack.container_definitions import CONTAINER_KEYS, INNER_KEYS
from aws_policy_pack.json_text import read_json
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.ecs.containers import containers_of
from aws_policy_pack.rules.ecs.kinds import KINDS, misfit
from aws_policy_pack.rules.ecs.types import TASK_DEFINITION
from aws_policy_pack.wire import Value
from aws_policy_pack.wording import shown

NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A key in a container definition.

    Attributes:
        label: What the key stands in, such as `container 'web'`.
        key: The key.
        value: Its value.
        known: The keys that ECS knows there, with the kinds of their values.
    """

    label: str
    key: str
    value: Value
    known: Mapping[str, str]


@resource_rule(
    "ecs-container-definitions-valid",
    TASK_DEFINITION,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="Container definitions are a JSON list of containers with values of ECS's kinds",
    why="The definitions are text to Pulumi, so no type is checked. Text that is not JSON, a "
    "value of another kind, a name used twice, or no essential container fails in the middle of a "
    "deployment.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
    good={
        "family": "orders-dev",
        "containerDefinitions": '[{"name": "web", "image": "orders:1.4.0", "essential": true}]',
    },
    bad={
        "family": "orders-dev",
        "containerDefinitions": '[{"name": "web", "image": "orders:1.4.0", "cpu": "256"}]',
    },
)
def container_definitions_valid(task: Resource) -> Findings:
    """Judges the shape first; a container is essential unless it says that it is not."""
    given = task.raw("containerDefinitions")
    try:
        definitions: Value = read_json(given) if isinstance(given, str) else given
    except ValueError as error:
        yield _misshapen(f"`containerDefinitions` is not JSON: {error}")
        return
    if isinstance(definitions, str) or not isinstance(definitions, Sequence) or not definitions:
        yield _misshapen(f"`containerDefinitions` is {_kind(definitions)}")
        return
    if not all(isinstance(definition, Mapping) for definition in definitions):
        yield _misshapen("`containerDefinitions` has entries that are not objects")
        return
    for container in containers_of(task):
        for entry in _entries(container.label, container.properties.values, CONTAINER_KEYS):
            yield from _judge_kind(entry)
    names = [container.properties.text("name") for container in containers_of(task)]
    yield from _judge_names(names)
    for container in containers_of(task):
        if not container.properties.text("image"):
            yield Finding(
                problem=f"{container.label} has no `image`",
                part=f"image of {container.label}",
                wanted="the reference of an image",
                fix="Give the container an `image`",
            )
    if not any(
        container.properties.values.get("essential") is not False
        for container in containers_of(task)
    ):
        yield Finding(
            problem="no container is essential",
            part="essential",
            wanted="at least one, whose end ends the task",
            fix="Set `essential` to true for the container that does the task's work",
        )


@resource_rule(
    "ecs-container-definition-keys",
    TASK_DEFINITION,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Container definitions have no key that ECS does not know",
    why="The provider drops a misspelt key without a word, so the container runs without its "
    "health check, its secrets or its limits.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
    good={
        "family": "orders-dev",
        "containerDefinitions": '[{"name": "web", "image": "orders:1.4.0", "environment": []}]',
    },
    bad={
        "family": "orders-dev",
        "containerDefinitions": '[{"name": "web", "image": "orders:1.4.0", "enviroment": []}]',
    },
)
def container_definition_keys(task: Resource) -> Findings:
    """Looks at the keys alone; definitions that are not a list of objects are the other rule's."""
    for container in containers_of(task):
        for entry in _entries(container.label, container.properties.values, CONTAINER_KEYS):
            if entry.key not in entry.known:
                yield Finding(
                    part=f"key {shown(entry.key)} of {entry.label}",
                    problem=f"{entry.label} has the key {shown(entry.key)}, which ECS does not "
                    f"know ({nearest(entry.key, tuple(entry.known))})",
                    wanted="a key of the ECS API",
                    fix="Correct the key, or drop it",
                )


def _misshapen(problem: str) -> Finding:
    return Finding(
        problem=problem,
        wanted="a JSON list of objects, one for each container",
        fix="Build `containerDefinitions` with `pulumi.Output.json_dumps` from a list of objects",
    )


def _kind(value: Value) -> str:
    match value:
        case None:
            return "not set"
        case Mapping():
            return "an object"
        case []:
            return "an empty list"
        case _:
            return "neither a list nor an object"


def _entries(
    label: str, definition: Mapping[str, Value], known: Mapping[str, str]
) -> Iterator[Entry]:
    """Each key of a container, and of the objects inside whose keys are ECS's."""
    for key, value in definition.items():
        yield Entry(label=label, key=key, value=value, known=known)
        if key in known and KINDS[known[key]].fits(value):
            for where, inner in _objects(key, value):
                yield from _entries(f"`{where}` of {label}", inner, INNER_KEYS[key])


def _judge_kind(entry: Entry) -> Iterator[Finding]:
    kind = entry.known.get(entry.key)
    found = kind and misfit(entry.value, kind)
    if kind and found:
        yield Finding(
            problem=f"`{entry.key}` of {entry.label} is {found}",
            part=f"{entry.key} of {entry.label}",
            wanted=kind,
            fix=f"Write it as in {KINDS[kind].example}",
        )


def _objects(key: str, value: Value) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """The objects under a key whose keys are ECS's, and where each stands."""
    if key not in INNER_KEYS:
        return
    if isinstance(value, Mapping):
        yield key, value
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, entry in enumerate(value):
            if isinstance(entry, Mapping):
                yield f"{key}[{index}]", entry


def _judge_names(names: Sequence[str | None]) -> Iterator[Finding]:
    for number, name in enumerate(names, start=1):
        if not NAME.fullmatch(name or ""):
            yield Finding(
                problem=f"the name of container {number} is {shown(name)}",
                part=f"name of container {number}",
                wanted="1 to 255 letters, digits, hyphens and underscores",
                fix="Give the container a `name` of these characters",
            )
    for name, count in Counter(names).items():
        if name and count > 1:
            yield Finding(
                problem=f"{count} containers have the name {shown(name)}",
                part=f"name {shown(name)}",
                wanted="a name for each container",
                fix="Rename all but one of them",
            )
