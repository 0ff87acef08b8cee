"""The verdict on one run: what the packs reported, placed in the program's files."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_preflight.acceptance import BaselineUse, FailOn
from pulumi_preflight.findings import (
    About,
    Finding,
    Fix,
    Framework,
    Known,
    Level,
    NotEvaluated,
    Ran,
    Remediation,
    Reported,
    Waived,
    fix_of,
)
from pulumi_preflight.model import (
    Deployment,
    DuplicateUrn,
    EarlyCall,
    Note,
    RegisteredResource,
    SourcePosition,
)
from pulumi_preflight.outputs.memory import Inventions
from pulumi_preflight.outputs.regions import default_tags_in
from pulumi_preflight.redaction import Redactor, secret_texts, secret_texts_of_outputs, shown
from pulumi_preflight.resource import Resource, stack_export
from pulumi_preflight.stack_context import (
    StackContext,
    member_of,
    name_of,
    type_of,
    urn_of_reference,
)
from pulumi_preflight.wire import Properties, from_struct

if TYPE_CHECKING:
    from pulumi_preflight.bases.changes import Beside, Changes
    from pulumi_preflight.costs import Cost

OWN_PACK = "preflight"
_NOTHING = Note(text="the program registers no resource, so there was nothing to judge")
# A rule's name and severity, and a URN, are not texts that the rule has made.
_NO_TEXTS = ("rule", "pack", "level", "severity", "urn")

_Placed = TypeVar("_Placed", bound=Finding)


class Result(StrEnum):
    """What became of a rule."""

    PASSED = "passed"
    FOUND = "found"
    NOT_EVALUATED = "notEvaluated"
    WAIVED = "waived"
    IDLE = "idle"
    """The stack has nothing that the rule judges."""
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """A rule, and what became of it.

    Attributes:
        ran: The rule.
        result: The most telling of its results: a finding before what it could not judge, and that
            before what is waived.
    """

    ran: Ran
    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result of one run. Everything is in an order that two runs share.

    Attributes:
        project: The project's name.
        stack: The stack's name.
        seconds: How long the run took, wall clock.
        resources: What the program registered, in that order.
        findings: Violations, by file, line and rule.
        known: Violations that the baseline holds, likewise; they are not among `findings`.
        waived: Violations that a pack's config, its exceptions or the code excuse, likewise.
        baseline: What became of the baseline, `None` where there is none.
        fail_on: Which findings fail the run.
        not_evaluated: Rules that could not see what they judge, likewise.
        rules: What became of each rule, in the order of the packs.
        fixes: What packs changed before they judged, and what else they would change if that was
            asked, by file and line, then in the order of the rules.
        notes: Assumptions, and what was not looked at.
        outputs: The stack's outputs, without secrets.
        folder: The folder to which files are relative, absolute; `None` where no run tells it.
        project_file: The name of the project file in it; of a function's module where that is the
            program.
        deployment: What the run handed over; not for callers.
        redact: Keeps secrets out; not for callers.
        beside: What the run was compared with; not for callers.
    """

    project: str
    stack: str
    seconds: float
    resources: tuple[Resource, ...]
    findings: tuple[Finding, ...]
    known: tuple[Known, ...] = ()
    waived: tuple[Waived, ...]
    baseline: BaselineUse | None = None
    fail_on: FailOn = FailOn.MANDATORY
    not_evaluated: tuple[NotEvaluated, ...]
    rules: tuple[RuleResult, ...]
    fixes: tuple[Fix, ...]
    notes: tuple[Note, ...]
    outputs: Properties
    folder: Path | None = None
    project_file: str = "Pulumi.yaml"
    deployment: Deployment = field(repr=False)
    redact: Redactor = field(repr=False)
    beside: "Beside | None" = field(default=None, repr=False)
    _costs: "list[Cost | None]" = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def cost(self) -> "Cost | None":
        """What the stack costs in a month, `None` where no installed package prices any of it.

        Estimated when it is first asked for.

        Raises:
            ReportError: A package that knows prices fails.
        """
        if not self._costs:
            from pulumi_preflight.costs import cost_of  # noqa: PLC0415 - few reports show it

            self._costs.append(cost_of(self.export(show_secrets=True), self.redact))
        return self._costs[0]

    @property
    def changes(self) -> "Changes | None":
        """What the program changes beside its base, `None` where the run had none."""
        if self.beside is None:
            return None
        from pulumi_preflight.bases.changes import changes_of  # noqa: PLC0415 - only with a base

        return changes_of(self, self.beside)

    def export(self, *, show_secrets: bool = False) -> dict[str, Any]:
        """The stack as `pulumi stack export` would give it after a deployment.

        Args:
            show_secrets: Whether secrets are in plain text; otherwise `[secret]` stands in their
                place.
        """
        return stack_export(self.deployment, redact=self.redact, show_secrets=show_secrets)

    def of_type(self, type: str) -> tuple[Resource, ...]:  # noqa: A002 - Pulumi's word
        """The resources of a type, such as `aws:sqs/queue:Queue`, in order."""
        return tuple(resource for resource in self.resources if resource.type == type)

    def resource(self, type: str, name: str) -> Resource:  # noqa: A002 - Pulumi's word
        """The one resource of a type with a logical name.

        Raises:
            LookupError: There is none, or more than one; the text names those of the type.
        """
        found = self.of_type(type)
        named = [resource for resource in found if resource.name == name]
        if len(named) == 1:
            return named[0]
        there = ", ".join(each.name for each in found) or "none"
        types = ", ".join(sorted({each.type for each in self.resources}))
        raise LookupError(
            f"{len(named)} resources of type {type} are called {name!r}; of this type there is "
            f"{there}" + ("" if found else f"; the program made {types}")
        )

    def of_rule(self, rule: str) -> tuple[Finding, ...]:
        """The findings of one rule, in order."""
        return tuple(finding for finding in self.findings if finding.rule == rule)

    @property
    def printed(self) -> str:
        """What the program and the packs printed, without secrets."""
        return self.redact(self.deployment.printed)

    @property
    def passed(self) -> bool:
        """Whether nothing was found that fails the run; see `fail_on`."""
        return not self.failing

    @property
    def failing(self) -> tuple[Finding, ...]:
        """The findings that fail the run, in order."""
        match self.fail_on:
            case FailOn.MANDATORY:
                return self.of_level(Level.MANDATORY)
            case FailOn.ADVISORY:
                return self.findings
            case FailOn.NEVER:
                return ()

    def of_level(self, level: Level) -> tuple[Finding, ...]:
        """The findings of one level, in order."""
        return tuple(finding for finding in self.findings if finding.level is level)


