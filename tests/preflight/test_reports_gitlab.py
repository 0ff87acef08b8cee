"""The verdict as GitLab's code quality report."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.findings import Reported
from pulumi_preflight.reports import gitlab
from pulumi_preflight.reports.entries import fingerprint_of
from pulumi_preflight.verdict import Verdict
from tests.preflight.samples import TOO_MANY, TOTAL, UNSEEN, UNTAGGED, WAIVED, verdict


def as_gitlab(found: Verdict) -> Any:  # noqa: ANN401 - a JSON document
    stream = io.StringIO()
    gitlab.write(found, stream)
    return json.loads(stream.getvalue())


def test_a_finding_is_an_entry_with_place_and_fingerprint() -> None:
    assert as_gitlab(verdict(Reported(findings=(TOO_MANY,)))) == [
        {
            "description": "web: `desiredCount` is 50; wanted at most 10 (`max` of "
            "cost-ecs-desired-count in policies/profiles/dev.json). Fix: Lower it, or raise the "
            "cap.",
            "check_name": "cost-ecs-desired-count",
            "fingerprint": fingerprint_of(TOO_MANY),
            "severity": "critical",
            "location": {"path": "__main__.py", "lines": {"begin": 20}},
        }
    ]


@pytest.mark.parametrize(
    ("severity", "told"),
    [
        pytest.param("critical", "blocker", id="critical"),
        pytest.param("high", "critical", id="high"),
        pytest.param("medium", "major", id="medium"),
        pytest.param("low", "minor", id="low"),
        pytest.param(None, "major", id="none"),
    ],
)
def test_severities_are_gitlabs(severity: str | None, told: str) -> None:
    finding = replace(UNTAGGED, severity=severity)
    [entry] = as_gitlab(verdict(Reported(findings=(finding,))))
    assert entry["severity"] == told


def test_a_finding_about_the_stack_stands_in_the_project_file() -> None:
    [entry] = as_gitlab(verdict(Reported(findings=(TOTAL,))))
    assert entry["location"] == {"path": "Pulumi.yaml", "lines": {"begin": 1}}


def test_what_could_not_be_evaluated_is_information_with_a_fingerprint_of_its_own() -> None:
    found = replace(UNTAGGED, rule=UNSEEN.rule, part=UNSEEN.part)
    entry, other = as_gitlab(verdict(Reported(findings=(found,), not_evaluated=(UNSEEN,))))
    assert other["severity"] == "info"
    assert other["description"] == "Not evaluated: jobs: `redrivePolicy` is not known yet"
    assert entry["fingerprint"] != other["fingerprint"]


def test_what_is_waived_is_left_out() -> None:
    assert as_gitlab(verdict(Reported(waived=(WAIVED,)))) == []


@given(text=st.text())
def test_any_text_comes_back_as_it_was(text: str) -> None:
    finding = replace(UNTAGGED, problem=text, fix=None)
    [entry] = as_gitlab(verdict(Reported(findings=(finding,))))
    assert entry["description"] == text
