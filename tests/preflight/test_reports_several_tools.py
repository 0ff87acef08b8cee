"""How several verdicts read in one report for other tools."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from junitparser import JUnitXml

from pulumi_preflight import reports
from pulumi_preflight.findings import Level, Ran, Reported
from pulumi_preflight.reports.places import Place, place_of_failure
from pulumi_preflight.verdict import Verdict
from pulumi_preflight.verdicts import LeftOut, StackResult, Verdicts
from tests.preflight.samples import TOO_MANY, UNTAGGED, verdict
from tests.preflight.test_reports_markdown import read
from tests.preflight.test_reports_sarif import SCHEMA


@pytest.fixture(autouse=True)
def _unpriced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves the cost out."""
    monkeypatch.setattr("pulumi_preflight.costs.names_in", lambda *_: ())


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a repository with the projects."""
    (tmp_path / ".git").mkdir()
    for folder, file in (("news", "yaml"), ("shop", "yaml"), ("team", "yml")):
        (tmp_path / "apps" / folder).mkdir(parents=True)
        (tmp_path / "apps" / folder / f"Pulumi.{file}").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def judged(folder: str, found: Verdict) -> StackResult:
    return StackResult(folder=folder, project=found.project, stack=found.stack, verdict=found)


@pytest.fixture
def results(repository: Path) -> Verdicts:
    plain = replace(verdict(Reported(findings=(UNTAGGED,))), notes=())
    news = replace(plain, project="news", folder=repository / "apps/news")
    shop = replace(
        verdict(Reported(findings=(TOO_MANY,))), notes=(), folder=repository / "apps/shop"
    )
    broken = StackResult(
        folder="apps/team",
        project="team",
        stack="dev",
        verdict=None,
        error="the program raised ValueError: no <zone>",
        hint="see __main__.py:4",
    )
    return Verdicts(
        results=(judged("apps/news", news), judged("apps/shop", shop), broken),
        left_out=(LeftOut(folder="apps/zoo", reason="no change since main"),),
        seconds=2.5,
    )


def written(verdicts: Verdicts, report_format: str) -> str:
    stream = io.StringIO()
    reports.write_several(verdicts, report_format, stream)
    return stream.getvalue()


TOLD = "No verdict: the program raised ValueError: no <zone> Hint: see __main__.py:4"


def test_a_stack_without_a_verdict_stands_in_its_project_file() -> None:
    def failed(folder: str) -> StackResult:
        return StackResult(folder=folder, project=None, stack=None, verdict=None, error="e")

    assert place_of_failure(failed("apps/team")) == Place(file="apps/team/Pulumi.yml", line=1)
    assert place_of_failure(failed("apps/none")) == Place(file="apps/none/Pulumi.yaml", line=1)
    assert place_of_failure(failed(".")) == Place(file="Pulumi.yaml", line=1)


def test_sarif_is_one_run_with_an_invocation_for_each_stack(results: Verdicts) -> None:
    log = json.loads(written(results, "sarif"))
    Draft4Validator(SCHEMA).validate(log)
    [run] = log["runs"]
    assert run["automationDetails"] == {"id": "preflight/"}
    assert _uris(run) == ["apps/news/__main__.py", "apps/shop/__main__.py"]
    stacks = [(each["properties"]["project"], each["ruleIndex"]) for each in run["results"]]
    assert stacks == [("news", 0), ("shop", 1)]
    codes = [(each["executionSuccessful"], each["exitCode"]) for each in run["invocations"]]
    assert codes == [(True, 0), (True, 1), (False, 2)]
    [told] = run["invocations"][2]["toolExecutionNotifications"]
    assert (told["level"], told["message"]["text"]) == ("error", TOLD)


def test_sarif_lists_a_rule_as_enabled_where_one_stack_does(results: Verdicts) -> None:
    off = Ran(rule="tags-required", pack="demo", level=None)
    on = replace(off, level=Level.MANDATORY)
    stacks = [judged("apps/news", verdict(Reported(rules=(ran,)))) for ran in (off, on, off)]
    log = json.loads(written(replace(results, results=tuple(stacks)), "sarif"))
    [rule] = log["runs"][0]["tool"]["driver"]["rules"]
    assert rule["defaultConfiguration"] == {"enabled": True, "level": "error"}


def _uris(run: Any) -> list[str]:  # noqa: ANN401 - a JSON document
    locations = [location for result in run["results"] for location in result["locations"]]
    return [each["physicalLocation"]["artifactLocation"]["uri"] for each in locations]


def test_junit_has_the_suites_of_each_stack(results: Verdicts) -> None:
    suites = JUnitXml.fromstring(written(results, "junit").encode())
    assert [suite.name for suite in suites] == ["news/dev demo", "shop/dev demo", "team/dev"]
    assert (suites.tests, suites.failures, suites.skipped, suites.errors) == (3, 1, 1, 1)
    [[case]] = [list(suite) for suite in suites if suite.name == "team/dev"]
    assert case.is_error
    assert case.result[0].message == "the program raised ValueError: no <zone>"
    assert case.result[0].text == TOLD


def test_gitlab_has_the_entries_of_all_stacks(results: Verdicts) -> None:
    failure, *entries = json.loads(written(results, "gitlab"))
    assert (failure["description"], failure["severity"]) == (TOLD, "blocker")
    assert failure["location"]["path"] == "apps/team/Pulumi.yml"
    assert [entry["location"]["path"] for entry in entries] == [
        "apps/news/__main__.py",
        "apps/shop/__main__.py",
    ]
    assert len({entry["fingerprint"] for entry in (failure, *entries)}) == 3


def test_github_has_the_worst_of_all_stacks_first(results: Verdicts) -> None:
    lines = written(results, "github").splitlines()
    assert [line.partition(",")[0] for line in lines[:3]] == [
        "::error file=apps/team/Pulumi.yml",
        "::error file=apps/shop/__main__.py",
        "::warning file=apps/news/__main__.py",
    ]
    assert lines[3:] == [
        "PASS: 0 mandatory findings, 1 advisory, 0 waived, 0 not evaluated (apps/news stack dev)",
        "FAIL: 1 mandatory finding, 0 advisory, 0 waived, 0 not evaluated (apps/shop stack dev)",
        "NO VERDICT (apps/team stack dev)",
    ]


def test_no_folder_makes_a_command(results: Verdicts) -> None:
    odd = replace(results.results[2], folder="a\n::error::b", stack=None)
    first, last = written(Verdicts(results=(odd,), left_out=(), seconds=1), "github").splitlines()
    assert first.startswith("::error file=a\\n")
    assert last == "NO VERDICT (a\\n::error::b)"


def test_csv_has_the_rows_of_all_stacks(results: Verdicts) -> None:
    rows = list(csv.DictReader(io.StringIO(written(results, "csv"))))
    assert [(row["project"], row["result"], row["file"]) for row in rows] == [
        ("team", "noVerdict", "apps/team/Pulumi.yml"),
        ("news", "found", "apps/news/__main__.py"),
        ("shop", "found", "apps/shop/__main__.py"),
    ]
    assert (rows[0]["problem"], rows[0]["fix"]) == (
        "the program raised ValueError: no <zone>",
        "see __main__.py:4",
    )


def test_the_comment_has_a_line_on_each_stack_and_what_blocks_first(results: Verdicts) -> None:
    assert written(results, "markdown") == (
        "<!-- pulumi-preflight -->\n"
        "### preflight: 3 stacks\n"
        "\n"
        "**NO VERDICT: 1 passed, 1 failed, 1 without a verdict**\n"
        "\n"
        "<details open><summary><b>Stacks</b></summary>\n"
        "\n"
        "- Folder `apps/news` stack `dev`: PASS: 0 mandatory findings, 1 advisory, 0 waived, 0 not "
        "evaluated\n"
        "- Folder `apps/shop` stack `dev`: FAIL: 1 mandatory finding, 0 advisory, 0 waived, 0 not "
        "evaluated\n"
        "- Folder `apps/team` stack `dev`: No verdict: the program raised ValueError: no `<zone>` "
        "Hint: see `__main__.py:4`\n"
        "- Folder `apps/zoo`: not judged, no change since main\n"
        "\n"
        "</details>\n"
        "\n"
        "<details open><summary><b><code>apps/shop dev</code> Mandatory: 1 finding</b></summary>\n"
        "\n"
        "- **[`cost-ecs-desired-count`](<https://docs.aws.amazon.com/AmazonECS/latest/"
        "developerguide/service-quotas.html>)** (high): `web` at `apps/shop/__main__.py:20`<br>"
        "`desiredCount` is 50; wanted at most 10 (`max` of cost-ecs-desired-count in "
        "`policies/profiles/dev.json`).<br>Fix: Lower it, or raise the cap.\n"
        "\n"
        "</details>\n"
        "\n"
        "<details><summary><b><code>apps/news dev</code> Advisory: 1 finding</b></summary>\n"
        "\n"
        "- **`tags-required`**: `jobs` at `apps/news/__main__.py:7`<br>no tags<br>Fix: Add tags.\n"
        "\n"
        "</details>\n"
    )


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        pytest.param(slice(0, 1), "PASS: 1 passed, 0 failed", id="all-pass"),
        pytest.param(slice(0, 2), "FAIL: 1 passed, 1 failed", id="one-fails"),
    ],
)
def test_the_comment_says_the_worst(results: Verdicts, kept: slice, told: str) -> None:
    found = replace(results, results=results.results[kept])
    assert f"\n**{told}**\n" in written(found, "markdown")


def test_no_folder_makes_html_or_a_mention(results: Verdicts) -> None:
    odd = replace(results.results[1], folder="<img src=x> @all\n\n# a")
    reader = read(written(replace(results, results=(odd,)), "markdown"))
    assert "img" not in reader.tags
    assert reader.tags.count("h3") == 1
    assert "@" not in reader.outside_code
    assert "<img src=x> @all\\n\\n# a dev" in reader.text
