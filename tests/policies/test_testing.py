"""The kit for people who write rules: a report's parts are those of the rule's finding."""

import pytest

from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Severity, resource_rule
from aws_policy_pack.testing import UNKNOWN, Report, analyze

FINDING = Finding(
    problem="`count` is 9; it was 3. Fix: none", wanted="at most 3. No more", fix="Lower it"
)


@resource_rule(
    "test-cap",
    "test:index:Thing",
    severity=Severity.LOW,
    summary="There are few",
    why="Many cost more.",
    url="https://example.com/cap",
    good={"count": 1},
    bad={"count": 9},
)
def cap(thing: Resource) -> Findings:
    """Compares the count."""
    if (thing.number("count") or 0) > len("few"):
        yield FINDING


def test_a_report_has_the_parts_of_the_finding() -> None:
    [report] = analyze(cap, {"count": 9})
    parts = (report.problem, report.wanted, report.fix)
    assert parts == (FINDING.problem, FINDING.wanted, FINDING.fix)


def test_a_report_of_another_resource_begins_with_its_name() -> None:
    [report] = analyze(cap, {"count": 9}, name="boxes")
    assert (report.name, report.problem) == ("boxes", FINDING.problem)
    assert report.text.startswith("boxes: `count` is 9")


def test_what_was_not_evaluated_has_words_and_no_parts() -> None:
    [report] = analyze(cap, {"count": UNKNOWN})
    assert report.text == "not evaluated: subject: `count` is not known yet"
    assert (report.problem, report.wanted, report.fix) == ("", "", "")


@pytest.mark.parametrize("message", ["", "nothing of ours", "a; wanted b"])
def test_a_message_of_another_form_has_no_parts(message: str) -> None:
    report = Report(rule="other", level="advisory", message=message, urn="")
    assert (report.text, report.problem) == (message, "")
