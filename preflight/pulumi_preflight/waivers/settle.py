"""Holds a verdict against the waivers in the program's code.

A waiver counts where it stands at the statement that creates the resource. One that is over, lacks
something or waives nothing is an advisory finding of preflight's own, and excuses nothing.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from pulumi_preflight.acceptance import ENGINE_STOPS, REPLACES_STATEFUL
from pulumi_preflight.clock import is_over
from pulumi_preflight.findings import Finding, Level, Waived, fields_of
from pulumi_preflight.model import SourcePosition
from pulumi_preflight.stack_context import is_of_stack, stack_urn
from pulumi_preflight.verdict import OWN_PACK, Result, RuleResult, Verdict, order_of
from pulumi_preflight.waivers import complaints
from pulumi_preflight.waivers.complaints import Complaint
from pulumi_preflight.waivers.directive import Directive, MistakeError
from pulumi_preflight.waivers.files import Waiver, waivers_in
from pulumi_preflight.waivers.search import Marked
from pulumi_preflight.waivers.source import UnreadableError

_Told = TypeVar("_Told", bound=Finding)


def settled(verdict: Verdict, files: Iterable[Marked], *, today: dt.date) -> Verdict:
    """The verdict with what waivers in the code excuse set apart, and with findings about these.

    Args:
        verdict: The verdict without waivers in the code.
        files: The files that may hold waivers.
        today: The day on which last days are judged.
    """
    settling = _Settling(verdict, today)
    for file in files:
        settling.take(file)
    return settling.verdict()


class _Settling:
    """Takes one waiver after the other, in the order of files and lines."""

    def __init__(self, verdict: Verdict, today: dt.date) -> None:
        self._verdict = verdict
        self._today = today
        self._rules = {result.ran.rule for result in verdict.rules}
        self._active = {result.ran.rule for result in verdict.rules if result.ran.level is not None}
        self._at: defaultdict[tuple[str | None, int | None], list[Finding]] = defaultdict(list)
        for finding in verdict.findings:
            if finding.pack != OWN_PACK or finding.rule == REPLACES_STATEFUL:
                self._at[finding.file, finding.line].append(finding)
        self._waived: dict[tuple[str, str, str], Waived] = {}
        self._own: list[Finding] = []

    def take(self, file: Marked) -> None:
        """Lets the waivers of a file excuse what they may."""
        problem, waivers = file.problem, []
        if not problem:
            try:
                waivers = list(waivers_in(file))
            except UnreadableError as error:
                problem = str(error)
        if problem:
            place = SourcePosition(file=file.name, line=1)
            self._complain(complaints.unread(file.name, problem), place, set())
        for waiver in waivers:
            urns = {urn for line in waiver.lines for urn in file.created[line]}
            complaint = self._complaint(waiver, urns)
            if complaint is not None:
                self._complain(complaint, waiver.place, urns)

    def _complaint(self, waiver: Waiver, urns: set[str]) -> Complaint | None:
        """What is wrong with a waiver; one with which nothing is wrong excuses what it may."""
        said = waiver.said
        if isinstance(said, MistakeError):
            return complaints.misread(said)
        if fault := self._fault(said):
            return fault
        here = [
            finding
            for line in waiver.lines
            for finding in self._at[waiver.place.file, line]
            if finding.rule == said.rule
        ]
        if self._excuse(waiver.place, said, here) or self._may_be_used(said, urns):
            return None
        if not waiver.lines:
            return complaints.elsewhere(said)
        return complaints.unused(said, [finding.id for finding in here])

    def _fault(self, directive: Directive) -> Complaint | None:
        """Why a waiver excuses nothing, wherever it stands."""
        if directive.missing:
            return complaints.incomplete(directive)
        # Without a pack nobody knows its rules.
        if self._rules and directive.rule not in {*self._rules, REPLACES_STATEFUL}:
            if directive.rule in ENGINE_STOPS:
                return complaints.of_engine(directive)
            return complaints.unknown(directive, self._rules)
        if is_over(directive.until, self._today):
            return complaints.over(directive)
        return None

    def _excuse(self, place: SourcePosition, directive: Directive, here: Iterable[Finding]) -> bool:
        """Waives what a waiver speaks of; says whether there is anything."""
        redact = self._verdict.redact
        meant = [finding for finding in here if directive.names(finding.rule, finding.id)]
        for finding in meant:
            waived = Waived(
                **fields_of(finding),
                reason=redact(directive.reason),
                owner=redact(directive.owner),
                expires=directive.until,
                in_code=place,
            )
            # What two waivers excuse, the first one does.
            self._waived.setdefault(finding.key, waived)
        return bool(meant)

    def _may_be_used(self, directive: Directive, urns: set[str]) -> bool:
        """Whether the rule did not judge here, or something else waives what it finds."""
        unseen = (
            each.urn in urns or is_of_stack(each.urn)
            for each in self._verdict.not_evaluated
            if each.rule == directive.rule
        )
        waived = (
            each.urn in urns and directive.names(each.rule, each.id)
            for each in self._verdict.waived
        )
        return directive.rule not in self._active or any(unseen) or any(waived)

    def _complain(self, complaint: Complaint, place: SourcePosition, urns: set[str]) -> None:
        verdict, redact = self._verdict, self._verdict.redact
        stack = stack_urn(stack=verdict.stack, project=verdict.project)
        self._own.append(
            Finding(
                rule=complaint.rule,
                pack=OWN_PACK,
                level=Level.ADVISORY,
                severity="low",
                # Of several resources the first by name, so that their order changes no id.
                urn=min(urns, default=stack),
                part=redact(complaint.part),
                places=(place,),
                problem=redact(complaint.problem),
                wanted=complaint.wanted,
                fix=redact(complaint.fix),
            )
        )

    def verdict(self) -> Verdict:
        """The verdict with all waivers taken."""
        verdict, waived = self._verdict, self._waived
        excused = _told_apart(waived.values(), (each.key for each in verdict.waived))
        left = [finding for finding in verdict.findings if finding.key not in waived]
        return replace(
            verdict,
            findings=tuple(sorted((*left, *_told_apart(self._own)), key=order_of)),
            waived=tuple(sorted((*verdict.waived, *excused), key=order_of)),
            rules=tuple(_results(verdict, left)),
        )


def _told_apart(
    findings: Iterable[_Told], there: Iterable[tuple[str, str, str]] = ()
) -> Iterator[_Told]:
    """The findings, where several about one resource have one id with a number.

    Args:
        findings: The findings, in order.
        there: What others are called.
    """
    numbers = Counter(there)
    for finding in findings:
        numbers[finding.key] += 1
        number = numbers[finding.key]
        yield replace(finding, part=f"{finding.part}#{number}") if number > 1 else finding


def _results(verdict: Verdict, left: Iterable[Finding]) -> Iterator[RuleResult]:
    """What became of each rule, once all that it found may be waived."""
    found = {(finding.pack, finding.rule) for finding in left}
    unseen = {(each.pack, each.rule) for each in verdict.not_evaluated}
    for result in verdict.rules:
        rule = result.ran.pack, result.ran.rule
        if result.result is not Result.FOUND or rule in found:
            yield result
        else:
            became = Result.NOT_EVALUATED if rule in unseen else Result.WAIVED
            yield replace(result, result=became)
