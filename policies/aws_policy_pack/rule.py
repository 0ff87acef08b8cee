"""A rule: one pure function and what is to be said about it.

The function knows nothing of packs, levels, profiles, waivers or the SDK. It yields findings; a
property that it cannot read ends it (see `resource.Unreadable`), and what it has yielded stays.
A rule over many resources yields what it could not read and goes on (see `resource.survey`).
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Generic, TypeVar

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import Graph, Resource, Unreadable


class Level(StrEnum):
    """What a violation does; the engine's enforcement levels."""

    ADVISORY = "advisory"
    MANDATORY = "mandatory"
    REMEDIATE = "remediate"
    DISABLED = "disabled"


class Kind(StrEnum):
    """What a rule holds a stack to; its level where a profile says nothing follows from it."""

    REFUSED = "refused"
    """AWS refuses what the rule finds, or its provider does."""
    EXPOSES = "exposes"
    """What the rule finds opens something to everybody."""
    CONFIGURED = "configured"
    """The rule holds a stack to what a profile says, and finds nothing where none says it."""
    PRACTICE = "practice"
    """Advice, which a profile may make mandatory."""

    @property
    def level(self) -> Level:
        """The level of a rule of this kind where a profile says nothing."""
        return Level.ADVISORY if self is Kind.PRACTICE else Level.MANDATORY


class Scope(StrEnum):
    """What a rule's function is given."""

    RESOURCE = "resource"
    STACK = "stack"
    PACK = "pack"


class Severity(StrEnum):
    """How bad a violation is, in the engine's words."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One violation.

    Attributes:
        problem: The fault, with the actual value; no full stop.
        wanted: The value or bound that is wanted and where it is configured; no full stop.
        fix: One sentence that says what to do, without the full stop.
        resource: The resource that a stack rule speaks of; `None` in resource rules, and where
            the whole stack is meant.
        place: The faulty part of the resource, in words that the rules which may report it share;
            empty where no other rule reports it.
        part: What tells the finding from others of this rule about the same resource, such as a
            path or a name. Part of the finding's id, so without numbers and words that a change
            of the value changes. The place where it is empty.
        related: The other resources that the finding is about.
        is_advice: Whether it only advises, whatever the rule's level is.
    """

    problem: str
    wanted: str
    fix: str
    resource: Resource | None = None
    place: str = ""
    part: str = ""
    related: tuple[Resource, ...] = ()
    is_advice: bool = False


