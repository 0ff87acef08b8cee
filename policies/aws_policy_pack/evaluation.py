"""Runs a rule and says what came of it: findings, waived findings, or what kept it from running.

Three-valued: a rule that cannot read a property is neither passed nor failed. What that becomes
is the rule's `onUnknown`.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from aws_policy_pack.config import OnUnknown, Problem, RuleConfig, Waiver
from aws_policy_pack.resource import STACK, Graph, Resource, Unreadable
from aws_policy_pack.rule import AnyRule, Changes, Finding, Level, Setting
from aws_policy_pack.wire import read_json


def current_day() -> dt.date:
    """The day on which waivers are judged: that of UTC, the same wherever a pack runs."""
    return dt.datetime.now(tz=dt.UTC).date()


def missing_from(waiver: Waiver) -> tuple[str, ...]:
    """What it does not say of why, who and until when; with any of it missing it waives nothing."""
    given = {
        "reason": waiver.reason.strip(),
        "owner": waiver.owner.strip(),
        "expires": waiver.expires,
    }
    return tuple(key for key, value in given.items() if not value)


def incomplete(settings: Mapping[str, Setting]) -> Iterator[Problem]:
    """Tells what waivers lack of why, who and until when; `settings` is rule id to setting."""
    for rule, setting in settings.items():
        for index, waiver in enumerate(setting.config.waivers):
            for key in missing_from(waiver):
                given = getattr(waiver, key)
                text = f"{given!r} is blank" if given else "is missing"
                wanted = "wanted a reason, an owner and a last day"
                yield Problem(path=f"{rule}.waivers.{index}.{key}", text=f"{text}; {wanted}")


def is_in_force(waiver: Waiver, today: dt.date) -> bool:
    """Whether it says all that it must and its last day has not passed."""
    return not missing_from(waiver) and waiver.expires is not None and today <= waiver.expires


def names(waiver: Waiver, resource: Resource) -> bool:
    """Whether it speaks of this resource: by URN, logical name or glob over either.

    The stack is called by its own name as well: `dev` beside the resource's name `shop-dev`.
    """
    called = [resource.urn, resource.name]
    if resource.type == STACK:
        called.append(resource.urn.removeprefix("urn:pulumi:").partition("::")[0])
    return waiver.resource == resource.urn or any(
        fnmatchcase(name, waiver.resource) for name in called
    )


def waiver_for(waivers: Iterable[Waiver], resource: Resource, *, today: dt.date) -> Waiver | None:
    """The first waiver in force that speaks of this resource."""
    return next((w for w in waivers if names(w, resource) and is_in_force(w, today)), None)


SHORTEST: Final = 3
"""Characters: the engine's own filter leaves shorter texts, which occur everywhere, as they are.

