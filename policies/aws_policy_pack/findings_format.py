"""What the pack tells beside its diagnostics: findings in parts, as JSON (docs/findings-format.md).

A diagnostic has one text. What a reader wants apart, such as the fix, and what the engine keeps
back, such as a waived finding, travels in the reason of a `PolicyNotApplicable`, which the engine
prints nowhere. Source: pulumi/pulumi, pkg/resource/analyzer/summary.go: a rule that has a
diagnostic too counts as failed.
"""

import json
from typing import Final

from aws_policy_pack.evaluation import Outcome, Said, Violation, Waived

VERSION_KEY: Final = "policyFindings"
VERSION: Final = 1


def reason_of(outcome: Outcome) -> str:
    """What one rule said about one resource or stack; empty where it said nothing."""
    kinds = {
        "findings": [_finding(each) for each in outcome.violations if each.evaluated],
        "notEvaluated": [_not_evaluated(each) for each in outcome.violations if not each.evaluated],
        "waived": [_waived(each) for each in outcome.waived],
    }
    told = {kind: entries for kind, entries in kinds.items() if entries}
    return json.dumps({VERSION_KEY: VERSION, **told}, separators=(",", ":")) if told else ""


def _finding(violation: Violation) -> dict[str, object]:
    return {"message": violation.message, **_parts(violation.said, violation.urn)}


def _not_evaluated(violation: Violation) -> dict[str, object]:
    return {
        "message": violation.message,
        "property": violation.unreadable,
        **_parts(violation.said, violation.urn),
    }


def _waived(waived: Waived) -> dict[str, object]:
    return {
        "reason": waived.waiver.reason,
        "owner": waived.waiver.owner,
        "expires": str(waived.waiver.expires),
        **_parts(waived.said, waived.urn),
    }


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
