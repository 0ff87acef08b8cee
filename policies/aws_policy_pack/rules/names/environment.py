"""Physical names that tell the environment."""

import re
from fnmatch import fnmatchcase
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.names.facts import (
    ACCOUNT,
    AWS,
    FACTS,
    FACTS_BY_TYPE,
    REGION,
    VPC,
    NameFact,
)
from aws_policy_pack.wording import shown

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