Source: pulumi/pulumi, sdk/go/common/util/logging/log.go.
"""
LONG: Final = 8
"""Characters: a text as long as this does not stand inside an ordinary word by chance."""


def pattern_of(secret: str) -> re.Pattern[str]:
    """Finds a long secret anywhere and a short one as a word: 'test' is not a part of 'latest'."""
    text = re.escape(secret)
    return re.compile(text if len(secret) >= LONG else rf"(?<![A-Za-z0-9]){text}(?![A-Za-z0-9])")


def texts_in(secrets: Iterable[str]) -> set[str]:
    """The secrets and, where one is JSON, the texts inside it."""
    texts = set(secrets)
    pending = list(secrets)
    while pending:
        try:
            inner = _leaves(read_json(pending.pop()))
        except ValueError:
            continue
        pending.extend(inner - texts)
        texts |= inner
    return {text for text in texts if text}


def _leaves(value: object) -> set[str]:
    match value:
        case str():
            return {value}
        case list():
            return {leaf for item in value for leaf in _leaves(item)}
        case dict():
            return {leaf for item in value.values() for leaf in _leaves(item)}
        case _:
            return set()


HIDDEN = "[secret]"
NOTHING_OF_ITS_TYPES = "the stack has no resource of its types"
NOT_CONFIGURED = "no profile configures it"
NO_BASE = "there is no base to compare with"


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
        is_advice: Whether a rule that could not be evaluated would only have advised.
    """

    said: Said
    urn: str
    level: Level
    unreadable: str | None = None
    place: str = ""
    is_advice: bool = False

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
    is_advice: bool = False


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
                waived.append(
                    Waived(
                        said=said,
                        urn=urn,
                        waiver=waiver,
                        place=place,
                        is_advice=finding.is_advice,
                    )
                )
            else:
                effect = Level.ADVISORY if finding.is_advice else reported
                violations.append(Violation(said=said, urn=urn, level=effect, place=place))
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
    hide = _hiding(about, related=finding.related)
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
            return (
                Violation(
                    said=said,
                    urn=urn,
                    level=Level.ADVISORY,
                    unreadable=path,
                    is_advice=unreadable.is_advice,
                ),
            )
        case OnUnknown.FAIL:
            said = Said(
                name=name,
                problem=problem,
                wanted="a value that can be judged (onUnknown is `fail`)",
                fix="give the property a known value",
                part=path,
            )
            effect = Level.ADVISORY if unreadable.is_advice else level
            return (Violation(said=said, urn=urn, level=effect),)


def _hiding(about: Resource | None, related: Iterable[Resource] = ()) -> Callable[[str], str]:
    """Takes every secret text of the resource out of a text, the longest first.

    The names of the related resources stay, even where a secret has the same text, and so do texts
    that the engine takes for too short to hide.
    """
    secrets = texts_in(about.secrets) - {each.name for each in related} if about else ()
    told = sorted((text for text in secrets if len(text) >= SHORTEST), key=len, reverse=True)
    patterns = [pattern_of(secret) for secret in told]

    def hide(text: str) -> str:
        for pattern in patterns:
            text = pattern.sub(HIDDEN, text)
        return text

    return hide


VERSION_KEY: Final = "policyFindings"
VERSION: Final = 1


def reason_of(outcome: Outcome) -> str:
    """What one rule said about one resource or stack; empty where it said nothing."""
    kinds = {
        "findings": [_finding(each) for each in outcome.violations if each.evaluated],
        "notEvaluated": [
            _told_not_evaluated(each) for each in outcome.violations if not each.evaluated
        ],
        "waived": [_waived(each) for each in outcome.waived],
    }
    told = {kind: entries for kind, entries in kinds.items() if entries}
    return json.dumps({VERSION_KEY: VERSION, **told}, separators=(",", ":")) if told else ""


def _finding(violation: Violation) -> dict[str, object]:
    return {"message": violation.message, **_parts(violation.said, violation.urn)}


def _told_not_evaluated(violation: Violation) -> dict[str, object]:
    return {
        "message": violation.message,
        "property": violation.unreadable,
        **_level(is_advice=violation.is_advice),
        **_parts(violation.said, violation.urn),
    }


def _waived(waived: Waived) -> dict[str, object]:
    return {
        "reason": waived.waiver.reason,
        "owner": waived.waiver.owner,
        "expires": str(waived.waiver.expires),
        **_level(is_advice=waived.is_advice),
        **_parts(waived.said, waived.urn),
    }


def _level(*, is_advice: bool) -> dict[str, object]:
    """The level of what no diagnostic tells the level of, where it is not the rule's."""
    return {"level": Level.ADVISORY.value} if is_advice else {}


def _parts(said: Said, urn: str) -> dict[str, object]:
    """The parts that there are."""
    parts = {
        "urn": urn,
        "part": said.part,
        "problem": said.problem,
        "wanted": said.wanted,
        "fix": said.fix,
        "url": said.url,
        "related": said.related,
    }
    return {key: value for key, value in parts.items() if value}
