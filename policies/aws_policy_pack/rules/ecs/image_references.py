"""Which images containers run."""

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.ecs.containers import Container, judge_containers
from aws_policy_pack.rules.ecs.images import (
    IMPLIED_TAG,
    ImageReferenceError,
    parse_image,
)
from aws_policy_pack.rules.ecs.types import TASK_DEFINITION
from aws_policy_pack.wording import listed, shown


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
