"""The verdict as one JSON object; `verdict.schema.json` beside this file describes it.

Several verdicts are one object too, described by `verdicts.schema.json`.
"""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, TextIO

from pulumi_preflight.acceptance import BaselineEntry, BaselineUse
from pulumi_preflight.bases import known_as
from pulumi_preflight.findings import (
    ABSENT,
    About,
    Change,
    Finding,
    Fix,
    Known,
    NotEvaluated,
    Waived,
)
from pulumi_preflight.model import Note, SourcePosition
from pulumi_preflight.printing import escaped_json
from pulumi_preflight.resource import Resource
from pulumi_preflight.verdict import RuleResult, Verdict
from pulumi_preflight.verdicts import Gone, StackResult, Verdicts

if TYPE_CHECKING:
    from pulumi_preflight.bases.changes import Changes, ModuleCost
    from pulumi_preflight.changes.comparing import ResourceChange

VERSION = 3
"""Of the format: one more with each release that adds keys, changes or removes them."""


def write(verdict: Verdict, stream: TextIO) -> None:
    """Writes the verdict as JSON; apart from `seconds`, two runs give the same bytes."""
    _write(_document(verdict), stream)


VERSION_OF_SEVERAL = 1
"""Of the format around several verdicts; each verdict in it has the version of its own."""


def write_several(verdicts: Verdicts, stream: TextIO) -> None:
    """Writes several verdicts; apart from `seconds`, two runs give the same bytes."""
    _write(
        {
            "version": VERSION_OF_SEVERAL,
            "seconds": round(verdicts.seconds, 3),
            "verdict": _common(verdicts),
            "results": [_result(result) for result in verdicts.results],
            "leftOut": [
                {"folder": each.folder, "reason": each.reason} for each in verdicts.left_out
            ],
            "gone": [_gone(each) for each in verdicts.gone],
        },
        stream,
    )


def _gone(stack: Gone) -> dict[str, object]:
    return {
        "base": stack.base,
        "project": stack.project,
        "stack": stack.stack,
        "resources": stack.resources,
        "holdingData": stack.holding_data,
    }


def _common(verdicts: Verdicts) -> str | None:
    if verdicts.without_verdict:
        return None
    return "fail" if verdicts.failed else "pass"


def _result(result: StackResult) -> dict[str, object]:
    error = None if result.error is None else {"message": result.error, "hint": result.hint}
    return {
        "folder": result.folder,
        "project": result.project,
        "stack": result.stack,
        "error": error,
        "verdict": result.verdict and _document(result.verdict),
    }


def _write(content: dict[str, object], stream: TextIO) -> None:
    document = json.dumps(content, indent=2, ensure_ascii=False)
    stream.write(f"{escaped_json(document)}\n")


def _document(verdict: Verdict) -> dict[str, object]:
    return {
        "version": VERSION,
        "project": verdict.project,
        "stack": verdict.stack,
        "seconds": round(verdict.seconds, 3),
        "verdict": "pass" if verdict.passed else "fail",
        "failOn": verdict.fail_on,
        "resources": [_resource(resource) for resource in verdict.resources],
        "findings": [entry_of(finding) for finding in verdict.findings],
        "known": [entry_of(known) for known in verdict.known],
        "waived": [entry_of(waived) for waived in verdict.waived],
        "notEvaluated": [entry_of(each) for each in verdict.not_evaluated],
        "baseline": verdict.baseline and _baseline(verdict.baseline),
        "rules": [_rule(result) for result in verdict.rules],
        "fixes": [_fix(fix) for fix in verdict.fixes],
        "outputs": dict(verdict.outputs),
        "notes": [note_of(note) for note in verdict.notes],
        "changes": verdict.changes and changes_of(verdict.changes),
    }


def changes_of(changes: "Changes") -> dict[str, object]:
    """What the program changes beside a base."""
    cost = changes.cost
    return {
        "base": changes.base,
        "kind": "state" if changes.is_state else "verdict",
        "resources": [
            _changed(each) for each in changes.resources if each.operation != "same" or each.before
        ],
        "findings": {
            "new": [asdict(known_as(each)) for each in changes.new],
            "unchanged": [asdict(known_as(each)) for each in changes.unchanged],
            "fixed": [asdict(each) for each in changes.fixed],
        },
        "cost": cost and [_cost(each) for each in cost.modules],
        "unpriced": list(cost.unpriced) if cost else [],
    }


