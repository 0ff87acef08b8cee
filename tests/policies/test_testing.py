"""The kit for people who write rules: a report's parts are those of the rule's finding."""

from dataclasses import replace

import pytest

from aws_policy_pack.config import ConfigError
from aws_policy_pack.resource import Graph, Resource, Unreadable
from aws_policy_pack.rule import AnyRule, Finding, Findings, Scope, Severity, resource_rule
from aws_policy_pack.testing import UNKNOWN, Example, analyze, analyze_stack

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
    assert (report.was_evaluated, report.unreadable) == (False, "count")


def test_a_report_names_the_part_and_the_related_resources() -> None:
    [plain] = analyze(cap, {"count": 9})
    assert (plain.part, plain.related, plain.was_evaluated) == ("", (), True)
    other = Resource(dict, urn="urn:other", type="test:index:Thing", name="other")
    found = replace(FINDING, part="count", related=(other,))
    told = replace(cap, check=lambda _thing, _config: iter([found]))
    [report] = analyze(told, {})
    assert (report.part, report.related) == ("count", ("urn:other",))


EACH: AnyRule = replace(cap, scope=Scope.STACK)


def test_reports_of_one_text_about_two_resources_are_told_apart() -> None:
    def check(graph: Graph, _config: object) -> Findings:
        for thing in graph.resources:
            yield replace(FINDING, resource=thing, part=thing.name)

    rule: AnyRule = replace(EACH, check=check)
    things = [Example(type="test:index:Thing", name=name) for name in ("a", "b")]
    assert [(each.name, each.part) for each in analyze_stack(rule, things)] == [
        ("a", "a"),
        ("b", "b"),
    ]


def test_what_was_found_stands_before_what_was_not_evaluated() -> None:
    def check(_thing: Resource, _config: object) -> Findings:
        yield Unreadable("count", "is odd")
        yield FINDING

    reports = analyze(replace(cap, check=check), {})
    assert [report.was_evaluated for report in reports] == [True, False]


def test_a_config_with_a_mistake_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"test-cap\.maxx: unknown key"):
        analyze(cap, {}, config={"maxx": 3})
