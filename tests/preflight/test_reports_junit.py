"""The verdict as JUnit's XML."""

import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import JUnitXml

from pulumi_preflight.findings import Finding, Level, Ran, Reported
from pulumi_preflight.printing import escaped
from pulumi_preflight.reports import junit
from pulumi_preflight.verdict import Verdict
from tests.preflight.builders import QUEUE, SERVICE, urn
from tests.preflight.samples import TOO_MANY, TOTAL, UNSEEN, UNTAGGED, WAIVED, verdict


def as_junit(found: Verdict) -> JUnitXml:
    stream = io.StringIO()
    junit.write(found, stream)
    return JUnitXml.fromstring(stream.getvalue().encode())


def cases_of(reported: Reported) -> list[Any]:
    return [case for suite in as_junit(verdict(reported)) for case in suite]


def case_of(finding: Finding) -> Any:  # noqa: ANN401 - a test case
    [case] = cases_of(Reported(findings=(finding,)))
    return case


def ran(rule: str, pack: str = "demo", **changes: Any) -> Ran:  # noqa: ANN401 - fields of Ran
    return replace(Ran(rule=rule, pack=pack, level=Level.MANDATORY), **changes)


def test_a_mandatory_finding_is_a_test_that_failed() -> None:
    case = case_of(TOO_MANY)
    assert case.classname == "shop.dev.demo"
    assert case.name == f"cost-ecs-desired-count {SERVICE}::web"
    [failure] = case.result
    assert (case.is_failure, case.is_skipped, failure.type) == (True, False, "high")
    assert failure.message == TOO_MANY.message
    assert failure.text == (
        f"__main__.py:20\n{TOO_MANY.message} Fix: Lower it, or raise the cap.\n{TOO_MANY.url}"
    )
    element = case._elem  # noqa: SLF001 - junitparser has no name for these
    assert (element.get("file"), element.get("line")) == ("__main__.py", "20")


@pytest.mark.parametrize(
    ("reported", "message"),
    [
        pytest.param(Reported(findings=(UNTAGGED,)), "advisory: no tags", id="advice"),
        pytest.param(
            Reported(waived=(WAIVED,)),
            "waived until 2027-01-01: holds public data only (platform): dead: not encrypted; "
            "wanted SSE-SQS.",
            id="waived",
        ),
        pytest.param(
            Reported(not_evaluated=(UNSEEN,)),
            "not evaluated: jobs: `redrivePolicy` is not known yet",
            id="not-evaluated",
        ),
        pytest.param(
            Reported(rules=(ran("a", idle="no topic"),)), "idle: no topic", id="nothing-to-judge"
        ),
        pytest.param(Reported(rules=(ran("a", level=None),)), "disabled", id="disabled"),
    ],
)
def test_what_neither_blocks_nor_passes_is_skipped_with_the_reason(
    reported: Reported, message: str
) -> None:
    [case] = cases_of(reported)
    assert (case.is_skipped, case.is_failure, case.is_passed) == (True, False, False)
    assert case.result[0].message == message


def test_a_rule_that_passed_is_a_test_that_passed() -> None:
    [case] = cases_of(Reported(rules=(ran("fine"),)))
    assert (case.name, case.is_passed) == ("fine", True)


def test_a_finding_about_the_stack_has_the_stacks_name() -> None:
    assert case_of(TOTAL).name == "cost-total pulumi:pulumi:Stack::shop-dev"


def test_each_pack_is_a_suite_that_counts_its_tests() -> None:
    other = replace(TOO_MANY, pack="preflight", rule="duplicate-urn")
    reported = Reported(
        findings=(TOO_MANY, UNTAGGED, other),
        rules=(ran("fine"), ran("tags-required"), ran("cost-ecs-desired-count")),
    )
    suites = as_junit(verdict(reported))
    assert [(each.name, each.tests, each.failures, each.skipped) for each in suites] == [
        ("shop/dev demo", 3, 1, 1),
        ("shop/dev preflight", 1, 1, 0),
    ]
    assert (suites.tests, suites.failures, suites.skipped, suites.errors) == (4, 2, 1, 0)


def test_tests_of_one_suite_have_different_names() -> None:
    seen = replace(UNTAGGED, rule=UNSEEN.rule, part=UNSEEN.part)
    names = [each.name for each in cases_of(Reported(findings=(seen,), not_evaluated=(UNSEEN,)))]
    name = f"sqs-redrive-target[redrivePolicy] {QUEUE}::jobs"
    assert names == [name, f"{name} (2)"]


def test_there_are_no_times() -> None:
    stream = io.StringIO()
    junit.write(verdict(), stream)
    assert "time" not in stream.getvalue()


@given(text=st.text(min_size=1))
def test_any_text_is_xml(text: str) -> None:
    finding = replace(
        TOO_MANY, urn=urn(QUEUE, text), rule=text, problem=text, fix=None, url=None, is_prose=True
    )
    [failure] = case_of(finding).result
    shown = escaped(text).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
    assert failure.text == f"Pulumi.yaml:1\n{shown}"
    assert failure.message == " ".join(shown.split())