Findings = Iterator[Finding | Unreadable]
Changes = Mapping[str, object]
Subject = TypeVar("Subject", Resource, Graph)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A resource in a stack rule's example.

    Attributes:
        type: The type token.
        name: The logical name.
        properties: The properties; a text `${other.arn}` stands for another example's output.
        references: Property name to the logical names that its value comes from.
        ignore_changes: Properties whose changes are ignored.
        provider: The logical name of the provider that it is given, if any.
        before: Its inputs in the base, where the rule asks for them.
        operation: What becomes of it beside the base; `update` where only `before` is given.
    """

    type: str
    name: str
    properties: Mapping[str, object] = field(default_factory=dict)
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignore_changes: tuple[str, ...] = ()
    provider: str = ""
    before: Mapping[str, object] | None = None
    operation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[Subject]):
    """A rule with all that is said about it.

    Attributes:
        id: Its name, `<area>-<what>`.
        formerly: Names that it had; a profile may use them until the next major version.
        scope: Whether it looks at one resource's inputs, at the graph, or at the graph and the
            settings of the pack's other rules.
        types: The resource types that it looks at, without one of which it has nothing to judge;
            none for a rule about the stack as a whole.
        kind: What it holds a stack to.
        level: The level where a profile says nothing.
        severity: How bad a violation is.
        summary: One sentence that says what holds.
        why: The consequence of a violation.
        remedy: What to do about a violation, as one sentence without the full stop; empty where the
            finding of the bad example says it of any (see `metadata.remedy_of`).
        url: A page that proves it.
        controls: Ids of the public controls that it covers, such as `Security Hub SQS.1`.
        config: The model of its settings.
        check: The function.
        fix: Gives the top-level properties to change so that the rule holds.
        good: Properties, or resources for a stack rule, that pass.
        bad: Properties, or resources for a stack rule, that fail.
        example_config: The config under which the examples pass and fail.
        before: The inputs of the base from which both examples of a rule about single resources
            differ; `None` where the rule asks for none.
        yields_to: Ids of rules that report the same fault; a rule about single resources yields to
            such alone. Where one of them has a finding at the same place, this rule has none.
    """

    id: str
    scope: Scope
    types: tuple[str, ...]
    kind: Kind
    level: Level
    severity: Severity
    summary: str
    why: str
    url: str
    controls: tuple[str, ...]
    config: type[RuleConfig]
    check: Callable[[Subject, Any], Iterable[Finding | Unreadable]]
    fix: Callable[[Resource, Any], Changes] | None
    good: Mapping[str, object] | tuple[Example, ...]
    bad: Mapping[str, object] | tuple[Example, ...]
    example_config: Mapping[str, object]
    yields_to: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    remedy: str = ""
    before: Mapping[str, object] | None = None

    @property
    def area(self) -> str:
        """The part of the id before the first hyphen."""
        return self.id.split("-", 1)[0]

    @property
    def needs_base(self) -> bool:
        """Whether it finds something only beside a base, as its bad example says."""
        if isinstance(self.bad, Mapping):
            return self.before is not None
        return any(each.operation or each.before is not None for each in self.bad)


AnyRule = Rule[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a profile says of one rule.

    Attributes:
        level: Its level.
        config: Its config.
        called: The former name by which the profile calls it, empty where it uses the present one.
    """

    level: Level
    config: RuleConfig
    called: str = ""


NO_CONFIG: Mapping[str, object] = {}


def resource_rule(  # noqa: PLR0913 - what is said of a rule is said here, once
    id: str,  # noqa: A002 - the word of the field
    *types: str,
    kind: Kind = Kind.PRACTICE,
    level: Level | None = None,
    severity: Severity,
    summary: str,
    why: str,
    url: str,
    good: Mapping[str, object],
    bad: Mapping[str, object],
    before: Mapping[str, object] | None = None,
    controls: tuple[str, ...] = (),
    example_config: Mapping[str, object] = NO_CONFIG,
    yields_to: tuple[str, ...] = (),
    formerly: tuple[str, ...] = (),
    remedy: str = "",
    fix: Callable[..., Changes] | None = None,
) -> Callable[[Callable[..., Findings]], Rule[Resource]]:
    """Makes a rule of a function that looks at one resource's inputs.

    The function takes the resource and, where it has settings, its config; the annotation of that
    second parameter is the model of the rule's config. `fix` takes the same.

    The level follows from the kind unless it is given.

    `good` and `bad` are the inputs of a resource of the first type; `before` are those of the base,
    where the rule asks for them.
    """
    if not types:
        raise TypeError(f"{id}: a resource rule names the resource types that it looks at")

    def decorate(check: Callable[..., Findings]) -> Rule[Resource]:
        return Rule(
            id=id,
            scope=Scope.RESOURCE,
            types=types,
            kind=kind,
            level=level or kind.level,
            severity=severity,
            summary=summary,
            why=why,
            url=url,
            controls=controls,
            config=_config_of(check, subjects=1),
            check=_with_config(check, subjects=1),
            fix=fix and _with_config(fix, subjects=1),
            good=good,
            bad=bad,
            before=before,
            example_config=example_config,
            yields_to=yields_to,
            formerly=formerly,
            remedy=remedy,
        )

    return decorate


