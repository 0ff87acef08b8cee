"""Tags that every resource must carry."""

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.lists import load
from aws_policy_pack.resource import UNKNOWN, Resource, Unreadable
from aws_policy_pack.rule import Changes, Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.wording import shown

TAGGABLE_TYPES: Final[tuple[str, ...]] = tuple(load("taggable_types").entries)
"""The types that take a map of tags."""
EXAMPLE: Final = "aws:sqs/queue:Queue"


class TagsRequired(RuleConfig):
    """Which tags there must be."""

    tags: Mapping[str, str | None] = Field(
        default_factory=dict,
        description="Names of tags to their values, null where any value will do; none are "
        "required unless they are named here",
    )


def add_tags(resource: Resource, config: TagsRequired) -> Changes:
    """Sets the tags whose values are configured, and keeps all others.

    Raises:
        Unreadable: A tag that would have to be kept is not known yet.
    """
    values = {
        name: config.tags[name]
        for name, _ in _wrong(resource, config)
        if config.tags[name] is not None
    }
    if not values:
        return {}
    resource.raw("tags")
    return {"tags": {**resource.object("tags").values, **values}}


@resource_rule(
    "tags-required",
    EXAMPLE,
    *(kind for kind in TAGGABLE_TYPES if kind != EXAMPLE),
    kind=Kind.CONFIGURED,
    severity=Severity.LOW,
    summary="A resource carries the tags that are required",
    why="The bill, access rules and whoever cleans up after a team go by tags; what has none "
    "belongs to nobody and is paid for ever.",
    url="https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
    good={"tags": {"Environment": "dev", "Team": "orders"}},
    bad={"tags": {"Team": "orders"}},
    example_config={"tags": {"Environment": "dev"}},
    fix=add_tags,
)
def tags_required(resource: Resource, config: TagsRequired) -> Findings:
    """Compares the resource's own tags, and those of its provider behind them."""
    for name, value in _wrong(resource, config):
        wanted = config.tags[name]
        yield Finding(
            problem=f"tag {shown(name)} is {shown(value)}",
            part=name,
            wanted=f"{'any value' if wanted is None else shown(wanted)} "
            f"(`tags.{name}` of tags-required)",
            fix=f"Set the tag {shown(name)}",
        )


def _wrong(resource: Resource, config: TagsRequired) -> Iterator[tuple[str, object]]:
    """Required tags that are missing or have another value, and that value.

    Names of tags may hold dots, so they are not read as paths. The AWS provider adds its default
    tags to the resource's own in the input `tagsAll`.
    """
    own = resource.object("tags").values
    for name, wanted in config.tags.items():
        value = own[name] if name in own else resource.object("tagsAll").values.get(name)
        if value is UNKNOWN and wanted is not None:
            raise Unreadable(f"tags.{name}", "is not known yet")
        if value is None or value == "" or (wanted is not None and value != wanted):
            yield name, value
