"""What packs answer in the analyzer protocol, and how it becomes findings."""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final, TypeAlias

from pulumi.runtime.proto import analyzer_pb2 as protocol
from pulumi.runtime.proto.analyzer_pb2 import PolicyNotApplicable

from pulumi_preflight.findings import (
    About,
    Finding,
    Framework,
    Level,
    NotEvaluated,
    PolicyException,
    Ran,
    Reported,
    Waived,
    waived_by,
)
from pulumi_preflight.packs.config_files import RuleSettings
from pulumi_preflight.packs.exceptions import FileException

VERSION_KEY = "policyFindings"
VERSION = 1
# One answer is read several times, and the next one often repeats its reasons.
_REMEMBERED: Final = 256
_LONG: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFinding:
    """One finding in parts; a text that the pack left out is empty.

    Attributes:
        rule: The rule's name.
        urn: The resource that it is about.
        problem: What is wrong; the whole text where `is_prose`.
        message: The text of the diagnostic that the entry is about.
        part: What tells it from others of the rule about the same resource.
        wanted: What is wanted.
        fix: What to do.
        url: A page about the rule.
        related: The URNs of the other resources that it is about.
        property: The path of a property that kept the rule from running.
        reason: Why a waived finding is excused.
        owner: Who answers for that.
        expires: The last day of that.
        level: The level of what no diagnostic tells the level of; the rule's where it is empty.
        is_prose: Whether the pack told one text and no parts.
    """

    rule: str
    urn: str
    problem: str
    message: str = ""
    part: str = ""
    wanted: str = ""
    fix: str = ""
    url: str = ""
    related: tuple[str, ...] = ()
    property: str = ""
    reason: str = ""
    owner: str = ""
    expires: str = ""
    level: str = ""
    is_prose: bool = False


_Key: TypeAlias = tuple[str, str, str]
_Waiting: TypeAlias = defaultdict[_Key, list[ToldFinding]]


class Entries:
    """What one answer of a pack tells beside its diagnostics.

    Attributes:
        waived: The waived findings, in order.
    """

    def __init__(self, answers: Iterable[PolicyNotApplicable], about: Callable[[str], str]) -> None:
        """Reads an answer; `about` gives the resource that is meant where a pack names one."""
        self._findings: _Waiting = defaultdict(list)
        self._not_evaluated: _Waiting = defaultdict(list)
        self.waived: list[ToldFinding] = []
        for answer in answers:
            document = _document(answer.reason) or {}
            kinds = {
                kind: [_entry(answer.policy_name, each, about) for each in _objects(document, kind)]
                for kind in ("findings", "notEvaluated", "waived")
            }
            self.waived += kinds["waived"]
            for entry in kinds["findings"]:
                if entry.problem and entry.wanted:
                    self._findings[_key(entry)].append(entry)
            for entry in kinds["notEvaluated"]:
                if entry.problem:
                    self._not_evaluated[_key(entry)].append(entry)

    def finding(self, rule: str, message: str, urn: str) -> ToldFinding | None:
        """The parts of a finding that a diagnostic with this text is about; each once."""
        return _taken(self._findings, (rule, message, urn))

    def not_evaluated(self, rule: str, message: str, urn: str) -> ToldFinding | None:
        """What such a diagnostic says of a rule that could not run; each once."""
        return _taken(self._not_evaluated, (rule, message, urn))


def is_told(reason: str) -> bool:
    """Whether a reason is of this format, so that the rule had something to judge."""
    return _document(reason) is not None


def _key(entry: ToldFinding) -> _Key:
    return entry.rule, entry.message, entry.urn


def _taken(waiting: _Waiting, key: _Key) -> ToldFinding | None:
    entries = waiting.get(key)
    return entries.pop(0) if entries else None


def _document(reason: str) -> Mapping[str, object] | None:
    """The object in a reason, `None` where it is of no version of this format."""
    # That about a stack is as long as the stack, and is read a second time in less room.
    return _read(reason) if len(reason) > _LONG else _remembered(reason)


def _read(reason: str) -> Mapping[str, object] | None:
    if not reason.startswith("{"):
        return None
    try:
        document = json.loads(reason, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) and VERSION_KEY in document else None


_remembered = lru_cache(_REMEMBERED)(_read)