def stack_rule(  # noqa: PLR0913 - what is said of a rule is said here, once
    id: str,  # noqa: A002 - the word of the field
    *types: str,
    together: bool = False,
    kind: Kind = Kind.PRACTICE,
    level: Level | None = None,
    severity: Severity,
    summary: str,
    why: str,
    url: str,
    good: tuple[Example, ...],
    bad: tuple[Example, ...],
    controls: tuple[str, ...] = (),
    example_config: Mapping[str, object] = NO_CONFIG,
    yields_to: tuple[str, ...] = (),
    formerly: tuple[str, ...] = (),
    remedy: str = "",
) -> Callable[[Callable[..., Findings]], Rule[Graph]]:
    """Makes a rule of a function that looks at the graph of all resources' outputs.

    With types, the function is called for each resource of these types and takes the resource, the
    graph and, where it has settings, its config; a finding is about that resource unless it names
    another. Without types, or with `together`, it is called once and takes the graph and its
    config. The level follows from the kind unless it is given.
    """
    of_each = bool(types) and not together
    subjects = 2 if of_each else 1

    def decorate(check: Callable[..., Findings]) -> Rule[Graph]:
        return Rule(
            id=id,
            scope=Scope.STACK,
            types=types,
            kind=kind,
            level=level or kind.level,
            severity=severity,
            summary=summary,
            why=why,
            url=url,
            controls=controls,
            config=_config_of(check, subjects=subjects),
            check=_for_each(_with_config(check, subjects=2), types)
            if of_each
            else _with_config(check, subjects=1),
            fix=None,
            good=good,
            bad=bad,
            example_config=example_config,
            yields_to=yields_to,
            formerly=formerly,
            remedy=remedy,
        )

    return decorate


Result = TypeVar("Result")


def _config_of(check: Callable[..., Findings], *, subjects: int) -> type[RuleConfig]:
    """The config model that a rule's function asks for, behind what it looks at."""
    parameters = list(inspect.signature(check).parameters.values())
    if len(parameters) == subjects:
        return RuleConfig
    model = parameters[subjects].annotation
    if not (isinstance(model, type) and issubclass(model, RuleConfig)):
        raise TypeError(f"{check.__name__}: the last parameter is not annotated with a RuleConfig")
    return model


def _with_config(function: Callable[..., Result], *, subjects: int) -> Callable[..., Result]:
    """Lets a function without config be called as one with it."""
    if len(inspect.signature(function).parameters) > subjects:
        return function
    return lambda *arguments: function(*arguments[:subjects])


def _for_each(
    check: Callable[..., Findings], types: tuple[str, ...]
) -> Callable[[Graph, Any], Findings]:
    """Calls a stack rule's function for each resource; one unreadable value stops only its own."""

    def check_all(graph: Graph, config: RuleConfig) -> Findings:
        for resource in graph.of_type(*types):
            try:
                for finding in check(resource, graph, config):
                    yield _about(resource, finding)
            except Unreadable as unreadable:
                yield _about(resource, unreadable)

    return check_all


def _about(resource: Resource, finding: Finding | Unreadable) -> Finding | Unreadable:
    """What a rule says, as said of this resource unless it names another."""
    if finding.resource is not None:
        return finding
    if isinstance(finding, Unreadable):
        return Unreadable(finding.path, finding.reason, resource, is_advice=finding.is_advice)
    return replace(finding, resource=resource)


Part = TypeVar("Part")


def judge_each(
    parts: Iterable[Part],
    judge: Callable[[Part], Findings],
    *,
    called: Callable[[Part], str] | None = None,
) -> Findings:
    """Judges every part, so that one that cannot be read does not hide what the others do wrong.

    Args:
        parts: The parts.
        judge: Judges one.
        called: What a part is called: the `part` of findings that name neither part nor place.
    """
    for part in parts:
        try:
            for found in judge(part):
                if called and isinstance(found, Finding) and not (found.part or found.place):
                    yield replace(found, part=called(part))
                else:
                    yield found
        except Unreadable as unreadable:
            yield unreadable
