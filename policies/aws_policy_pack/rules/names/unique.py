"""Unique names: what Pulumi calls a resource, and what AWS calls it."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import (
    STACK,
    Graph,
    Resource,
    Unreadable,
    account_of_arn,
    account_of_provider,
    is_given,
    may_be_of_two,
    survey,
)
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule
from aws_policy_pack.rules.names.facts import (
    ACCOUNT,
    AWS,
    FACTS,
    GENERATED_LENGTH,
    NameFact,
    NameScope,
    ScopeName,
)
from aws_policy_pack.type_tokens import QUEUE
from aws_policy_pack.wording import shown


class UniqueLogical(RuleConfig):
    """Where the same logical name may stand twice."""

    skip_types: tuple[str, ...] = Field(
        default=(), description="Type tokens or globs that are not looked at"
    )


@stack_rule(
    "names-unique-logical",
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="No two resources of one type share a logical name, whatever their parents",
    why="The engine refuses two resources with one URN only when it comes to the second, half way "
    "through a deployment. Different parents keep the URNs apart, until somebody moves one of "
    "the two; and until then state, logs and targets show one name for two resources.",
    url="https://www.pulumi.com/docs/iac/concepts/resources/names/",
    good=(
        Example(type=QUEUE, name="orders", properties={"name": "orders-dev"}),
        Example(type=QUEUE, name="orders-dead-letter", properties={"name": "orders-dlq-dev"}),
    ),
    bad=(
        Example(type=QUEUE, name="orders", properties={"name": "orders-dev"}),
        Example(type=QUEUE, name="orders", properties={"name": "orders-dlq-dev"}),
    ),
)
def unique_logical(graph: Graph, config: UniqueLogical) -> Findings:
    """Compares type and name; the finding is about the later of two resources."""
    first: dict[tuple[str, str], Resource] = {}
    for resource in graph.resources:
        earlier = first.setdefault((resource.type, resource.name), resource)
        if earlier is resource or _is_skipped(resource.type, config):
            continue
        yield Finding(
            problem=f"another {resource.type}, {_logical_place(earlier)}, has this logical name "
            f"too (this one is {_logical_place(resource)})",
            wanted="a logical name that no other resource of the type has",
            fix="Rename one of the two and give it its old name as an alias, or remove one if it "
            "is declared twice",
            resource=resource,
            related=(earlier,),
        )


def _is_skipped(kind: str, config: UniqueLogical) -> bool:
    return any(fnmatchcase(kind, pattern) for pattern in config.skip_types)


def _logical_place(resource: Resource) -> str:
    """Where the resource stands among the stack's components."""
    _, _, kind, name = resource.parent.split("::", maxsplit=3) if resource.parent else [""] * 4
    if not name or kind.endswith(STACK):
        return "at the top of the stack"
    return f"under {name}"


UNIQUE: Final = tuple(fact for fact in FACTS if not fact.is_revised)
"""The names of which there is one in a scope."""
GENERATED: Final = re.compile(r"\d{18}[0-9a-f]{8}")
"""What the provider puts behind a prefix."""


