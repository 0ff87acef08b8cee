"""The verdict as a code quality report of GitLab, which a merge request shows.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. GitLab stops reading at
the first entry that lacks something, and of entries with one fingerprint it keeps the last.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Final, TextIO

from pulumi_preflight.findings import Finding, NotEvaluated
from pulumi_preflight.printing import escaped_json
from pulumi_preflight.reports.entries import (
    fingerprint_of,
    fingerprint_of_failure,
    told,
    told_of_failure,
)
from pulumi_preflight.reports.places import Places, place_of_failure
from pulumi_preflight.verdict import Verdict
from pulumi_preflight.verdicts import StackResult, Verdicts

SEVERITIES: Final = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor"}
NOT_TOLD: Final = "major"
NOT_EVALUATED: Final = "info"
NO_VERDICT: Final = "blocker"


def write(verdict: Verdict, stream: TextIO) -> None:
    """Writes the verdict; what is waived is not in it, since GitLab knows no accepted findings."""
    _write(_entries(verdict), stream)


def write_several(verdicts: Verdicts, stream: TextIO) -> None:
    """Writes several verdicts as one report; a stack without one is an entry."""
    entries = [entry for _, verdict in verdicts for entry in _entries(verdict, several=True)]
    _write([*map(_failure, verdicts.without_verdict), *entries], stream)


def _write(entries: Sequence[Mapping[str, object]], stream: TextIO) -> None:
    stream.write(f"{escaped_json(json.dumps(entries, indent=2, ensure_ascii=False))}\n")


def _entries(verdict: Verdict, *, several: bool = False) -> list[dict[str, object]]:
    places = Places(verdict)
    whose = f" ({verdict.project}, stack {verdict.stack})" if several else ""
    found = (*verdict.findings, *verdict.not_evaluated)
    return [_entry(each, places, whose) for each in found]


def _failure(result: StackResult) -> dict[str, object]:
    place = place_of_failure(result)
    return {
        "description": told_of_failure(result),
        "check_name": "preflight",
        "fingerprint": fingerprint_of_failure(result),
        "severity": NO_VERDICT,
        "location": {"path": place.file, "lines": {"begin": place.line}},
    }


def _entry(finding: Finding, places: Places, whose: str) -> dict[str, object]:
    place = places.of(finding)
    unseen = isinstance(finding, NotEvaluated)
    severity = SEVERITIES.get(finding.severity or "", NOT_TOLD)
    fingerprint = fingerprint_of(finding)
    if unseen:
        # A rule may find one thing in a resource and not see another, both without a part.
        fingerprint = hashlib.sha256(f"not evaluated {fingerprint}".encode()).hexdigest()
    return {
        "description": f"{'Not evaluated: ' if unseen else ''}{told(finding)}{whose}",
        "check_name": finding.rule,
        "fingerprint": fingerprint,
        "severity": NOT_EVALUATED if unseen else severity,
        "location": {"path": place.file, "lines": {"begin": place.line}},
    }
