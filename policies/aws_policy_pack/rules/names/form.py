"""The form of physical names: what AWS takes, what a team has agreed on, and the environment."""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from aws_policy_pack.config import RuleConfig, most_specific
from aws_policy_pack.lists import load
from aws_policy_pack.resource import UNKNOWN, Resource, Unreadable
from aws_policy_pack.rule import Changes, Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.names.facts import (
    ACCOUNT,
    AWS,
    FACTS,
    FACTS_BY_TYPE,
    GENERATED_LENGTH,
    REGION,
    VPC,
    Limits,
    NameFact,
)
from aws_policy_pack.type_tokens import QUEUE
from aws_policy_pack.wording import shown

CHOSEN: Final = {
    kind: chosen
    for kind, facts in FACTS_BY_TYPE.items()
    if (chosen := tuple(fact for fact in facts if not fact.is_key))
}
"""The names that somebody chooses, by type."""
LIMITED: Final = {
    kind: limited
    for kind, facts in FACTS_BY_TYPE.items()
    if (limited := tuple((fact, fact.limits) for fact in facts if fact.limits))
}
ANY_ENDING: Final = "0" * GENERATED_LENGTH
FIFO: Final = ".fifo"


@resource_rule(
    "names-within-limits",
    *LIMITED,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="A physical name has the length and the characters that AWS takes for its type",
    why="AWS looks at a name only when it creates the resource, so a name that grew too long with "
    "the environment's suffix fails in the middle of the first deployment to production.",
    remedy="Change the name to the form that AWS takes",
    url="https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html",
    good={"name": "orders-dev.fifo", "fifoQueue": True},
    bad={"name": "orders dev", "fifoQueue": False},
)
def within_limits(resource: Resource) -> Findings:
    """Looks at the name, and at the names that a prefix will make."""
    for fact, limits in LIMITED[resource.type]:
        name = resource.text(fact.path)
        if name:
            yield from _outside(name, fact.path, fact, limits, f"`{fact.path}` is {shown(name)}")
        path = fact.prefix_path
        prefix = resource.text(path) if path else None
        if path and prefix:
            made = _generated(prefix, resource)
            problem = f"`{path}` {shown(prefix)} makes names like {shown(made)}"
            yield from _outside(made, path, fact, limits, problem)


def _generated(prefix: str, resource: Resource) -> str:
    """A name such as the provider makes of a prefix."""
    is_fifo = resource.flag("fifoQueue") or resource.flag("fifoTopic")
    return f"{prefix}{ANY_ENDING}{FIFO if is_fifo else ''}"


def _outside(name: str, path: str, fact: NameFact, limits: Limits, problem: str) -> Findings:
    resizing = _resizing(len(name), limits)
    if resizing:
        yield Finding(
            problem=f"{problem}, {len(name)} characters",
            part=f"length of {path}",
            wanted=f"{limits.shortest} to {limits.longest} characters ({fact.source})",
            fix=resizing,
        )
    if not limits.pattern.fullmatch(name):
        yield Finding(
            problem=f"{problem}, not of the form that AWS takes",
            part=f"form of {path}",
            wanted=f"{limits.form} ({fact.source})",
            fix="Change the name to that form",
        )


def _resizing(length: int, limits: Limits) -> str | None:
    """What to do about the length, `None` if it is right."""
    if length < limits.shortest:
        return "Lengthen the name"
    return "Shorten the name" if length > limits.longest else None