def judge(
    deployment: Deployment,
    reported: Reported,
    context: StackContext,
    *,
    redact: Redactor,
    seconds: float,
) -> Verdict:
    """Puts a run's verdict together.

    Args:
        deployment: The program's resources.
        reported: The packs' findings on it.
        context: The stack.
        redact: Keeps secrets out of names and messages.
        seconds: How long the run took.
    """
    places = _Places(
        {resource.urn: resource.position for resource in deployment.resources},
        {redact.urn(duplicate.urn) for duplicate in deployment.duplicates},
        deployment.inventions,
        redact,
    )
    findings = (
        *reported.findings,
        *map(_duplicate, deployment.duplicates),
        *map(_early_call, deployment.early_calls),
    )
    resources = tuple(_named(resource, redact) for resource in deployment.resources)
    notes = deployment.notes
    if not context.is_deployed and not any(resource.is_own for resource in resources):
        notes = (*notes, _NOTHING)
    return Verdict(
        project=context.project,
        stack=context.stack,
        seconds=seconds,
        resources=resources,
        findings=places.of(findings),
        waived=places.of(_without_secrets(each, redact) for each in reported.waived),
        not_evaluated=places.of(reported.not_evaluated),
        rules=tuple(_results(reported, redact)),
        fixes=_fixes(reported.remediations, places.positions, redact),
        notes=tuple(replace(note, text=redact(note.text)) for note in notes),
        outputs=redact.within(shown(deployment.stack_outputs)),
        deployment=deployment,
        redact=redact,
    )


def _without_secrets(waived: Waived, redact: Redactor) -> Waived:
    exceptions = tuple(replace(each, reason=redact(each.reason)) for each in waived.exceptions)
    return replace(waived, exceptions=exceptions)


_OF_NO_VIOLATION = (Result.NOT_EVALUATED, Result.WAIVED)


