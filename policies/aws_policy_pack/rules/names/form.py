"""The form of physical names: what AWS takes, and what a team has agreed on."""

import re
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.patterns import most_specific
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.names.facts import FACTS_BY_TYPE, GENERATED_LENGTH, Limits, NameFact
from aws_policy_pack.wording import shown

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
        prefix = resource.text(fact.prefix_path) if fact.prefix_path else None
        if prefix:
            made = _generated(prefix, resource)
            problem = f"`{fact.prefix_path}` {shown(prefix)} makes names like {shown(made)}"
            yield from _outside(made, fact.prefix_path or "", fact, limits, problem)


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
    *FACTS_BY_TYPE,
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
    for fact in FACTS_BY_TYPE[resource.type]:
        name = resource.text(fact.path)
        if name and not re.fullmatch(pattern, name):
            yield Finding(
                problem=f"`{fact.path}` is {shown(name)}",
                part=fact.path,
                wanted=f"a name that matches {pattern} (`patterns.{glob}` of names-follow-pattern)",
                fix="Rename it, or agree on another pattern in the pack's config",
            )
