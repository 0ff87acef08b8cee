"""The verdict as a table of comma-separated values, one row for each entry."""

import csv
from collections.abc import Mapping
from typing import Final, TextIO

from pulumi_preflight.findings import Finding, NotEvaluated, Waived
from pulumi_preflight.printing import escaped
from pulumi_preflight.reports.entries import entries_of, subject_of
from pulumi_preflight.reports.places import Places
from pulumi_preflight.stack_context import is_urn, type_of
from pulumi_preflight.verdict import Verdict

COLUMNS: Final = (
    *("project", "stack", "result", "level", "severity", "id", "rule", "pack"),
    *("file", "line", "type", "name", "urn"),
    *("problem", "wanted", "fix", "url", "reason", "owner", "expires"),
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write(verdict: Verdict, stream: TextIO) -> None:
    """Writes the table: findings, what could not be evaluated, and what is waived."""
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    places = Places(verdict)
    for finding in entries_of(verdict):
        row = {"project": verdict.project, "stack": verdict.stack, **_row(finding, places)}
        table.writerow([_cell(row[column]) for column in COLUMNS])


def _row(finding: Finding, places: Places) -> Mapping[str, str]:
    place = places.of(finding)
    waived = finding if isinstance(finding, Waived) else None
    result = "notEvaluated" if isinstance(finding, NotEvaluated) else "found"
    return {
        "result": "waived" if waived else result,
        "level": finding.level,
        "severity": finding.severity or "",
        "id": finding.id,
        "rule": finding.rule,
        "pack": finding.pack,
        "file": place.file,
        "line": str(place.line),
        "type": type_of(finding.urn) if is_urn(finding.urn) else "",
        "name": subject_of(finding),
        "urn": finding.urn,
        "problem": finding.problem,
        "wanted": finding.wanted or "",
        "fix": finding.fix or "",
        "url": finding.url or "",
        "reason": waived.reason if waived else "",
        "owner": (waived.owner or "") if waived else "",
        "expires": (waived.expires or "") if waived else "",
    }


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula, as OWASP describes for CSV injection."""
    printed = escaped(text)
    return f"'{printed}" if printed.startswith(_FORMULA) else printed
