"""Reports for other tools say which findings the baseline knows, and where the code waives."""

import csv
import io
import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from pulumi_preflight import reports
from pulumi_preflight.acceptance import BaselineUse
from pulumi_preflight.findings import Known, Reported, fields_of
from pulumi_preflight.model import SourcePosition
from pulumi_preflight.verdict import Verdict
from tests.preflight.samples import TOO_MANY, WAIVED, verdict


@pytest.fixture
def known() -> Verdict:
    """A verdict whose one finding is known from the baseline."""
    judged = verdict(Reported(findings=(TOO_MANY,)))
    [found] = judged.findings
    told = Known(**fields_of(found), expires="2027-03-01", reason="halved in spring")
    return replace(judged, findings=(), known=(told,), baseline=BaselineUse(file="b.yaml"))


def written(judged: Verdict, name: str) -> str:
    stream = io.StringIO()
    reports.write(judged, name, stream)
    return stream.getvalue()


def test_a_known_finding_is_an_accepted_suppression_of_sarif(known: Verdict) -> None:
    [run] = json.loads(written(known, "sarif"))["runs"]
    [result] = run["results"]
    assert result["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "known from the baseline until 2027-03-01: halved in spring",
            "properties": {"expires": "2027-03-01"},
        }
    ]


def test_a_waiver_in_the_code_is_a_suppression_in_the_source() -> None:
    place = SourcePosition(file="__main__.py", line=6)
    judged = replace(
        verdict(), findings=(), not_evaluated=(), waived=(replace(WAIVED, in_code=place),)
    )
    [run] = json.loads(written(judged, "sarif"))["runs"]
    kinds = [each["suppressions"][0]["kind"] for each in run["results"]]
    assert kinds == ["inSource"]


def test_a_known_finding_is_a_skipped_test_of_junit(known: Verdict) -> None:
    root = ET.fromstring(written(known, "junit"))  # noqa: S314 - made here
    assert root.findall(".//failure") == []
    messages = [each.get("message") or "" for each in root.iter("skipped")]
    assert any(each.startswith("known from the baseline until 2027-03-01") for each in messages)


def test_a_known_finding_is_a_row_of_csv(known: Verdict) -> None:
    [row] = csv.DictReader(io.StringIO(written(known, "csv")))
    told = (row["result"], row["reason"], row["expires"], row["owner"])
    assert told == ("known", "halved in spring", "2027-03-01", "")


def test_a_known_finding_stands_in_the_comment(known: Verdict) -> None:
    text = written(known, "markdown")
    assert "Known from the baseline: 1" in text
    assert "Known from the baseline until `2027-03-01`: halved in spring" in text


def test_a_known_finding_is_accepted_on_the_page(known: Verdict) -> None:
    text = written(known, "html")
    assert "Accepted as known from the baseline until 2027-03-01: halved in spring" in text
    assert 'Known <span class="count">1</span>' in text


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_a_known_finding_is_left_out_where_it_would_stand_as_a_new_one(
    known: Verdict, name: str
) -> None:
    assert TOO_MANY.rule not in written(known, name)
