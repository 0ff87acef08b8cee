"""What packs answer in the analyzer protocol, and how it becomes findings."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi.runtime.proto import analyzer_pb2 as protocol

from pulumi_preflight.findings import Finding, Level, NotEvaluated, Ran, Reported, Waived
from pulumi_preflight.packs.config_file import RuleSettings


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
            message=text,
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
        for rule in self.policies:
            settings = self.settings.get(rule)
            disabled = settings is not None and settings.level == "disabled"
            yield Ran(
                rule=rule,
                pack=self.pack,
                level=None if disabled else self.level(rule),
                idle=None if disabled else idle.get(rule),
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
# What `aws-policy-pack` says; several properties follow each other in one message.
_NOT_EVALUATED = re.compile(
    r"not evaluated: (?P<message>(?:\S+: )?`(?P<property>[^`]*)` .*?)(?:; (?=not evaluated: )|$)",
    re.DOTALL,
)
# The texts of the Python and Node SDKs, at every rule level: begin, middle, before the property,
# end. A pattern would try each middle with each end, for ever in a long message.
_CANNOT_RUN = ("can't run policy '", "can't run remediation '")
_IN_PREVIEW, _VALUE_AT = "' during preview: ", " value at ."
_CANNOT_BE_KNOWN = " can't be known during preview"
_FIX = re.compile(r"(?:^|\s)Fix:\s+(?P<fix>\S.*)$", re.DOTALL)


def reported(
    rules: PackRules,
    diagnostics: Iterable[protocol.AnalyzeDiagnostic],
    not_applicable: Iterable[protocol.PolicyNotApplicable],
    *,
    urn: str,
    resources: Collection[str] = (),
) -> Reported:
    """Turns one answer of a pack into values.

    Args:
        rules: What the pack says of its rules.
        diagnostics: The violations of the answer.
        not_applicable: Rules that did not apply. Two kinds of rule speak through these: most
            have nothing to say, and ours hide their waivers there, since the engine prints none.
        urn: The resource that was judged, or the stack.
        resources: The URNs that an entry may name instead; the engine lets stack rules do so.
    """
    findings: list[Finding] = []
    not_evaluated: list[NotEvaluated] = []
    for diagnostic in diagnostics:
        finding = _finding(rules, diagnostic, _about(diagnostic.urn, urn, resources))
        unknown = tuple(_unknown_properties(finding.message))
        not_evaluated += [_not_evaluated(rules, finding, *entry) for entry in unknown]
        if not unknown:
            findings.append(finding)
    return Reported(
        findings=tuple(findings),
        waived=tuple(_waived(rules, not_applicable, urn, resources)),
        not_evaluated=tuple(not_evaluated),
    )


def idle_rules(entries: Iterable[protocol.PolicyNotApplicable]) -> dict[str, str]:
    """The rules that had nothing to judge in one answer, with the reason.

    Args:
        entries: Rules that did not apply; those with waivers did.
    """
    return {
        entry.policy_name: entry.reason for entry in entries if not list(_waivers_in(entry.reason))
    }


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


def split_message(message: str, description: str) -> tuple[str, str | None, str | None]:
    """Takes a violation's text apart into message, fix and url.

    The SDKs put the rule's description in front of the message; it is dropped, unless it is all
    there is. A url at the end is one only where a sentence ends before it.
    """
    text = message.strip()
    if description and text.startswith(f"{description.strip()}\n"):
        text = text[len(description.strip()) :].strip()
    url = _last_url(text)
    if url:
        text = text.removesuffix(url).rstrip()
    fix = None
    if found := _FIX.search(text):
        fix, text = found["fix"].strip(), text[: found.start()].rstrip()
    return text or description.strip(), fix, url


def _last_url(text: str) -> str | None:
    """The url at the end of a text, where a sentence or a line ends before it."""
    *_, last = text.rsplit(maxsplit=1) or [""]
    if not last.startswith(("http://", "https://")):
        return None
    before = text.removesuffix(last)
    sentence = before.rstrip()
    return (
        last if not sentence or sentence[-1] in ".!?" or "\n" in before[len(sentence) :] else None
    )


def _about(named: str, judged: str, resources: Collection[str]) -> str:
    """The URN that an entry is about: the one it names if that exists, as the engine has it."""
    return named if named in resources else judged


def _finding(rules: PackRules, diagnostic: protocol.AnalyzeDiagnostic, urn: str) -> Finding:
    advisory = diagnostic.enforcementLevel in (protocol.ADVISORY, protocol.DISABLED)
    policy = rules.policy(diagnostic.policyName)
    message, fix, url = split_message(diagnostic.message, diagnostic.description)
    return Finding(
        rule=diagnostic.policyName,
        pack=diagnostic.policyPackName or rules.pack,
        level=Level.ADVISORY if advisory else Level.MANDATORY,
        severity=_SEVERITIES.get(diagnostic.severity) or _SEVERITIES.get(policy.severity),
        urn=urn,
        message=message,
        fix=fix or policy.remediation_steps.strip() or None,
        url=url or policy.url.strip() or None,
    )


def _unknown_properties(message: str) -> Iterator[tuple[str, str]]:
    """The property paths, each with a sentence, of a message that says a rule could not run."""
    if message.startswith(_CANNOT_RUN) and message.endswith(_CANNOT_BE_KNOWN):
        before, _, unknown = message.removesuffix(_CANNOT_BE_KNOWN).rpartition(_VALUE_AT)
        if _IN_PREVIEW in before:
            yield unknown, f"`{unknown}` is not known yet"
    elif _NOT_EVALUATED.match(message):
        for found in _NOT_EVALUATED.finditer(message):
            yield found["property"], found["message"]


def _not_evaluated(rules: PackRules, finding: Finding, unknown: str, message: str) -> NotEvaluated:
    return NotEvaluated(
        rule=finding.rule,
        pack=finding.pack,
        level=rules.level(finding.rule),
        severity=finding.severity,
        urn=finding.urn,
        message=message,
        url=finding.url,
        property=unknown,
    )


def _waived(
    rules: PackRules,
    entries: Iterable[protocol.PolicyNotApplicable],
    urn: str,
    resources: Collection[str],
) -> Iterator[Waived]:
    for entry in entries:
        policy = rules.policy(entry.policy_name)
        for waiver in _waivers_in(entry.reason):
            message, fix, url = split_message(str(waiver.get("message", "")), policy.description)
            yield Waived(
                rule=entry.policy_name,
                pack=rules.pack,
                level=rules.level(entry.policy_name),
                severity=_SEVERITIES.get(policy.severity),
                urn=_about(str(waiver.get("urn")), urn, resources),
                message=message,
                fix=fix or policy.remediation_steps.strip() or None,
                url=url or policy.url.strip() or None,
                reason=str(waiver.get("reason", "")),
                owner=_text(waiver.get("owner")),
                expires=_text(waiver.get("expires")),
            )


def _waivers_in(reason: str) -> list[dict[str, Any]]:
    """The waived findings that `aws-policy-pack` puts into a reason as JSON; mostly none."""
    if not reason.startswith("{"):
        return []
    try:
        waived = json.loads(reason).get("waived")
    except ValueError:
        return []
    entries = waived if isinstance(waived, list) else [waived]
    return [entry for entry in entries if isinstance(entry, dict)]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
