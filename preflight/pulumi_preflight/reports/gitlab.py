"""The verdict as a code quality report of GitLab, which a merge request shows.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. GitLab stops reading at
the first entry that lacks something, and of entries with one fingerprint it keeps the last.
"""

import hashlib
import json
from typing import Final, TextIO

from pulumi_preflight.findings import Finding, NotEvaluated
from pulumi_preflight.printing import escaped_json
from pulumi_preflight.reports.entries import fingerprint_of, told
from pulumi_preflight.reports.places import Places
from pulumi_preflight.verdict import Verdict

SEVERITIES: Final = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor"}
NOT_TOLD: Final = "major"
NOT_EVALUATED: Final = "info"


def write(verdict: Verdict, stream: TextIO) -> None:
    """Writes the verdict; what is waived is not in it, since GitLab knows no accepted findings."""
    places = Places(verdict)
    listed = [_entry(each, places) for each in (*verdict.findings, *verdict.not_evaluated)]
    stream.write(f"{escaped_json(json.dumps(listed, indent=2, ensure_ascii=False))}\n")


def _entry(finding: Finding, places: Places) -> dict[str, object]:
    place = places.of(finding)
    unseen = isinstance(finding, NotEvaluated)
    severity = SEVERITIES.get(finding.severity or "", NOT_TOLD)
    fingerprint = fingerprint_of(finding)
    if unseen:
        # A rule may find one thing in a resource and not see another, both without a part.
        fingerprint = hashlib.sha256(f"not evaluated {fingerprint}".encode()).hexdigest()
    return {
        "description": f"Not evaluated: {told(finding)}" if unseen else told(finding),
        "check_name": finding.rule,
        "fingerprint": fingerprint,
        "severity": NOT_EVALUATED if unseen else severity,
        "location": {"path": place.file, "lines": {"begin": place.line}},
    }
