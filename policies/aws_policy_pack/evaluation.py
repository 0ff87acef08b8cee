"""Runs a rule and says what came of it: findings, waived findings, or what kept it from running.

Three-valued: a rule that cannot read a property is neither passed nor failed. What that becomes
is the rule's `onUnknown`.
"""

import datetime as dt
from collections.abc import Iterable
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
class Violation:
    """A finding as it is reported.

    Attributes:
        message: The whole text.
        urn: The resource, empty where the whole stack is meant.
        level: The finding's effect; `ADVISORY` for a rule that could not be evaluated.
        evaluated: Whether the rule could read what it needed.
        place: The faulty part of the resource; see `Finding`.
    """

    message: str
    urn: str
    level: Level
    evaluated: bool = True
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """A finding that a waiver accepts."""

    message: str
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
            message = _sentence(rule, finding, about)
            urn, name = (about.urn, about.name) if about else ("", "")
            waiver = waiver_for(config.waivers, urn=urn, name=name, today=today)
            if waiver:
                waived.append(Waived(message=message, urn=urn, waiver=waiver, place=finding.place))
            else:
                violations.append(
                    Violation(message=message, urn=urn, level=reported, place=finding.place)
                )
    except Unreadable as unreadable:
        violations.extend(_not_evaluated(unreadable, subject, config.on_unknown, reported))
    return Outcome(violations=tuple(violations), waived=tuple(waived))


def mend(rule: AnyRule, resource: Resource, *, config: RuleConfig, today: dt.date) -> Changes:
    """What the rule's fix changes; nothing where a waiver accepts the resource as it is.

    Raises:
        Unreadable: The fix needs a value that is not known yet.
    """
    waiver = waiver_for(config.waivers, urn=resource.urn, name=resource.name, today=today)
    return {} if rule.fix is None or waiver else rule.fix(resource, config)


def waived_reason(waived: Waived) -> dict[str, str]:
    """A waived finding as it is sent to whoever shows it: the engine itself keeps it back."""
    return {
        "message": waived.message,
        "urn": waived.urn,
        "reason": waived.waiver.reason,
        "owner": waived.waiver.owner,
        "expires": str(waived.waiver.expires),
    }


def renamed(rule: AnyRule, called: str) -> Violation:
    """Says that a profile calls a rule by a former name."""
    message = (
        f"the pack's config calls this rule `{called}`; wanted its present name, since the next "
        f"major version does not know the former one. Fix: Write `{rule.id}`. {rule.url}"
    )
    return Violation(message=message, urn="", level=Level.ADVISORY)


def _sentence(rule: AnyRule, finding: Finding, about: Resource | None) -> str:
    """The whole message; a logical name is no secret, even where a secret has the same text."""
    said = f"{finding.problem}; wanted {finding.wanted}. Fix: {finding.fix}."
    subject = f"{about.name}: " if about else ""
    return f"{subject}{_hide_secrets(said, about)} {rule.url}"


def _not_evaluated(
    unreadable: Unreadable, subject: Resource | Graph, mode: OnUnknown, level: Level
) -> Iterable[Violation]:
    about = unreadable.resource or (subject if isinstance(subject, Resource) else None)
    urn = about.urn if about else ""
    name = f"{about.name}: " if about else ""
    match mode:
        case OnUnknown.IGNORE:
            return ()
        case OnUnknown.REPORT:
            message = f"not evaluated: {name}`{unreadable.path}` {unreadable.reason}"
            return (Violation(message=message, urn=urn, level=Level.ADVISORY, evaluated=False),)
        case OnUnknown.FAIL:
            message = (
                f"{name}`{unreadable.path}` {unreadable.reason}; wanted a value that can be judged "
                f"(onUnknown is `fail`). Fix: give the property a known value"
            )
            return (Violation(message=message, urn=urn, level=level),)


def _hide_secrets(message: str, about: Resource | None) -> str:
    """Takes every secret text of the resource out of the message, the longest first."""
    if about is None:
        return message
    for secret in sorted(texts_in(about.secrets), key=len, reverse=True):
        message = pattern_of(secret).sub(HIDDEN, message)
    return message