def _results(reported: Reported, redact: Redactor) -> Iterator[RuleResult]:
    told = {
        Result.FOUND: reported.findings,
        Result.NOT_EVALUATED: reported.not_evaluated,
        Result.WAIVED: reported.waived,
    }
    levels: dict[Result, dict[tuple[str, str], set[Level]]] = {result: {} for result in told}
    for result, entries in told.items():
        for each in entries:
            levels[result].setdefault((each.pack, each.rule), set()).add(each.level)
    for ran in reported.rules:
        rule = ran.pack, ran.rule
        otherwise = Result.PASSED if ran.idle is None else Result.IDLE
        if ran.level is None:
            otherwise = Result.DISABLED
        result = next((result for result, named in levels.items() if rule in named), otherwise)
        told_why = replace(
            ran,
            idle=redact(ran.idle) if ran.idle else ran.idle,
            about=told_about(ran.about, redact),
        )
        if ran.level and result in _OF_NO_VIOLATION and levels[result][rule] == {Level.ADVISORY}:
            # The pack has said that the rule would only have advised.
            told_why = replace(told_why, level=Level.ADVISORY)
        yield RuleResult(ran=told_why, result=result)


def told_about(about: About, redact: Redactor) -> About:
    """What a pack says of a rule, without secrets: a pack is told the stack's configuration."""
    framework = about.framework
    return About(
        display_name=redact(about.display_name),
        description=redact(about.description),
        severity=about.severity,
        remedy=redact(about.remedy),
        url=redact(about.url),
        tags=tuple(map(redact, about.tags)),
        framework=framework
        and Framework(
            name=redact(framework.name),
            version=redact(framework.version),
            reference=redact(framework.reference),
            specification=redact(framework.specification),
        ),
    )


def secrets_of(deployment: Deployment, reported: Reported) -> Iterator[str]:
    """Every secret text that the program has given, or that preflight has filled in."""
    resources = {each.urn: each for each in deployment.resources}
    for each in deployment.resources:
        manager = resources.get(urn_of_reference(each.provider))
        added = default_tags_in(from_struct(manager.inputs)) if manager else {}
        yield from secret_texts_of_outputs(each.outputs, each.type, each.inputs, added)
    given = (
        *((each.inputs, each.type) for each in deployment.resources),
        (deployment.stack_outputs, ""),
        # A rule may hand secrets on without their mark.
        *((change.before, type_of(change.urn)) for change in reported.remediations),
    )
    for properties, type_token in given:
        yield from secret_texts(properties, type_token)


def _named(registered: RegisteredResource, redact: Redactor) -> Resource:
    return Resource(
        urn=redact.urn(registered.urn),
        type=registered.type,
        name=redact.name(registered.name),
        parent=redact.urn(registered.parent),
        custom=registered.custom,
        position=registered.position,
        made_up=registered.made_up,
        registered=registered,
    )


_COUNTED = {
    FailOn.MANDATORY: "",
    FailOn.ADVISORY: "; advisory findings fail, too",
    FailOn.NEVER: "; no finding fails",
}


def verdict_line(verdict: Verdict) -> str:
    """The verdict in one line: PASS or FAIL, and how many findings of each kind."""
    mandatory = len(verdict.of_level(Level.MANDATORY))
    advisory = len(verdict.of_level(Level.ADVISORY))
    counts = [
        counted(mandatory, "mandatory finding"),
        f"{advisory} advisory",
        *([f"{len(verdict.known)} known"] if verdict.baseline else []),
        f"{len(verdict.waived)} waived",
        f"{len(verdict.not_evaluated)} not evaluated",
    ]
    outcome = "PASS" if verdict.passed else "FAIL"
    return f"{outcome}: {', '.join(counts)}{_COUNTED[verdict.fail_on]}"


def counted(number: int, noun: str) -> str:
    """A number with its noun in the right form."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@cache
def _names_of_texts(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - a class, which mypy does not hash
    """The fields of a class that hold texts of a rule's own."""
    return tuple(each.name for each in fields(kind) if each.name not in _NO_TEXTS)


