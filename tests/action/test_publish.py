"""Where the verdict is shown: one comment, the job's summary, code scanning."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from preflight_action.judge import Result
from preflight_action.publish import LONGEST_COMMENT, LONGEST_SUMMARY, marker
from preflight_action.steps import main
from tests.action.conftest import Runner
from tests.action.loopback_github import GitHub

REPORT = (
    "### FAIL\n\n1 mandatory finding\n\n<details><summary>Findings</summary>\n\nx\n</details>\n"
)
FOUND = {"ruleId": "queue-is-fifo", "message": {"text": "orders is a standard queue"}}
WAIVED = {**FOUND, "suppressions": [{"kind": "inSource", "status": "accepted"}]}
SARIF = {"version": "2.1.0", "runs": [{"results": [FOUND]}]}


def judged(
    runner: Runner,
    *,
    code: int = 1,
    report: str = REPORT,
    error: str = "",
    results: Sequence[object] = (FOUND,),
) -> None:
    """Leaves what the step before leaves; no reports where there is an error or a signal."""
    folder = runner.folder / "preflight-action"
    folder.mkdir(exist_ok=True)
    (folder / "preflight.md").write_text(report)
    (folder / "preflight.sarif").write_text(
        json.dumps({**SARIF, "runs": [{"results": [*results]}]})
    )
    verdict = code >= 0 and not error
    result = Result(
        code=code,
        markdown=str(folder / "preflight.md") if verdict else "",
        sarif=str(folder / "preflight.sarif") if verdict else "",
        error=error,
    )
    (folder / "result.json").write_text(json.dumps(asdict(result)))


@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_job_ends_as_the_verdict_says(code: int, runner: Runner, github: GitHub) -> None:
    judged(runner, code=code)
    assert main("publish") == code
    assert github.comments == []


def test_the_report_is_commented_and_summed_up_and_the_findings_uploaded(
    runner: Runner, github: GitHub
) -> None:
    judged(runner)
    runner.runs_for_pull_request()
    assert main("publish") == 1
    (comment,) = github.comments
    assert comment["body"] == f"{marker()}\n{REPORT}"
    assert runner.summary.read_text() == f"{REPORT}\n"
    assert github.sarif() == SARIF
    (analysis,) = github.analyses
    assert (analysis["commit_sha"], analysis["ref"]) == ("c" * 40, "refs/pull/7/merge")
    assert analysis["checkout_uri"] == runner.folder.resolve().as_uri()


def test_what_is_waived_is_not_uploaded_where_it_would_be_an_open_alert(
    runner: Runner, github: GitHub
) -> None:
    judged(runner, results=(WAIVED, FOUND))
    main("publish")
    assert github.sarif() == SARIF


@pytest.mark.parametrize("before", [0, 99, 100, 250], ids="{}-others-before-it".format)
def test_the_comment_is_found_again_and_updated(
    before: int, runner: Runner, github: GitHub
) -> None:
    for number in range(before):
        github.add(f"comment {number}", author="User")
    judged(runner)
    runner.runs_for_pull_request()
    for report in ("one", "two"):
        judged(runner, report=report)
        main("publish")
    assert len(github.comments) == before + 1
    assert github.comments[-1]["body"] == f"{marker()}\ntwo"


def test_a_comment_that_says_the_same_is_left_alone(runner: Runner, github: GitHub) -> None:
    judged(runner)
    runner.runs_for_pull_request()
    runner.given(sarif="false")
    main("publish")
    main("publish")
    assert github.writes() == ["POST"]


@pytest.mark.parametrize(
    ("body", "author"),
    [
        pytest.param("{marker}\nPASS, says a stranger", "User", id="by-a-person"),
        pytest.param("they wrote {marker}", "Bot", id="quoted-by-another-bot"),
    ],
)
def test_what_somebody_else_wrote_is_never_changed(
    body: str, author: str, runner: Runner, github: GitHub
) -> None:
    foreign = body.format(marker=marker())
    github.add(foreign, author=author)
    github.comments.append({"id": 1, "user": None, "body": None})
    judged(runner)
    runner.runs_for_pull_request()
    main("publish")
    assert [each["body"] for each in github.comments] == [foreign, None, f"{marker()}\n{REPORT}"]


def test_two_stacks_of_one_pull_request_have_a_comment_each(runner: Runner, github: GitHub) -> None:
    judged(runner)
    runner.runs_for_pull_request()
    for stack in ("dev", "prod", "dev"):
        runner.given(stack=stack)
        main("publish")
    assert len(github.comments) == 2


@pytest.mark.parametrize(
    "name", ["a --> b", "a\nb", "--", "é"], ids=["end", "line", "hyphens", "é"]
)
def test_a_marker_is_one_hidden_line_whatever_the_name(name: str, runner: Runner) -> None:
    runner.given(name=name)
    inside = marker().removeprefix("<!--").removesuffix("-->")
    assert "--" not in inside
    assert ">" not in inside
    assert "\n" not in inside


@pytest.mark.parametrize(
    ("head", "actor"),
    [
        pytest.param("mallory/shop", "mallory", id="fork"),
        pytest.param(None, "mallory", id="fork-that-is-gone"),
        pytest.param("acme/shop", "dependabot[bot]", id="dependabot"),
    ],
)
def test_a_pull_request_that_may_not_write_gets_the_summary_alone(
    head: str | None,
    actor: str,
    runner: Runner,
    github: GitHub,
    capsys: pytest.CaptureFixture[str],
) -> None:
    github.read_only = True
    judged(runner)
    runner.runs_for_pull_request(head)
    runner.set(GITHUB_ACTOR=actor)
    assert main("publish") == 1
    assert github.asked == []
    assert runner.summary.read_text() == f"{REPORT}\n"
    out = capsys.readouterr().out
    assert "::notice title=preflight::" in out
    assert "::error" not in out


@pytest.mark.parametrize(
    ("off", "needs"),
    [
        pytest.param("sarif", "pull-requests: write", id="comment"),
        pytest.param("comment", "security-events: write", id="sarif"),
    ],
)
def test_a_job_without_the_permission_is_told_which_one(
    off: str,
    needs: str,
    runner: Runner,
    github: GitHub,
    capsys: pytest.CaptureFixture[str],
) -> None:
    github.read_only = True
    judged(runner, code=0)
    runner.runs_for_pull_request()
    runner.given(**{off: "false"})
    assert main("publish") == 2
    (error,) = [line for line in capsys.readouterr().out.splitlines() if "::error" in line]
    assert "403 Resource not accessible by integration" in error
    assert needs in error
    assert runner.summary.read_text() == f"{REPORT}\n"


def test_one_thing_that_fails_does_not_keep_the_others_back(runner: Runner, github: GitHub) -> None:
    judged(runner)
    runner.runs_for_pull_request()
    github.failures = [404]
    assert main("publish") == 2
    assert github.comments == []
    assert github.sarif() == SARIF


def test_an_answer_that_may_pass_is_asked_for_again(
    runner: Runner, github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    judged(runner)
    runner.runs_for_pull_request()
    github.failures = [502, 429]
    assert main("publish") == 1
    assert len(github.comments) == 1


def test_a_write_is_not_tried_twice(
    runner: Runner, github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    judged(runner)
    runner.given(sarif="true", comment="false")
    github.failures = [502]
    assert main("publish") == 2
    assert github.writes() == ["POST"]
    assert "502 try again" in capsys.readouterr().out


def test_the_token_goes_nowhere_else(
    runner: Runner, github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    judged(runner)
    runner.runs_for_pull_request()
    runner.given(sarif="false")
    github.failures = [302]
    assert main("publish") == 2
    assert [path for _, path in github.asked if "elsewhere" in path] == []
    assert "302" in capsys.readouterr().out


def test_no_verdict_says_why_in_place_of_an_older_report(runner: Runner, github: GitHub) -> None:
    runner.runs_for_pull_request()
    judged(runner, code=0, report="PASS")
    main("publish")
    judged(runner, code=2, error="error: no ```Pulumi.yaml```\nhint: write it\n")
    assert main("publish") == 2
    (comment,) = github.comments
    assert comment["body"] == (
        f"{marker()}\n### preflight: no verdict\n\n"
        "````text\nerror: no ```Pulumi.yaml```\nhint: write it\n````\n"
    )
    assert len(github.analyses) == 1


def test_reports_of_several_projects_are_shown_although_one_has_no_verdict(
    runner: Runner, github: GitHub
) -> None:
    runner.runs_for_pull_request()
    judged(runner, code=2)
    assert main("publish") == 2
    (comment,) = github.comments
    assert comment["body"] == f"{marker()}\n{REPORT}"
    assert github.sarif() == SARIF


def test_a_command_that_a_signal_ended_fails_the_job(runner: Runner, github: GitHub) -> None:
    judged(runner, code=-9)
    assert main("publish") == 2
    assert "preflight ended with -9" in runner.summary.read_text()
    assert github.asked == []


def test_a_report_that_is_too_long_for_a_comment_points_at_the_summary(
    runner: Runner, github: GitHub
) -> None:
    judged(runner, report=f"### FAIL\n<details>{'x' * LONGEST_COMMENT}</details>")
    runner.runs_for_pull_request()
    main("publish")
    (comment,) = github.comments
    assert comment["body"] == (
        f"{marker()}\n### FAIL\n\nThe report is in the summary of the job.\n"
    )
    assert len(runner.summary.read_text()) > LONGEST_COMMENT


def test_a_report_that_is_too_long_for_a_summary_is_shortened(
    runner: Runner, github: GitHub
) -> None:
    judged(runner, report=f"### FAIL\n<details>{'é' * (LONGEST_SUMMARY // 2)}</details>")
    main("publish")
    assert runner.summary.read_text().startswith("### FAIL\n\nThe report is longer than")
    assert github.comments == []


def test_pull_request_target_is_refused(
    runner: Runner, github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    judged(runner)
    runner.set(GITHUB_EVENT_NAME="pull_request_target")
    for step in ("install", "judge", "publish"):
        runner.given(recursive="true")
        assert main(step) == 2
        assert "use `on: pull_request`" in capsys.readouterr().out
    assert github.asked == []
    assert not Path(runner.folder / "preflight-action" / "venv").exists()


def test_a_switch_is_true_or_false(
    runner: Runner, github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    judged(runner)
    runner.given(sarif="yes")
    assert main("publish") == 2
    assert github.asked == []
    assert "the input sarif is 'yes'; wanted true or false" in capsys.readouterr().out