class UniquePhysical(RuleConfig):
    """Where the same physical name may stand twice."""

    skip_scopes: tuple[ScopeName, ...] = Field(
        default=(), description="Scopes within which names are not compared"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PhysicalName:
    """A resource's physical name, or the prefix of one, and where it must be unique.

    Attributes:
        resource: The resource.
        name: The name; `None` where the provider generates it.
        prefix: What a generated name begins with.
        container: The cluster, VPC, listener ... that it is in, where the scope is one of these,
            and the part of it, where it has parts.
        place: The account and region as far as its scope has them, `None` where one is not told.
    """

    resource: Resource
    name: str | None
    prefix: str | None
    container: tuple[str, str]
    place: tuple[str | None, str | None]


@stack_rule(
    "names-unique-physical",
    *dict.fromkeys(kind for fact in UNIQUE for kind in fact.types),
    together=True,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="No two resources would get the same physical name in the same scope",
    why="AWS refuses the second resource in the middle of a deployment or, worse, hands the "
    "first one out again: two resources of the stack then share one queue, and deleting either "
    "deletes it for both.",
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
    good=(
        Example(type=QUEUE, name="orders", properties={"name": "orders-dev"}),
        Example(type=QUEUE, name="invoices", properties={"name": "invoices-dev"}),
    ),
    bad=(
        Example(type=QUEUE, name="orders", properties={"name": "orders-dev"}),
        Example(type=QUEUE, name="invoices", properties={"name": "orders-dev"}),
    ),
)
def unique_physical(graph: Graph, config: UniquePhysical) -> Findings:
    """Compares names of one kind in one scope; the finding is about the second by logical name.

    Resources reach the engine in an order that differs from run to run.
    """
    for fact in UNIQUE:
        if fact.scope.name in config.skip_scopes:
            continue
        in_order = sorted(graph.of_type(*fact.types), key=lambda item: (item.name, item.urn))
        found, unread = survey(in_order, partial(_read, graph=graph, fact=fact))
        yield from unread
        named = [name for _, name in found if name is not None]
        yield from _same_names(named, fact)
        yield from _names_that_a_prefix_makes(named, fact)


def _read(resource: Resource, graph: Graph, fact: NameFact) -> PhysicalName | None:
    """The name or prefix with its scope; `None` for a resource that has neither.

    A prefix counts only where the name is not known: providers also give the prefix of known names.
    """
    if fact.is_chosen and not is_given(resource, fact.path):
        return None
    name, prefix = None, None
    if (
        fact.prefix_path
        and not _is_given(resource, fact.path)
        and _is_given(resource, fact.prefix_path)
    ):
        prefix = resource.text(fact.prefix_path)
    else:
        name = resource.text(fact.path)
    if not (name or prefix):
        return None
    return PhysicalName(
        resource=resource,
        name=name,
        prefix=prefix,
        container=(_container(resource, graph, fact.scope), _part(resource, graph, fact.scope)),
        place=_place(resource, fact.scope),
    )


def _place(resource: Resource, scope: NameScope) -> tuple[str | None, str | None]:
    if scope is AWS:
        return None, None
    account = account_of_provider(resource.provider) or account_of_arn(resource)
    return account, None if scope is ACCOUNT else _region(resource)


def _region(resource: Resource) -> str | None:
    """The region of a resource or, up to version 6 of the provider, of its provider."""
    for holder in (resource, resource.provider):
        region = holder and holder.values.get("region")
        if isinstance(region, str):
            return region
    return None


def _is_given(resource: Resource, path: str) -> bool:
    return resource.is_known(path) and resource.has(path)


def _container(resource: Resource, graph: Graph, scope: NameScope) -> str:
    """Which cluster, VPC, listener ... it is in: a URN, or the value where that is outside.

    Clusters, event buses, schedule groups and VPCs that are not named are those called default.
    """
    for path in scope.paths:
        container = next(iter(graph.referenced(resource, path, *scope.types)), None)
        if container is not None:
            return container.urn
        text = resource.text(path)
        if text:
            return text
    return "default"


def _part(resource: Resource, graph: Graph, scope: NameScope) -> str:
    """The part of its container that a resource is in, such as the dimension that it scales.

    A part that is not known yet is the resource that it refers to, or what that says of the part.
    """
    if scope.part is None:
        return ""
    if not resource.is_known(scope.part):
        for part in graph.referenced(resource, scope.part, *scope.part_types):
            return part.text(scope.part) or part.urn
    return resource.text(scope.part) or ""


def _same_names(named: Sequence[PhysicalName], fact: NameFact) -> Findings:
    groups: dict[tuple[tuple[str, str], str], list[PhysicalName]] = defaultdict(list)
    for new in named:
        if new.name is None:
            continue
        group = groups[new.container, _folded(new.name, fact)]
        earlier = _first_met(new, group, fact)
        group.append(new)
        if earlier is not None and _is_doubtful(new, earlier, fact):
            yield _untold(new, earlier, fact)
        elif earlier is not None:
            yield Finding(
                problem=_collision(new, earlier, fact),
                wanted=f"a name that no other {fact.what} has in {fact.scope.words}",
                fix="Rename one of the two, or declare it once and share it",
                resource=new.resource,
                part=fact.path,
                related=(earlier.resource,),
            )


def _collision(new: PhysicalName, earlier: PhysicalName, fact: NameFact) -> str:
    name = f"`{fact.path}` is {shown(new.name)}"
    if new.name == earlier.name:
        return f"{name}, as is that of {earlier.resource.name}"
    return f"{name}, which only case tells from {shown(earlier.name)} of {earlier.resource.name}"


def _names_that_a_prefix_makes(named: Sequence[PhysicalName], fact: NameFact) -> Findings:
    owners: dict[tuple[tuple[str, str], str], list[PhysicalName]] = defaultdict(list)
    for other in named:
        if other.prefix:
            owners[other.container, _folded(other.prefix, fact)].append(other)
    for new in named:
        if new.name is None or not GENERATED.fullmatch(new.name[-GENERATED_LENGTH:]):
            continue
        possible = owners[new.container, _folded(new.name[:-GENERATED_LENGTH], fact)]
        owner = _first_met(new, possible, fact)
        if owner is not None and _is_doubtful(new, owner, fact):
            yield _untold(new, owner, fact)
        elif owner is not None:
            yield Finding(
                problem=f"`{fact.path}` is {shown(new.name)}, a name that `{fact.prefix_path}` "
                f"{shown(owner.prefix)} of {owner.resource.name} can make",
                wanted=f"a name that no other {fact.what} can have in {fact.scope.words}",
                fix="Choose a name without the generated ending",
                resource=new.resource,
                part=f"{fact.path} beside {fact.prefix_path}",
                related=(owner.resource,),
            )


def _folded(name: str, fact: NameFact) -> str:
    return name.lower() if fact.folds_case else name


def _first_met(
    new: PhysicalName, others: Sequence[PhysicalName], fact: NameFact
) -> PhysicalName | None:
    """The first that the new one meets; one that may be in another account comes last."""
    met = (other for other in others if _may_meet(new, other))
    return min(met, key=lambda other: _is_doubtful(new, other, fact), default=None)


def _is_doubtful(one: PhysicalName, other: PhysicalName, fact: NameFact) -> bool:
    return fact.scope is not AWS and may_be_of_two(one.resource.provider, other.resource.provider)


def _untold(new: PhysicalName, other: PhysicalName, fact: NameFact) -> Unreadable:
    return Unreadable(
        fact.path,
        f"may be that of {other.resource.name}: the providers of the two sign in differently, and "
        "their settings do not tell the accounts",
        new.resource,
    )


def _may_meet(one: PhysicalName, other: PhysicalName) -> bool:
    """Whether two resources can be in one account and region; what is not told can be any."""
    pairs = zip(one.place, other.place, strict=True)
    return all(mine is None or its is None or mine == its for mine, its in pairs)
