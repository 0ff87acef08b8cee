"""Containers as the rules look at them, and the images that they run."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.ecs import container_definitions
from aws_policy_pack.resource import Properties, Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, judge_each, resource_rule
from aws_policy_pack.type_tokens import TASK_DEFINITION
from aws_policy_pack.wording import listed, shown

TASK_SET: Final = "aws:ecs/taskSet:TaskSet"
SCHEDULE: Final = "aws:scheduler/schedule:Schedule"


RANGE: Final = re.compile(r"(?P<first>\d+)-(?P<last>\d+)", re.ASCII)


def port_range(text: str) -> range:
    """The ports of a range such as `8000-8010`, both ends included; none if it is not a range.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
    """
    match = RANGE.fullmatch(text)
    return range(int(match["first"]), int(match["last"]) + 1) if match else range(0)


def shown_ports(ports: Iterable[range]) -> str:
    """Ports as a finding lists them: `3000, 8000-8010`; `no port` if there are none."""
    ends = [dict.fromkeys((each[0], each[-1])) for each in ports if each]
    texts = ["-".join(map(str, each)) for each in ends]
    return ", ".join(texts) or "no port"


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


IMPLIED_TAG: Final = "latest"
"""What a reference without tag and digest means."""

REGISTRY: Final = re.compile(r"(localhost|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*)(:\d+)?", re.ASCII)
REPOSITORY: Final = re.compile(
    r"[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*)*", re.ASCII
)
TAG: Final = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
DIGEST: Final = re.compile(r"sha256:[0-9a-fA-F]{64}")


class ImageReferenceError(ValueError):
    """A text is not a reference to an image; says why, as the end of a sentence about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageReference:
    """A reference to an image.

    Attributes:
        registry: Host and port; empty for Docker Hub.
        repository: Path of the repository in the registry.
        tag: The tag, empty if there is none.
        digest: The digest, empty if there is none.
    """

    registry: str
    repository: str
    tag: str
    digest: str


def parse_image(text: str) -> ImageReference:
    """Reads a reference; a tag beside a digest is legal, two tags are not.

    Raises:
        ImageReferenceError: The text is not a reference.
    """
    name, *digests = text.split("@")
    if len(digests) > 1:
        raise ImageReferenceError(f"has {len(digests)} digests")
    registry, path = _split_registry(name)
    repository, *tags = path.split(":")
    if len(tags) > 1:
        raise ImageReferenceError(f"has {len(tags)} tags")
    if not REPOSITORY.fullmatch(repository):
        raise ImageReferenceError(f"has {repository!r} where the repository's name belongs")
    tag, digest = "".join(tags), "".join(digests)
    if tags and not TAG.fullmatch(tag):
        raise ImageReferenceError(f"has {tag!r} where the tag belongs")
    if digests and not DIGEST.fullmatch(digest):
        raise ImageReferenceError(f"has {digest!r} where the digest belongs")
    return ImageReference(
        registry=registry,
        repository=repository,
        tag=tag,
        digest=digest,
    )


def _split_registry(name: str) -> tuple[str, str]:
    """Splits the host off: a first part with a dot or a port, or `localhost`."""
    first, slash, rest = name.partition("/")
    is_registry = slash and ("." in first or ":" in first or first == "localhost")
    if not is_registry:
        return "", name
    if not REGISTRY.fullmatch(first):
        raise ImageReferenceError(f"has {first!r} where the registry belongs")
    return first, rest


class ImageReferences(RuleConfig):
    """Which tags containers may not be started from."""

    floating_tags: tuple[str, ...] = Field(
        default=(IMPLIED_TAG,),
        description="Tags that are pushed again and again; a reference without tag means "
        "`latest`. An empty list allows every tag",
    )


@resource_rule(
    "ecs-image-reference",
    TASK_DEFINITION,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Images are named with one tag that stays, or with a digest",
    why="A tag that moves starts another program tomorrow, and a rollback does not bring the old "
    "one back; a reference with two tags cannot be pulled at all.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-considerations.html",
    good={"containerDefinitions": '[{"name": "web", "image": "orders:1.4.0"}]'},
    bad={"containerDefinitions": '[{"name": "web", "image": "orders:latest"}]'},
)
def image_reference(task: Resource, config: ImageReferences) -> Findings:
    """A digest stays, whatever tag stands before it."""

    def judge(container: Container) -> Findings:
        given = container.properties.text("image")
        if not given:
            return
        subject = f"`image` of {container.label} is {shown(given)}"
        try:
            image = parse_image(given)
        except ImageReferenceError as error:
            yield Finding(
                problem=f"{subject}, which {error}",
                wanted="`repository:tag` or `repository@sha256:digest`",
                fix="Put the reference together from the repository's URL and one tag",
            )
            return
        tag = image.tag or IMPLIED_TAG
        if not image.digest and tag in config.floating_tags:
            meaning = "" if image.tag else f", which means the tag {tag!r}"
            yield Finding(
                problem=f"{subject}{meaning}",
                wanted=f"a tag other than {listed(config.floating_tags)} (`floatingTags` of "
                "ecs-image-reference), or a digest",
                fix="Push the image under a tag of its own, such as the version or the commit, "
                "and name that",
            )

    yield from judge_containers(task, judge)