def _object(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON. Many entries say the same, so each text of them is kept once."""
    return {
        key: sys.intern(value) if isinstance(value, str) and value.isascii() else value
        for key, value in pairs
    }


def _objects(document: Mapping[str, object], kind: str) -> Iterator[dict[str, object]]:
    """The entries of a kind; none of a version that is not known here."""
    version = document.get(VERSION_KEY)
    # `true` equals 1.
    known = version == VERSION and not isinstance(version, bool)
    listed = document.get(kind) if known else None
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict):
            yield each


_TEXTS = frozenset(
    {"urn", "problem", "message", "part", "wanted", "fix", "url", "property"}
    | {"reason", "owner", "expires", "level"}
)


def _entry(rule: str, given: Mapping[str, object], about: Callable[[str], str]) -> ToldFinding:
    related = given.get("related")
    texts: dict[str, Any] = {name: _text(value) for name, value in given.items() if name in _TEXTS}
    return ToldFinding(
        rule=rule,
        urn=about(texts.pop("urn", "")),
        problem=texts.pop("problem", ""),
        related=tuple(filter(None, map(_text, related))) if isinstance(related, list) else (),
        **texts,
    )


def _text(value: object) -> str:
    """A text without halves of characters, which no stream takes; empty for anything else."""
    if not isinstance(value, str):
        return ""
    if not value.isascii():
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    # Many findings say the same.
    return sys.intern(value.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRules:
    """What a pack says of its rules; fills in what its answers leave out.

    Attributes:
        pack: The pack's name.
        policies: Rule name to the pack's own description.
        settings: Rule name to its merged configuration.
    """

    pack: str
    policies: Mapping[str, protocol.PolicyInfo]
    settings: Mapping[str, RuleSettings] = field(default_factory=dict)

    def policy(self, rule: str) -> protocol.PolicyInfo:
        """What the pack says of a rule; empty for one that it does not list."""
        return self.policies.get(rule, protocol.PolicyInfo())

    def raised(self, rule: str, text: str) -> Finding:
        """A rule that raised, as a finding about no resource in particular."""
        return Finding(
            rule=rule,
            pack=self.pack,
            level=self.level(rule),
            severity=_SEVERITIES.get(self.policy(rule).severity),
            urn="",
            problem=text,
            is_prose=True,
        )

    @property
    def judge_stacks(self) -> bool:
        """Whether any rule may judge the stack; older SDKs do not say what a rule judges."""
        return any(
            policy.policy_type != protocol.POLICY_TYPE_RESOURCE for policy in self.policies.values()
        )

    def ran(self, idle: Mapping[str, str]) -> Iterator[Ran]:
        """All rules that the pack lists, in its order.

        Args:
            idle: Rules that had nothing to judge, with the reason.
        """
        for rule, policy in self.policies.items():
            settings = self.settings.get(rule)
            disabled = settings is not None and settings.level == "disabled"
            yield Ran(
                rule=rule,
                pack=self.pack,
                level=None if disabled else self.level(rule),
                idle=None if disabled else idle.get(rule),
                about=_about(policy),
            )

    def level(self, rule: str) -> Level:
        """What a violation of the rule would be."""
        settings = self.settings.get(rule)
        mandatory = settings is not None and settings.level in ("mandatory", "remediate")
        return Level.MANDATORY if mandatory else Level.ADVISORY


_SEVERITIES = {
    protocol.POLICY_SEVERITY_LOW: "low",
    protocol.POLICY_SEVERITY_MEDIUM: "medium",
    protocol.POLICY_SEVERITY_HIGH: "high",
    protocol.POLICY_SEVERITY_CRITICAL: "critical",
}


def _about(policy: protocol.PolicyInfo) -> About:
    told = policy.framework
    framework = Framework(
        name=told.name.strip(),
        version=told.version.strip(),
        reference=told.reference.strip(),
        specification=told.specification.strip(),
    )
    return About(
        display_name=policy.displayName.strip(),
        description=policy.description.strip(),
        severity=_SEVERITIES.get(policy.severity),
        remedy=policy.remediation_steps.strip(),
        url=policy.url.strip(),
        tags=tuple(policy.tags),
        framework=framework if framework.name else None,
    )


# The texts of the Python and Node SDKs, at every rule level: begin, middle, before the property,
# end. A pattern would try each middle with each end, for ever in a long message.
_CANNOT_RUN = ("can't run policy '", "can't run remediation '")
_IN_PREVIEW, _VALUE_AT = "' during preview: ", " value at ."
_CANNOT_BE_KNOWN = " can't be known during preview"


def reported(
    rules: PackRules,
    diagnostics: Iterable[protocol.AnalyzeDiagnostic],
    not_applicable: Iterable[protocol.PolicyNotApplicable],
    *,
    urn: str,
    resources: Collection[str] = (),
) -> Reported:
    """Turns one answer of a pack into values.

    The diagnostics say what was found, at which level; what else the pack tells only gives them
    parts. So each diagnostic that stops the engine is a finding, whatever stands beside it.

    Args:
        rules: What the pack says of its rules.
        diagnostics: The violations of the answer.
        not_applicable: Rules that did not apply. Two kinds of rule speak through these: most
            have nothing to say, and others tell what their diagnostics cannot carry.
        urn: The resource that was judged, or the stack.
        resources: The URNs that an entry may name instead; the engine lets stack rules do so.
    """

    def about(named: str) -> str:
        return named if named in resources else urn

    entries = Entries(not_applicable, about)
    findings: list[Finding] = []
    not_evaluated: list[NotEvaluated] = []
    for diagnostic in diagnostics:
        found = _told(rules, diagnostic, about(diagnostic.urn), entries)
        if isinstance(found, NotEvaluated):
            not_evaluated.append(found)
        else:
            findings.append(found)
    return Reported(
        findings=tuple(findings),
        waived=tuple(_waived(rules, entry) for entry in entries.waived),
        not_evaluated=tuple(not_evaluated),
    )


def idle_rules(entries: Iterable[protocol.PolicyNotApplicable]) -> dict[str, str]:
    """The rules that had nothing to judge in one answer, with the reason.

    Args:
        entries: Rules that did not apply; those that tell findings did.
    """
    return {entry.policy_name: entry.reason for entry in entries if not is_told(entry.reason)}


def failed_remediation(rules: PackRules, remediation: protocol.Remediation, urn: str) -> Reported:
    """Turns a remediation that reports a problem into an advisory finding, as the engine does."""
    diagnostic = protocol.AnalyzeDiagnostic(
        policyName=remediation.policyName,
        policyPackName=remediation.policyPackName,
        description=remediation.description,
        message=remediation.diagnostic,
        enforcementLevel=protocol.ADVISORY,
    )
    return reported(rules, [diagnostic], [], urn=urn)


def _told(
    rules: PackRules, diagnostic: protocol.AnalyzeDiagnostic, urn: str, entries: Entries
) -> Finding | NotEvaluated:
    """What a diagnostic says, in parts where the pack tells them, else as one text."""
    rule, message = diagnostic.policyName, _without_description(diagnostic)
    stops = diagnostic.enforcementLevel not in (protocol.ADVISORY, protocol.DISABLED)
    policy = rules.policy(rule)
    pack = diagnostic.policyPackName or rules.pack
    severity = _SEVERITIES.get(diagnostic.severity) or _SEVERITIES.get(policy.severity)
    if not stops:
        entry = entries.not_evaluated(rule, message, urn) or _could_not_run(rule, message, urn)
        if entry is not None:
            return NotEvaluated(
                rule=rule,
                pack=pack,
                level=_level(rules, entry),
                severity=severity,
                urn=urn,
                part=entry.part or entry.property,
                problem=entry.problem,
                is_prose=entry.is_prose,
                url=entry.url or policy.url.strip() or None,
                related=entry.related,
                property=entry.property,
            )
    entry = entries.finding(rule, message, urn) or ToldFinding(
        rule=rule, urn=urn, problem=message, is_prose=True
    )
    return Finding(
        rule=rule,
        pack=pack,
        level=Level.MANDATORY if stops else Level.ADVISORY,
        severity=severity,
        urn=urn,
        part=entry.part,
        problem=entry.problem,
        wanted=entry.wanted or None,
        is_prose=entry.is_prose,
        fix=entry.fix or policy.remediation_steps.strip() or None,
        url=entry.url or policy.url.strip() or None,
        related=entry.related,
    )


def _without_description(diagnostic: protocol.AnalyzeDiagnostic) -> str:
    """What a rule said: the SDKs put its description on a line before that, or send it alone."""
    message, description = diagnostic.message.strip(), diagnostic.description.strip()
    if description and message.startswith(f"{description}\n"):
        message = message[len(description) :].strip()
    return message or description


def _could_not_run(rule: str, message: str, urn: str) -> ToldFinding | None:
    """What an SDK says, in a text of its own, of a rule that read an unknown value."""
    before, in_preview, said = message.partition(_IN_PREVIEW)
    if not (in_preview and before.startswith(_CANNOT_RUN)):
        return None
    told = ToldFinding(rule=rule, urn=urn, problem=said, is_prose=True)
    if said.endswith(_CANNOT_BE_KNOWN):
        _, value, unknown = said.removesuffix(_CANNOT_BE_KNOWN).rpartition(_VALUE_AT)
        if value:
            return replace(told, problem=f"`{unknown}` is not known yet", property=unknown)
    return told


def _level(rules: PackRules, entry: ToldFinding) -> Level:
    """The rule's level, unless the pack says that the rule would only have advised."""
    return Level.ADVISORY if entry.level == Level.ADVISORY else rules.level(entry.rule)


def _waived(rules: PackRules, entry: ToldFinding) -> Waived:
    policy = rules.policy(entry.rule)
    return Waived(
        rule=entry.rule,
        pack=rules.pack,
        level=_level(rules, entry),
        severity=_SEVERITIES.get(policy.severity),
        urn=entry.urn,
        part=entry.part,
        problem=entry.problem,
        wanted=entry.wanted or None,
        fix=entry.fix or policy.remediation_steps.strip() or None,
        url=entry.url or policy.url.strip() or None,
        related=entry.related,
        reason=entry.reason,
        owner=entry.owner or None,
        expires=entry.expires or None,
    )


def excused(reported: Reported, exceptions: Sequence[FileException]) -> Reported:
    """What a pack reported, with the violations that exceptions excuse among the waived ones."""
    if not exceptions:
        return reported
    found: list[Finding] = []
    waived: list[Waived] = []
    for finding in reported.findings:
        excusing = tuple(
            PolicyException(id=each.id, reason=each.reason)
            for each in exceptions
            if each.excuses(finding.rule, finding.urn)
        )
        if excusing:
            waived.append(waived_by(finding, excusing))
        else:
            found.append(finding)
    return replace(reported, findings=tuple(found), waived=(*reported.waived, *waived))
