"""The verdict as a table."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.findings import Reported
from pulumi_preflight.printing import escaped
from pulumi_preflight.reports import csv as csv_report
from pulumi_preflight.verdict import Verdict
from tests.preflight.builders import QUEUE, SERVICE, urn
from tests.preflight.samples import TOO_MANY, UNTAGGED, WAIVED, verdict


def as_rows(found: Verdict) -> list[dict[str, str]]:
    stream = io.StringIO()
    csv_report.write(found, stream)
    return list(csv.DictReader(io.StringIO(stream.getvalue(), newline=""), strict=True))


def test_a_finding_is_a_row() -> None:
    [row] = as_rows(verdict(Reported(findings=(TOO_MANY,))))
    assert row == {
        "project": "shop",
        "stack": "dev",
        "result": "found",
        "level": "mandatory",
        "severity": "high",
        "id": "cost-ecs-desired-count",
        "rule": "cost-ecs-desired-count",
        "pack": "demo",
        "file": "__main__.py",
        "line": "20",
        "type": SERVICE,
        "name": "web",
        "urn": urn(SERVICE, "web"),
        "problem": "`desiredCount` is 50",
        "wanted": TOO_MANY.wanted,
        "fix": "Lower it, or raise the cap.",
        "url": TOO_MANY.url,
        "reason": "",
        "owner": "",
        "expires": "",
        "change": "",
    }


def test_every_kind_of_entry_has_its_rows() -> None:
    rows = as_rows(verdict())
    assert [row["result"] for row in rows] == ["found"] * 3 + ["notEvaluated"] * 2 + ["waived"]


def test_a_waived_finding_tells_why_by_whom_and_until_when() -> None:
    [row] = as_rows(verdict(Reported(waived=(WAIVED,))))
    assert (row["reason"], row["owner"], row["expires"]) == (
        "holds public data only",
        "platform",
        "2027-01-01",
    )


def test_without_entries_there_is_the_head_alone() -> None:
    stream = io.StringIO()
    csv_report.write(verdict(Reported()), stream)
    assert stream.getvalue() == f"{','.join(csv_report.COLUMNS)}\n"


@pytest.mark.parametrize("sign", list("=+-@\t"))
def test_no_cell_is_a_formula(sign: str) -> None:
    text = f"{sign}HYPERLINK(A1)"
    finding = replace(UNTAGGED, problem=text, urn=urn(QUEUE, text))
    [row] = as_rows(verdict(Reported(findings=(finding,))))
    assert (row["problem"], row["name"]) == (f"'{text}", f"'{text}")


@given(text=st.text())
def test_any_text_comes_back_as_one_cell(text: str) -> None:
    [row] = as_rows(verdict(Reported(findings=(replace(UNTAGGED, problem=text),))))
    assert row["problem"].removeprefix("'") == escaped(text).removeprefix("'")
    assert row["url"] == ""
