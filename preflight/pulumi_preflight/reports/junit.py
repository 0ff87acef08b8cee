"""The verdict as JUnit's XML, which nearly every CI shows: a rule is a test.

There is one test for each finding, and one for each rule that has none. A mandatory
finding has failed. A finding that blocks nothing is skipped, with the reason.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TextIO
from xml.etree import ElementTree as ET

from pulumi_preflight.findings import (
    Finding,
    Known,
    Level,
    NotEvaluated,
    Waived,
    excuse_of,
    knowledge_of,
)
from pulumi_preflight.printing import escaped, escaped_line
from pulumi_preflight.reports.entries import (
    NEW,
    entries_of,
    standing_in,
    told,
    told_of_failure,
)
from pulumi_preflight.reports.places import Place, Places, place_of_failure
from pulumi_preflight.stack_context import is_urn, name_of, qualified_type_of
from pulumi_preflight.verdict import Result, RuleResult, Verdict
from pulumi_preflight.verdicts import StackResult, Verdicts

FAILURE: Final = "failure"
SKIPPED: Final = "skipped"
ERROR: Final = "error"
# Characters that XML cannot hold in any form, beside those that no report shows.
_NOT_IN_XML: Final = re.compile("[\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One test.

    Attributes:
        name: Its name, of no other test of the suite.
        outcome: `failure`, `skipped` or `error`; empty where it passed.
        kind: What kind of failure it is.
        message: Why it did not pass, in one line.
        text: The same with all that there is to say.
        place: The place of the finding.
    """

    name: str
    outcome: str = ""
    kind: str = ""
    message: str = ""
    text: str = ""
    place: Place | None = None


def write(verdict: Verdict, stream: TextIO) -> None:
    """Writes the verdict; without times, so that two runs give the same bytes."""
    _write(_suites(verdict), stream)


def write_several(verdicts: Verdicts, stream: TextIO) -> None:
    """Writes several verdicts; a stack without one is a test that could not run."""
    suites = [
        each
        for result in verdicts.results
        for each in (_suites(result.verdict) if result.verdict else [_failed_suite(result)])
    ]
    _write(suites, stream)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suite:
    """The tests of one pack on one stack.

    Attributes:
        name: Its name.
        classname: What the tests' own names are names in.
        cases: The tests.
    """

    name: str
    classname: str
    cases: Sequence[_Case]


def _write(suites: Sequence[_Suite], stream: TextIO) -> None:
    counts = _counts([case for suite in suites for case in suite.cases])
    root = ET.Element("testsuites", {"name": "preflight", **counts})
    for suite in suites:
        named = {"name": _text(suite.name), **_counts(suite.cases)}
        element = ET.SubElement(root, "testsuite", named)
        element.extend(_element(case, suite.classname) for case in suite.cases)
    ET.indent(root)
    document = ET.tostring(root, encoding="unicode")
    stream.write(f'<?xml version="1.0" encoding="utf-8"?>\n{document}\n')


def _suites(verdict: Verdict) -> list[_Suite]:
    return [
        _Suite(
            name=f"{verdict.project}/{verdict.stack} {pack}",
            classname=f"{verdict.project}.{verdict.stack}.{pack}",
            cases=cases,
        )
        for pack, cases in _cases(verdict).items()
    ]


def _failed_suite(result: StackResult) -> _Suite:
    case = _Case(
        name="verdict",
        outcome=ERROR,
        kind="no verdict",
        message=result.error or "",
        text=told_of_failure(result),
        place=place_of_failure(result),
    )
    project, stack = result.project or result.folder, result.stack or "-"
    return _Suite(name=f"{project}/{stack}", classname=f"{project}.{stack}", cases=[case])


def _cases(verdict: Verdict) -> Mapping[str, Sequence[_Case]]:
    """The tests of each pack: its rules in its order, then what only findings tell of."""
    places, standing = Places(verdict), standing_in(verdict)
    entries: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in entries_of(verdict):
        entries[finding.pack, finding.rule].append(finding)
    packs: defaultdict[str, list[_Case]] = defaultdict(list)
    for each in verdict.rules:
        found = entries.pop((each.ran.pack, each.ran.rule), [])
        packs[each.ran.pack] += [_of_finding(one, places, standing) for one in found] or [
            _of_rule(each)
        ]
    for (pack, _), found in entries.items():
        packs[pack] += [_of_finding(one, places, standing) for one in found]
    return {pack: list(_told_apart(cases)) for pack, cases in packs.items()}


def _told_apart(cases: Sequence[_Case]) -> Iterator[_Case]:
    """The tests, each once: a rule may find one thing in a resource and not see another."""
    taken: set[str] = set()
    for case in cases:
        name, number = case.name, 1
        while name in taken:
            number += 1
            name = f"{case.name} ({number})"
        taken.add(name)
        yield replace(case, name=name)


def _of_rule(result: RuleResult) -> _Case:
    rule = escaped_line(result.ran.rule)
    match result.result:
        case Result.IDLE:
            return _Case(name=rule, outcome=SKIPPED, message=f"idle: {result.ran.idle}")
        case Result.DISABLED:
            return _Case(name=rule, outcome=SKIPPED, message="disabled")
        case _:
            return _Case(name=rule)


def _of_finding(finding: Finding, places: Places, standing: Callable[[Finding], str]) -> _Case:
    about = f" {qualified_type_of(finding.urn)}::{name_of(finding.urn)}"
    place = places.of(finding)
    why = _why(finding)
    new = NEW if standing(finding) == NEW else ""
    failed = finding.level is Level.MANDATORY and not isinstance(
        finding, Waived | Known | NotEvaluated
    )
    lines = (f"{place.file}:{place.line}", told(finding), finding.url)
    return _Case(
        name=escaped_line(finding.id + (about if is_urn(finding.urn) else "")),
        outcome=FAILURE if failed else SKIPPED,
        kind=finding.severity or finding.level,
        message=": ".join(filter(None, (new, "" if failed else why, finding.message))),
        text="\n".join(filter(None, lines)),
        place=place,
    )


def _why(finding: Finding) -> str:
    """Why a finding that is not a failure has not passed either."""
    match finding:
        case Waived():
            return f"waived {excuse_of(finding)}"
        case Known():
            return knowledge_of(finding)
        case NotEvaluated():
            return "not evaluated"
        case _:
            return "advisory"


def _element(case: _Case, classname: str) -> ET.Element:
    attributes = {"classname": _text(classname), "name": _text(case.name)}
    if case.place:
        attributes |= {"file": _text(case.place.file), "line": str(case.place.line)}
    element = ET.Element("testcase", attributes)
    if case.outcome:
        inner = {"type": case.kind} if case.outcome != SKIPPED else {}
        outcome = ET.SubElement(
            element, case.outcome, {**inner, "message": " ".join(_text(case.message).split())}
        )
        outcome.text = _text(case.text) or None
    return element


def _counts(cases: Sequence[_Case]) -> dict[str, str]:
    counts = Counter(case.outcome for case in cases)
    return {
        "tests": str(len(cases)),
        "failures": str(counts[FAILURE]),
        "errors": str(counts[ERROR]),
        "skipped": str(counts[SKIPPED]),
    }


def _text(text: str) -> str:
    return _NOT_IN_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", escaped(text))