def _changed(change: "ResourceChange") -> dict[str, object]:
    return {
        "urn": change.urn,
        "operation": change.operation,
        "before": change.before or None,
        "custom": change.custom,
        "protected": change.protected,
        "retained": change.retained,
        "properties": [
            {
                "path": each.path,
                "before": each.before,
                "after": each.after,
                "effect": each.effect,
                "follows": each.follows or None,
            }
            for each in change.properties
        ],
    }


def _cost(cost: "ModuleCost") -> dict[str, object]:
    sides = {"before": cost.before, "after": cost.after, "difference": cost.difference}
    return {
        "module": cost.module or None,
        "currency": cost.currency,
        **{
            side: {"base": str(amount.base), "worst": str(amount.worst)}
            for side, amount in sides.items()
        },
    }


def _resource(resource: Resource) -> dict[str, object]:
    return {
        "urn": resource.urn,
        "type": resource.type,
        "name": resource.name,
        "parent": resource.parent or None,
        "file": resource.position.file if resource.position else None,
        "line": resource.position.line if resource.position else None,
        "madeUp": list(resource.made_up),
    }


def _place(place: SourcePosition) -> dict[str, object]:
    return {"file": place.file, "line": place.line}


def _finding(finding: Finding) -> dict[str, object]:
    origin = finding.origin
    return {
        "id": finding.id,
        "rule": finding.rule,
        "pack": finding.pack,
        "level": finding.level,
        "severity": finding.severity,
        "urn": finding.urn,
        "file": finding.file,
        "line": finding.line,
        "message": finding.message,
        "problem": finding.problem,
        "wanted": finding.wanted,
        "fix": finding.fix,
        "url": finding.url,
        "places": [_place(place) for place in finding.places],
        "related": list(finding.related),
        "origin": origin and {"urn": origin.urn or None, "property": origin.property},
    }


def entry_of(finding: Finding) -> dict[str, object]:
    """One entry of a verdict, with what its kind says beside."""
    match finding:
        case Known():
            return {**_finding(finding), "expires": finding.expires, "reason": finding.reason}
        case Waived():
            return _waived(finding)
        case NotEvaluated():
            return {**_finding(finding), "property": finding.property}
        case _:
            return _finding(finding)


def _baseline(use: BaselineUse) -> dict[str, object]:
    return {
        "file": use.file,
        "gone": [_entry(entry) for entry in use.gone],
        "over": [_entry(entry) for entry in use.over],
        "unjudged": [_entry(entry) for entry in use.unjudged],
    }


def _entry(entry: BaselineEntry) -> dict[str, object]:
    return {
        "pack": entry.pack,
        "id": entry.id,
        "urn": entry.urn,
        "expires": entry.expires,
        "reason": entry.reason,
    }


def _waived(waived: Waived) -> dict[str, object]:
    return {
        **_finding(waived),
        "reason": waived.reason,
        "owner": waived.owner,
        "expires": waived.expires,
        "exceptions": [{"id": each.id, "reason": each.reason} for each in waived.exceptions],
        "inCode": waived.in_code and _place(waived.in_code),
    }


def _rule(result: RuleResult) -> dict[str, object]:
    ran = result.ran
    return {
        "rule": ran.rule,
        "pack": ran.pack,
        "level": ran.level,
        "result": result.result,
        "reason": ran.idle,
        **about_of(ran.about),
    }


def about_of(about: About) -> dict[str, object]:
    """What a pack says of a rule."""
    framework = about.framework
    return {
        "displayName": about.display_name,
        "description": about.description,
        "severity": about.severity,
        "remedy": about.remedy,
        "url": about.url or None,
        "tags": list(about.tags),
        "framework": framework
        and {
            "name": framework.name,
            "version": framework.version,
            "reference": framework.reference,
            "specification": framework.specification,
        },
    }


def _fix(fix: Fix) -> dict[str, object]:
    return {
        "rule": fix.rule,
        "pack": fix.pack,
        "urn": fix.urn,
        "file": fix.file,
        "line": fix.line,
        "applied": fix.applied,
        "exposedSecrets": list(fix.exposed),
        "changes": [_change(change) for change in fix.changes],
    }


def _change(change: Change) -> dict[str, object]:
    sides = {"path": change.path, "before": change.before, "after": change.after}
    return {side: value for side, value in sides.items() if value is not ABSENT}


def note_of(note: Note) -> dict[str, object]:
    """A note, with its place."""
    return {
        "text": note.text,
        "file": note.position.file if note.position else None,
        "line": note.position.line if note.position else None,
    }
