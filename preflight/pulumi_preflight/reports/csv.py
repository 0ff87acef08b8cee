"""The verdict as a table of comma-separated values, one row for each entry."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Final, TextIO

from pulumi_preflight.bases import BaseFinding
from pulumi_preflight.findings import Finding, Known, NotEvaluated, Waived
from pulumi_preflight.printing import escaped
from pulumi_preflight.reports.entries import entries_of, standing_in, subject_of
from pulumi_preflight.reports.places import Places, place_of_failure
from pulumi_preflight.stack_context import is_urn, name_of, type_of
from pulumi_preflight.verdict import Verdict
from pulumi_preflight.verdicts import StackResult, Verdicts

COLUMNS: Final = (
    *("project", "stack", "result", "level", "severity", "id", "rule", "pack"),
    *("file", "line", "type", "name", "urn"),
    *("problem", "wanted", "fix", "url", "reason", "owner", "expires", "change"),
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write(verdict: Verdict, stream: TextIO) -> None:
    """Writes the table: findings, what could not be evaluated, and what is accepted."""
    _write(_rows(verdict), stream)


def write_several(verdicts: Verdicts, stream: TextIO) -> None:
    """Writes several verdicts as one table; a stack without one is a row."""
    rows = (row for _, verdict in verdicts for row in _rows(verdict))
    _write(chain(map(_failure, verdicts.without_verdict), rows), stream)


def _write(rows: Iterable[Mapping[str, str]], stream: TextIO) -> None:
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows([_cell(row.get(column, "")) for column in COLUMNS] for row in rows)


def _rows(verdict: Verdict) -> Iterator[Mapping[str, str]]:
    places, standing = Places(verdict), standing_in(verdict)
    of_stack = {"project": verdict.project, "stack": verdict.stack}
    for finding in entries_of(verdict):
        yield {**of_stack, **_row(finding, places), "change": standing(finding)}
    changes = verdict.changes
    for fixed in changes.fixed if changes else ():
        yield {**of_stack, **_fixed(fixed)}


def _fixed(finding: BaseFinding) -> Mapping[str, str]:
    """A finding that the base alone has, and of which no more is known."""
    return {
        "result": "fixed",
        "level": finding.level,
        "id": finding.id,
        "rule": finding.rule,
        "pack": finding.pack,
        "type": type_of(finding.urn) if is_urn(finding.urn) else "",
        "name": name_of(finding.urn) if is_urn(finding.urn) else "",
        "urn": finding.urn,
    }


def _failure(result: StackResult) -> Mapping[str, str]:
    place = place_of_failure(result)
    return {
        "project": result.project or "",
        "stack": result.stack or "",
        "result": "noVerdict",
        "file": place.file,
        "line": str(place.line),
        "problem": result.error or "",
        "fix": result.hint or "",
    }


def _row(finding: Finding, places: Places) -> Mapping[str, str]:
    place = places.of(finding)
    waived = finding if isinstance(finding, Waived) else None
    accepted = finding if isinstance(finding, Waived | Known) else None
    return {
        "result": _result(finding),
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
        "reason": (accepted.reason or "") if accepted else "",
        "owner": (waived.owner or "") if waived else "",
        "expires": (accepted.expires or "") if accepted else "",
    }


def _result(finding: Finding) -> str:
    match finding:
        case Waived():
            return "waived"
        case Known():
            return "known"
        case NotEvaluated():
            return "notEvaluated"
        case _:
            return "found"


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula, as OWASP describes for CSV injection."""
    printed = escaped(text)
    return f"'{printed}" if printed.startswith(_FORMULA) else printed
