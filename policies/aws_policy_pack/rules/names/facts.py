"""Which types have a physical name, in which property, how unique it is and what form it has.

The list `names` says so, each name with its source. DocumentDB and Neptune are managed through RDS
and share its names.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from aws_policy_pack.lists import load

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
    ROLE = "role"
    USER = "user"
    GROUP = "group"
    FUNCTION = "function"
    FUNCTION_VERSION = "functionVersion"
    LOAD_BALANCER = "loadBalancer"
    API = "api"
    API_RESOURCE = "apiResource"
    LOG_GROUP = "logGroup"
    EVENT_RULE = "eventRule"
    AUTO_SCALING_GROUP = "autoScalingGroup"
    EKS_CLUSTER = "eksCluster"
    USER_POOL = "userPool"
    BUCKET = "bucket"
    STREAM = "stream"
    CATALOG_DATABASE = "catalogDatabase"
    CLOUD_MAP_SERVICE = "cloudMapService"
    FIREWALL_SCOPE = "firewallScope"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameScope:
    """Within what a name is unique, and how to tell.

    Attributes:
        name: What configs call it.
        words: What findings call it.
        paths: The properties that say in which one a resource is; the first that is given counts.
        types: The types of resource that these properties refer to.
        part: The property that says in which part of it a resource is, if it has parts.
        part_types: The types of resource that this property refers to.
    """

    name: ScopeName
    words: str
    paths: tuple[str, ...]
    types: tuple[str, ...]
    part: str | None
    part_types: tuple[str, ...]


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
    shortest: int
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
        is_revised: Whether a second resource of the name is another revision of one thing.
        folds_case: Whether names that differ by case alone are the same.
        is_key: Whether something else decides the name, such as the method of a request.
        is_chosen: Whether the provider chooses a free one where the program gives none.
        limits: The form that AWS demands, `None` where any value of the property's type will do.
        source: The page that says so.
    """

    what: str
    types: tuple[str, ...]
    path: str
    prefix_path: str | None
    scope: NameScope
    is_revised: bool
    folds_case: bool
    is_key: bool
    is_chosen: bool
    limits: Limits | None
    source: str


def _scope(name: str, row: Mapping[str, Any]) -> NameScope:
    return NameScope(
        name=ScopeName(name),
        words=row["words"],
        paths=tuple(row["paths"]),
        types=tuple(row["types"]),
        part=row.get("part"),
        part_types=tuple(row.get("part_types", row["types"])),
    )


def _limits(row: Mapping[str, Any]) -> Limits:
    return Limits(
        longest=row["longest"],
        shortest=row.get("shortest", 1),
        pattern=re.compile(row["pattern"]),
        form=row["form"],
    )


def _fact(row: Mapping[str, Any]) -> NameFact:
    return NameFact(
        what=row["what"],
        types=tuple(row["types"]),
        path=row.get("path", "name"),
        prefix_path=row.get("prefix_path"),
        scope=_SCOPES[row.get("scope", "region")],
        is_revised=row.get("revised", False),
        folds_case=row.get("folds_case", False),
        is_key=row.get("is_key", False),
        is_chosen=row.get("is_chosen", False),
        limits=_limits(row["limits"]) if "limits" in row else None,
        source=row["source"],
    )


def _by_type(facts: tuple[NameFact, ...]) -> Mapping[str, tuple[NameFact, ...]]:
    found: dict[str, list[NameFact]] = defaultdict(list)
    for fact in facts:
        for kind in fact.types:
            found[kind].append(fact)
    return {kind: tuple(group) for kind, group in found.items()}


_NAMES: Final = load("names").entries
_SCOPES: Final = {name: _scope(name, row) for name, row in _NAMES["scopes"].items()}
AWS: Final = _SCOPES["aws"]
ACCOUNT: Final = _SCOPES["account"]
REGION: Final = _SCOPES["region"]
VPC: Final = _SCOPES["vpc"]

FACTS: Final = tuple(_fact(row) for row in _NAMES["facts"])
FACTS_BY_TYPE: Final = _by_type(FACTS)
"""A type can have several names: an RDS instance also names its final snapshot."""
