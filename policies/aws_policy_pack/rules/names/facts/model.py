"""What there is to say of a physical name: where it stands, who must not have it too, its form."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

GENERATED_LENGTH: Final = 26
"""Characters that the provider puts behind a name's prefix: 18 digits of time, 8 of a counter.

https://github.com/hashicorp/terraform-plugin-sdk/blob/main/helper/id/id.go
"""


class ScopeName(StrEnum):
    """Within what a name is unique."""

    AWS = "aws"
    ACCOUNT = "account"
    REGION = "region"
    VPC = "vpc"
    CLUSTER = "cluster"
    NAMESPACE = "namespace"
    LISTENER = "listener"
    EVENT_BUS = "eventBus"
    SCHEDULE_GROUP = "scheduleGroup"
    SCALABLE_RESOURCE = "scalableResource"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Within what a name is unique, and how to tell.

    Attributes:
        name: What configs call it.
        words: What findings call it.
        paths: The properties that say in which one a resource is; the first that is given counts.
        types: The types of resource that these properties refer to.
    """

    name: ScopeName
    words: str
    paths: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


AWS: Final = Scope(name=ScopeName.AWS, words="all of AWS")
ACCOUNT: Final = Scope(name=ScopeName.ACCOUNT, words="the account")
REGION: Final = Scope(name=ScopeName.REGION, words="the account and region")
VPC: Final = Scope(
    name=ScopeName.VPC,
    words="the VPC",
    paths=("vpcId", "vpc"),
    types=("aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The form that AWS demands.

    Attributes:
        longest: Most characters.
        shortest: Fewest characters.
        pattern: Matches the whole name.
        form: The pattern in words.
    """

    longest: int
    shortest: int = 1
    pattern: re.Pattern[str]
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFact:
    """One kind of physical name.

    Attributes:
        what: What has the name; kinds of resource that share their names are one.
        types: The resource types.
        path: The property that holds the name.
        prefix_path: The property that gives the beginning of a generated name, if there is one.
        scope: Within what the name is unique.
        folds_case: Whether names that differ by case alone are the same.
        limits: The form that AWS demands, `None` where any value of the property's type will do.
        source: The page that says so.
    """

    what: str
    types: tuple[str, ...]
    path: str = "name"
    prefix_path: str | None = None
    scope: Scope = field(default=REGION)
    folds_case: bool = False
    limits: Limits | None
    source: str


def words(longest: int, *, shortest: int = 1) -> Limits:
    """The most common form."""
    return Limits(
        longest=longest,
        shortest=shortest,
        pattern=re.compile(r"[A-Za-z0-9_-]+"),
        form="letters, digits, hyphens and underscores",
    )


def dotted_words(longest: int, *, shortest: int = 1) -> Limits:
    """The most common form, with dots."""
    return Limits(
        longest=longest,
        shortest=shortest,
        pattern=re.compile(r"[A-Za-z0-9_.-]+"),
        form="letters, digits, hyphens, underscores and dots",
    )
