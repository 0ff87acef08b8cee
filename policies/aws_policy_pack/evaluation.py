"""Runs a rule and says what came of it: findings, waived findings, or what kept it from running.

Three-valued: a rule that cannot read a property is neither passed nor failed. What that becomes
is the rule's `onUnknown`.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aws_policy_pack.config import OnUnknown, RuleConfig, Waiver
from aws_policy_pack.resource import Graph, Resource, Unreadable
from aws_policy_pack.rule import AnyRule, Changes, Finding, Level
from aws_policy_pack.secret_texts import pattern_of, texts_in
from aws_policy_pack.waivers import waiver_for

HIDDEN = "[secret]"
NOTHING_OF_ITS_TYPES = "the stack has no resource of its types"
NOT_CONFIGURED = "no profile configures it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a finding says, in parts; no part holds a secret of the resource.

    Attributes:
        name: The logical name of the resource, empty where the whole stack is meant. A name is no
            secret, even where a secret has the same text.
        problem: What is wrong; no full stop.
        wanted: What is wanted; no full stop. Empty where the rule could not be evaluated.
        fix: What to do, as one sentence.
        url: A page about the rule.
        part: What tells the finding from others of its rule about the same resource.
        related: The URNs of the other resources that it is about.
    """

    name: str
    problem: str
    wanted: str = ""
    fix: str = ""
    url: str = ""
    part: str = ""
    related: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """All parts as one text."""
        subject = f"{self.name}: " if self.name else ""
        if not self.wanted:
            return f"not evaluated: {subject}{self.problem}"
        page = f" {self.url}" if self.url else ""
        return f"{subject}{self.problem}; wanted {self.wanted}. Fix: {self.fix}{page}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A finding as it is reported.

    Attributes:
        said: What it says.
        urn: The resource, empty where the whole stack is meant.
        level: The finding's effect; `ADVISORY` for a rule that could not be evaluated.
        unreadable: The path of the property that kept the rule from running; `None` where it ran.
        place: The faulty part of the resource; see `Finding`.
    """

    said: Said
    urn: str
    level: Level
    unreadable: str | None = None
    place: str = ""

    @property
    def evaluated(self) -> bool:
        """Whether the rule could read what it needed."""
        return self.unreadable is None

    @property
    def message(self) -> str:
        """All that it says, as one text."""
        return self.said.message


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """A finding that a waiver accepts."""

    said: Said
    urn: str
    waiver: Waiver
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that one rule said about one resource or stack."""

    violations: tuple[Violation, ...] = ()
    waived: tuple[Waived, ...] = ()


def evaluate(
    rule: AnyRule,
    subject: Resource | Graph,
    *,
    config: RuleConfig,
    level: Level,
    today: dt.date,
) -> Outcome:
    """Runs a rule on a resource, or a stack rule on the graph.

    Args:
        rule: The rule.
        subject: The resource, or the graph for a stack rule.
        config: The rule's config.
        level: The level at which its findings are reported; `REMEDIATE` counts as mandatory, since
            what is still wrong after remediation is a violation.
        today: The day on which waivers are judged.
    """
    reported = Level.MANDATORY if level is Level.REMEDIATE else level
    violations: list[Violation] = []
    waived: list[Waived] = []
    try:
        for finding in rule.check(subject, config):
            if isinstance(finding, Unreadable):
                violations.extend(_not_evaluated(finding, subject, config.on_unknown, reported))
                continue
            about = finding.resource or (subject if isinstance(subject, Resource) else None)
            said = _said(rule, finding, about)
            urn, place = about.urn if about else "", finding.place
            whom = subject.stack if about is None and isinstance(subject, Graph) else about
            waiver = waiver_for(config.waivers, whom, today=today) if whom else None
            if waiver:
                waived.append(Waived(said=said, urn=urn, waiver=waiver, place=place))
            else:
                violations.append(Violation(said=said, urn=urn, level=reported, place=place))
    except Unreadable as unreadable:
        violations.extend(_not_evaluated(unreadable, subject, config.on_unknown, reported))
    return Outcome(violations=tuple(violations), waived=tuple(waived))


def mend(rule: AnyRule, resource: Resource, *, config: RuleConfig, today: dt.date) -> Changes:
    """What the rule's fix changes; nothing where a waiver accepts the resource as it is.

    Raises:
        Unreadable: The fix needs a value that is not known yet.
    """
    waiver = waiver_for(config.waivers, resource, today=today)
    return {} if rule.fix is None or waiver else rule.fix(resource, config)


def renamed(rule: AnyRule, called: str) -> Violation:
    """Says that a profile calls a rule by a former name."""
    said = Said(
        name="",
        problem=f"the pack's config calls this rule `{called}`",
        wanted="its present name, since the next major version does not know the former one",
        fix=f"Write `{rule.id}`.",
        url=rule.url,
        part=called,
    )
    return Violation(said=said, urn="", level=Level.ADVISORY)


def _said(rule: AnyRule, finding: Finding, about: Resource | None) -> Said:
    hide = _hiding(about)
    return Said(
        name=about.name if about else "",
        problem=hide(finding.problem),
        wanted=hide(finding.wanted),
        fix=hide(f"{finding.fix}."),
        url=rule.url,
        part=hide((finding.part or finding.place).replace("`", "")),
        related=tuple(other.urn for other in finding.related),
    )


def _not_evaluated(
    unreadable: Unreadable, subject: Resource | Graph, mode: OnUnknown, level: Level
) -> Iterable[Violation]:
    about = unreadable.resource or (subject if isinstance(subject, Resource) else None)
    urn, name = (about.urn, about.name) if about else ("", "")
    path = unreadable.path
    reason = _hiding(about if isinstance(about, Resource) else None)(unreadable.reason)
    problem = f"`{path}` {reason}"
    match mode:
        case OnUnknown.IGNORE:
            return ()
        case OnUnknown.REPORT:
            said = Said(name=name, problem=problem)
            return (Violation(said=said, urn=urn, level=Level.ADVISORY, unreadable=path),)
        case OnUnknown.FAIL:
            said = Said(
                name=name,
                problem=problem,
                wanted="a value that can be judged (onUnknown is `fail`)",
                fix="give the property a known value",
                part=path,
            )
            return (Violation(said=said, urn=urn, level=level),)


def _hiding(about: Resource | None) -> Callable[[str], str]:
    """Takes every secret text of the resource out of a text, the longest first."""
    secrets = texts_in(about.secrets) if about else ()
    patterns = [pattern_of(secret) for secret in sorted(secrets, key=len, reverse=True)]

    def hide(text: str) -> str:
        for pattern in patterns:
            text = pattern.sub(HIDDEN, text)
        return text

    return hide