@dataclass(frozen=True, slots=True)
class _Places:
    """Places findings in the program's files, without secrets and made-up values."""

    positions: Mapping[str, SourcePosition | None]
    duplicates: Collection[str]
    inventions: Inventions
    redact: Redactor

    def of(self, found: Iterable[_Placed]) -> tuple[_Placed, ...]:
        """The findings in order, with different ids about one resource."""
        return tuple(sorted(self._told_apart(map(self._place, found)), key=order_of))

    def _place(self, finding: _Placed) -> _Placed:
        kind: Any = type(finding)
        texts: dict[str, Any] = {
            name: self.redact.about(finding.urn, self.inventions.shown(text), finding.related)
            for name in _names_of_texts(kind)
            if isinstance(text := getattr(finding, name), str)
        }
        origin = finding.origin
        return replace(
            finding,
            **texts,
            urn=self.redact.urn(finding.urn),
            places=finding.places or tuple(self._positions(finding)),
            related=tuple(self.redact.urn(urn) for urn in finding.related if urn in self.positions),
            origin=origin and origin._replace(urn=self.redact.urn(origin.urn)),
        )

    def _positions(self, finding: Finding) -> Iterator[SourcePosition]:
        """Where the resource is created, and where the related ones are."""
        own = self.positions.get(finding.urn)
        if own is not None:
            yield own
            yield from filter(None, map(self.positions.get, finding.related))

    def _told_apart(self, found: Iterable[_Placed]) -> Iterator[_Placed]:
        """The findings, where several have one id with a number.

        A pack tells the findings about a resource in the order of its rule. Only the answers about
        a URN that is registered twice come in any order, so the texts tell theirs.
        """
        taken: set[tuple[str, str, str]] = set()
        numbers: Counter[tuple[str, str, str]] = Counter()
        for finding in sorted(found, key=self._order_of_equals):
            told, whose = finding, (finding.pack, finding.urn)
            while (*whose, told.id) in taken:
                numbers[*whose, finding.id] += 1
                number = numbers[*whose, finding.id] + 1
                told = replace(finding, part=f"{finding.part}#{number}")
            taken.add((*whose, told.id))
            yield told

    def _order_of_equals(self, finding: Finding) -> str:
        return finding.message if finding.urn in self.duplicates else ""


def _fixes(
    changes: Iterable[Remediation],
    positions: Mapping[str, SourcePosition | None],
    redact: Redactor,
) -> tuple[Fix, ...]:
    fixes = (fix_of(change, positions.get(change.urn), redact) for change in changes)
    found = [fix for fix in fixes if fix.changes or fix.exposed]
    return tuple(sorted(found, key=lambda fix: (fix.file or "", fix.line or 0, fix.urn)))


def order_of(finding: Finding) -> tuple[str, int, str, str, str]:
    """The order of findings: by file, line and rule."""
    # A finding without a file is about the stack as a whole and comes first.
    return (finding.file or "", finding.line or 0, finding.rule, finding.urn, finding.message)


def _duplicate(duplicate: DuplicateUrn) -> Finding:
    known = [position for position in duplicate.positions if position]
    ordered = sorted(known, key=lambda position: (position.file, position.line))
    places = " and ".join(f"{position.file}:{position.line}" for position in ordered)
    kind, name = type_of(duplicate.urn), name_of(duplicate.urn)
    below, fix = "with one parent", "Give one of them another logical name, or remove it."
    if len(duplicate.parents) > 1:
        parents = [name_of(parent) if parent else "the stack" for parent in duplicate.parents]
        below = f"below {' and '.join(parents)}"
        fix = (
            "A URN holds the types of the parents, not their names: put the parent's name into "
            f"the logical name, such as '{parents[0]}-{name}'."
        )
    return Finding(
        rule="duplicate-urn",
        pack=OWN_PACK,
        level=Level.MANDATORY,
        severity="high",
        urn=duplicate.urn,
        places=tuple(ordered[::-1]),
        problem=f"registered {len(duplicate.positions)} times as {kind} {below}"
        f"{', at ' if places else ''}{places}",
        wanted="once, since the engine stops at the second",
        fix=fix,
        url="https://www.pulumi.com/docs/iac/concepts/resources/names/",
    )


def _early_call(call: EarlyCall) -> Finding:
    name = name_of(call.urn)
    member = member_of(call.function)
    # As the SDKs for Python write it.
    function = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", member).lower()
    return Finding(
        rule="invoke-of-new-resource",
        pack=OWN_PACK,
        level=Level.MANDATORY,
        severity="high",
        urn=call.urn,
        part=f"{function} {call.property}",
        places=(call.position,) if call.position else (),
        problem=f"`{call.property}` is an argument of {function}, and {name} does not exist "
        "before its first deployment",
        wanted="a call that waits for it, since the engine stops at this one",
        fix=f"Call {function}_output, or take the value from {name} itself.",
        url="https://www.pulumi.com/docs/iac/concepts/functions/provider-functions/",
    )
