"""Whether ECS takes the container definitions of a task as they are meant."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aws_policy_pack.config import nearest
from aws_policy_pack.ecs import CONTAINER_KEYS, INNER_KEYS
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.ecs.containers import containers_of
from aws_policy_pack.type_tokens import TASK_DEFINITION
from aws_policy_pack.wire import Value, read_json
from aws_policy_pack.wording import shown

MOST: Final = 2**31
"""Whole numbers have 32 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindOfValue:
    """A kind of value.

    Attributes:
        fits: Whether a value is of the kind, but for its entries.
        entry: Whether an entry is of the kind that entries have.
        example: How one is written.
    """

    fits: Callable[[Value], bool]
    entry: Callable[[Value], bool] = lambda _: True
    example: str


def _is_text(value: Value) -> bool:
    return isinstance(value, str)


def _is_whole(value: Value) -> bool:
    return type(value) is int and -MOST <= value < MOST


def _is_object(value: Value) -> bool:
    return isinstance(value, Mapping)


def _is_list(value: Value) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


KINDS: Final[Mapping[str, KindOfValue]] = {
    "text": KindOfValue(fits=_is_text, example='`"web"`'),
    "true or false": KindOfValue(
        fits=lambda value: isinstance(value, bool), example="`true`, without quotation marks"
    ),
    "a whole number": KindOfValue(
        fits=_is_whole, example="`256`, without quotation marks, point and exponent"
    ),
    "an object": KindOfValue(fits=_is_object, example='`{"key": "value"}`'),
    "an object of texts": KindOfValue(
        fits=_is_object,
        entry=_is_text,
        example='`{"key": "8080"}`, with quotation marks around each value',
    ),
    "a list of texts": KindOfValue(
        fits=_is_list, entry=_is_text, example='`["--port", "8080"]`, with quotation marks'
    ),
    "a list of objects": KindOfValue(
        fits=_is_list, entry=_is_object, example='`[{"key": "value"}]`'
    ),
    "a list of whole numbers": KindOfValue(fits=_is_list, entry=_is_whole, example="`[0, 1]`"),
}
"""The kinds by the words for them."""


def misfit(value: Value, kind: str) -> str | None:
    """What a value is in place of the kind; `None` where the provider takes it.

    The value itself is not told, since a secret may stand in it.
    """
    wanted = KINDS[kind]
    if value is None:
        return None
    if not wanted.fits(value):
        return _kind_of_value(value)
    strays = (item for item in _items(value) if item is not None and not wanted.entry(item))
    stray = next(strays, None)
    return None if stray is None else f"{_kind_of_value(value)} that holds {_kind_of_value(stray)}"


def _items(value: Value) -> Sequence[Value]:
    match value:
        case Mapping():
            return tuple(value.values())
        case Sequence() if not isinstance(value, str):
            return value
        case _:
            return ()


def _kind_of_value(value: Value) -> str:  # noqa: PLR0911 - one return for each kind
    match value:
        case bool():
            return "true or false"
        case int() if _is_whole(value):
            return "a number"
        case int():
            return "a number of more than 32 bits"
        case float():
            return "a number with a point or an exponent"
        case str():
            return "text"
        case Mapping():
            return "an object"
        case _:
            return "a list"


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
    remedy="Write each value in the kind that ECS takes, such as `256` without quotation marks, "
    "point and exponent",
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
    remedy="Correct the key that ECS does not know, or drop it",
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
    elif isinstance(value, Sequence):
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
