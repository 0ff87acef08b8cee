"""Every report of two real stacks, read by the programs that such reports are written for."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from jsonschema import Draft4Validator, Draft202012Validator
from junitparser import JUnitXml
from sarif.loader import load_sarif_file

from ops.paths import PACK, ROOT, STACK, profile_of
from pulumi_preflight import PackChoice, Verdict, reports, run
from pulumi_preflight.verdict import verdict_line
from tests.preflight import node
from tests.preflight.browser import opened, started
from tests.preflight.test_reports_html_browser import CHECKS, validate

BROKEN = ROOT / "examples/broken"
PROFILES = {STACK: profile_of("local"), BROKEN: BROKEN / "policies/profile.json"}

# One process runs both stacks once for all of these.
pytestmark = pytest.mark.xdist_group("reports-read")

Judge = Callable[[], Verdict]


def judge(project: Path) -> Verdict:
    pack = PackChoice(directory=PACK, config=PROFILES[project])
    return run(project, stack="local", packs=[pack])


@pytest.fixture(scope="module", params=[STACK, BROKEN], ids=["reference-stack", "broken"])
def project(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.param
    return folder


@pytest.fixture(scope="module")
def judged(project: Path) -> Verdict:
    return judge(project)


@pytest.fixture(scope="module")
def judged_again(project: Path) -> Verdict:
    return judge(project)


def written(verdict: Verdict, report_format: str) -> str:
    stream = io.StringIO()
    reports.write(verdict, report_format, stream)
    return stream.getvalue()


FOR_TOOLS = [each for each in reports.OWN if each not in ("terminal", "json")]


@pytest.mark.parametrize("report_format", FOR_TOOLS)
def test_two_runs_give_the_same_bytes(
    report_format: str, judged: Verdict, judged_again: Verdict
) -> None:
    assert written(judged, report_format) == written(judged_again, report_format)


@pytest.mark.parametrize("report_format", FOR_TOOLS)
def test_a_report_names_nothing_of_this_machine(report_format: str, judged: Verdict) -> None:
    assert str(ROOT) not in written(judged, report_format)


def test_the_sarif_log_fits_the_schema_of_oasis(judged: Verdict) -> None:
    schema = json.loads((Path(__file__).parent / "sarif/sarif-schema-2.1.0.json").read_text())
    Draft4Validator(schema).validate(json.loads(written(judged, "sarif")))


def test_sarif_tools_read_every_result(judged: Verdict, tmp_path: Path) -> None:
    file = tmp_path / "out.sarif"
    file.write_text(written(judged, "sarif"))
    records = load_sarif_file(str(file)).get_records()
    files = [(each["Location"], each["Line"]) for each in records if each["Severity"] == "error"]
    prefix = PREFIXES[judged.project]
    assert sorted(files) == sorted(
        (f"{prefix}/{each.file}", each.line)
        for each in judged.findings
        if each.level == "mandatory"
    )


def test_junitparser_reads_every_rule(judged: Verdict, tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"
    file.write_text(written(judged, "junit"))
    suites = JUnitXml.fromfile(str(file))
    told = (suites.tests, suites.failures, suites.skipped, suites.errors)
    suites.update_statistics()  # type: ignore[no-untyped-call]
    assert told == (suites.tests, suites.failures, suites.skipped, suites.errors)
    cases = [case for suite in suites for case in suite]
    failed = [case for case in cases if case.is_failure]
    mandatory = [each for each in judged.findings if each.level == "mandatory"]
    assert len(failed) == suites.failures == len(mandatory)
    assert len(cases) >= len(judged.rules)
    assert sum(case.is_passed for case in cases) == len(
        [each for each in judged.rules if each.result == "passed"]
    )


def test_gitlab_takes_every_entry(judged: Verdict) -> None:
    listed = json.loads(written(judged, "gitlab"))
    for entry in listed:
        Draft202012Validator(GITLAB).validate(entry)
    assert len({entry["fingerprint"] for entry in listed}) == len(listed)
    assert len(listed) == len(judged.findings) + len(judged.not_evaluated)
    assert all((ROOT / entry["location"]["path"]).is_file() for entry in listed)


def test_the_annotations_are_at_lines_of_the_repository(judged: Verdict) -> None:
    *commands, last = written(judged, "github").splitlines()
    assert len(commands) == len(judged.findings) + len(judged.not_evaluated)
    for command in commands:
        told = re.match(
            r"::(?:error|warning|notice) file=([^,]+),line=(\d+),title=[^,:]+::", command
        )
        assert told is not None
        lines = (ROOT / told[1]).read_text().splitlines()
        assert 1 <= int(told[2]) <= len(lines)
    assert last == verdict_line(judged)


def test_the_table_has_a_row_for_each_entry(judged: Verdict) -> None:
    rows = list(csv.DictReader(io.StringIO(written(judged, "csv")), strict=True))
    entries = (*judged.findings, *judged.not_evaluated, *judged.waived)
    assert [row["id"] for row in rows] == [each.id for each in entries]
    assert all((ROOT / row["file"]).is_file() for row in rows)


def test_github_reads_the_comment(judged: Verdict) -> None:
    comment = written(judged, "markdown")
    page = cmarkgfm.github_flavored_markdown_to_html(comment, Options.CMARK_OPT_UNSAFE)
    assert comment.startswith(f"<!-- pulumi-preflight {judged.project}/local -->\n")
    assert verdict_line(judged) in page
    assert page.count("<details") == page.count("</details>") >= 1
    assert "<td" in page
    for finding in judged.findings:
        assert f"<code>{finding.rule}</code>" in page
        assert f"<code>{PREFIXES[judged.project]}/{finding.file}:{finding.line}</code>" in page


def test_a_validator_finds_nothing_wrong_with_the_page(
    judged: Verdict, pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    validate(written(judged, "html"), node.installed(pytestconfig, CHECKS), tmp_path)


def test_a_browser_shows_all_that_was_found(judged: Verdict, tmp_path: Path) -> None:
    with started() as browser:
        seen = opened(browser, judged, tmp_path)
        assert seen.told == []
        assert [Path(each).name for each in seen.asked] == ["report.html"]
        cards = seen.page.locator("article.finding")
        counts = [int(card.get_attribute("data-count") or 0) for card in cards.all()]
        assert sum(counts) == len(judged.findings) + len(judged.not_evaluated)
        assert seen.page.locator("ol.code mark").count() == len(
            {(each.file, each.line) for each in judged.findings}
        )
        assert seen.page.locator("#cost svg.bar").count() > 0


# What GitLab's own validator demands of an entry (app/validators/json_schemas/codeclimate.json),
# and the severities that its documentation lists.
GITLAB = {
    "type": "object",
    "required": ["description", "check_name", "fingerprint", "severity", "location"],
    "properties": {
        "description": {"type": "string", "minLength": 1},
        "check_name": {"type": "string", "minLength": 1},
        "fingerprint": {"type": "string", "minLength": 1},
        "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
        "location": {
            "type": "object",
            "required": ["path", "lines"],
            "properties": {
                "path": {"type": "string", "pattern": "^[^/.]"},
                "lines": {
                    "type": "object",
                    "required": ["begin"],
                    "properties": {"begin": {"type": "integer", "minimum": 1}},
                },
            },
        },
    },
}
PREFIXES = {"dagster-taskiq": "stack", "broken": "examples/broken"}