def _compilable(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    return pattern


class FollowPattern(RuleConfig):
    """What a team has agreed on."""

    patterns: Mapping[str, Annotated[str, AfterValidator(_compilable)]] = Field(
        default_factory=dict,
        description="Regular expressions for whole names by type token or glob; the most specific "
        "holds",
    )


@resource_rule(
    "names-follow-pattern",
    *CHOSEN,
    kind=Kind.CONFIGURED,
    severity=Severity.LOW,
    summary="A physical name follows the pattern that is agreed on for its type",
    why="Names that follow one pattern can be found, filtered and named in IAM policies; one that "
    "does not is overlooked.",
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html",
    good={"name": "orders-dev"},
    bad={"name": "OrdersQueue"},
    example_config={"patterns": {"*": "[a-z0-9._/-]+"}},
)
def follow_pattern(resource: Resource, config: FollowPattern) -> Findings:
    """Matches each name of the resource as a whole."""
    glob = most_specific(config.patterns, resource.type)
    if glob is None:
        return
    pattern = config.patterns[glob]
    for fact in CHOSEN[resource.type]:
        name = resource.text(fact.path)
        if name and not re.fullmatch(pattern, name):
            yield Finding(
                problem=f"`{fact.path}` is {shown(name)}",
                part=fact.path,
                wanted=f"a name that matches {pattern} (`patterns.{glob}` of names-follow-pattern)",
                fix="Rename it, or agree on another pattern in the pack's config",
            )


SHARED_SCOPES: Final = (AWS, ACCOUNT, REGION, VPC)
"""Scopes that two environments may share; a name inside a cluster or namespace is safe with it."""


def _must_tell(fact: NameFact) -> bool:
    return fact.scope in SHARED_SCOPES


class CarryEnvironment(RuleConfig):
    """What names the environment, and where it must stand."""

    token: str | None = Field(
        default=None,
        min_length=1,
        description="The word that names the environment; without one, no name is judged",
    )
    types: tuple[str, ...] = Field(
        default=("*",), description="Type tokens or globs whose names must carry the word"
    )


@resource_rule(
    "names-carry-environment",
    *dict.fromkeys(kind for fact in FACTS if _must_tell(fact) for kind in fact.types),
    kind=Kind.CONFIGURED,
    severity=Severity.HIGH,
    summary="A physical name that is given tells the environment, where a profile says its word",
    why="Two stacks of one program in one account ask AWS for the same names; the second "
    "deployment fails, or takes over the first one's queue.",
    remedy="Put the stack's name into the name, with a hyphen or slash around it",
    url="https://www.pulumi.com/docs/iac/concepts/resources/names/",
    good={"name": "orders-dev"},
    bad={"name": "orders"},
    example_config={"token": "dev"},
)
def carry_environment(resource: Resource, config: CarryEnvironment) -> Findings:
    """Looks for the environment's word; names with a generated ending cannot collide."""
    token = config.token
    if not token or not any(fnmatchcase(resource.type, pattern) for pattern in config.types):
        return
    for fact in FACTS_BY_TYPE[resource.type]:
        name = resource.text(fact.path)
        if not (name and _must_tell(fact)) or _is_generated(name, resource):
            continue
        if f"-{_words(token)}-" not in f"-{_words(name)}-":
            yield Finding(
                problem=f"`{fact.path}` is {shown(name)}, without the word {shown(token)}",
                wanted="a name with that word (`token` of names-carry-environment)",
                fix=f"Put {shown(token)} into the name, with a hyphen or slash around it",
            )


def _is_generated(name: str, resource: Resource) -> bool:
    """Whether Pulumi made the name: the logical one and seven random digits.

    The engine keeps back from policies which properties have a default, so the form has to tell.
    https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
    """
    beginning, _, ending = name.removesuffix(".fifo").rpartition("-")
    is_random = re.fullmatch(r"[0-9a-f]{7}", ending) is not None
    return is_random and beginning.lower() == resource.name.lower()


def _words(text: str) -> str:
    """The words of a name, in lower case, with a hyphen between them."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


TAGGABLE_TYPES: Final[tuple[str, ...]] = tuple(load("taggable_types").entries)
"""The types that take a map of tags."""


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
    QUEUE,
    *(kind for kind in TAGGABLE_TYPES if kind != QUEUE),
    kind=Kind.CONFIGURED,
    severity=Severity.LOW,
    summary="A resource carries the tags that are required",
    why="The bill, access rules and whoever cleans up after a team go by tags; what has none "
    "belongs to nobody and is paid for ever.",
    remedy="Set the tags that the pack's config wants",
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
