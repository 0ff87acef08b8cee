"""The last step: job summary, one comment, code scanning; then it ends as the verdict says."""

import base64
import gzip
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

from preflight_action.github import Api
from preflight_action.judge import Result, kept
from preflight_action.runner import (
    StepError,
    event,
    given,
    switched_on,
    tell_error,
    tell_notice,
    variable,
)

# What GitHub takes: characters of a comment, bytes of a job's summary.
LONGEST_COMMENT = 65_536
LONGEST_SUMMARY = 1024 * 1024


def main() -> int:
    """Shows the verdict; gives the command's exit code, 2 where showing it failed."""
    happened, result = event(), kept()
    text = report(result)
    steps: list[Callable[[], None]] = [lambda: summarize(text)]
    if happened.writable:
        api = Api(variable("GITHUB_API_URL"), variable("GITHUB_REPOSITORY"), given("token"))
        if happened.pull_request is not None and switched_on("comment"):
            number = happened.pull_request
            steps.append(lambda: keep_comment(api, number, text))
        if result.sarif and switched_on("sarif"):
            steps.append(lambda: upload(api, Path(result.sarif)))
    else:
        tell_notice(
            "the token of a pull request from a fork or from Dependabot may not write: the verdict "
            "is in the job's summary alone"
        )
    failed = [error for step in steps if (error := _error_of(step))]
    for error in failed:
        tell_error(error)
    if result.code not in {0, 1}:
        return result.code if result.code > 0 else 2
    return 2 if failed else result.code


def _error_of(step: Callable[[], None]) -> str | None:
    """Does one thing, so that the next is done even where this one fails."""
    try:
        step()
    except StepError as error:
        return str(error)
    return None


def report(result: Result) -> str:
    """The report for people; that of a run without a verdict says why there is none."""
    if result.markdown:
        return Path(result.markdown).read_text("utf-8")
    # The longest row of backticks in the text is shorter than the fence.
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", result.error)), default=0))
    told = result.error or f"preflight ended with {result.code}\n"
    return f"### preflight: no verdict\n\n{fence}text\n{told.rstrip()}\n{fence}\n"


def marker() -> str:
    """The hidden line that a comment is found by."""
    name = given("name") or f"{given('project')} {given('stack')}".strip()
    # A hidden line ends at two hyphens, and is one line.
    safe = json.dumps(name).replace("-", "\\u002d").replace(">", "\\u003e")
    return f"<!-- preflight-action {safe} -->"


def keep_comment(api: Api, number: int, text: str) -> None:
    """Writes the comment, or puts the text into the one that is there."""
    mark = marker()
    body = f"{mark}\n{text}"
    if len(body) > LONGEST_COMMENT:
        body = f"{mark}\n{_first_lines(text)}\n\nThe report is in the summary of the job.\n"
    for comment in api.comments(number):
        # Anybody may write the marker; what a person wrote stays as it is.
        author, written = comment.get("user") or {}, comment.get("body") or ""
        if author.get("type") == "Bot" and written.startswith(mark):
            if written != body:
                api.change_comment(comment["id"], body)
            return
    api.comment(number, body)


def _first_lines(text: str) -> str:
    """The heading and the verdict: all above what is folded."""
    return text.partition("<details")[0][:1000].rstrip()


def summarize(text: str) -> None:
    """Adds the report to the job's summary."""
    if len(text.encode()) > LONGEST_SUMMARY:
        text = f"{_first_lines(text)}\n\nThe report is longer than a summary may be.\n"
    with Path(variable("GITHUB_STEP_SUMMARY")).open("a", encoding="utf-8") as file:
        file.write(f"{text}\n")


def upload(api: Api, file: Path) -> None:
    """Gives the findings to code scanning, for the commit that was checked out.

    Code scanning shows a suppressed result as an open alert, so what is waived or known stays here.
    Source: github/codeql-action, issue 1230.
    """
    report = json.loads(file.read_text(encoding="utf-8"))
    for run in report["runs"]:
        run["results"] = [each for each in run.get("results", ()) if not each.get("suppressions")]
    packed = gzip.compress(json.dumps(report).encode(), mtime=0)
    api.upload(
        {
            "commit_sha": variable("GITHUB_SHA"),
            "ref": variable("GITHUB_REF"),
            "checkout_uri": Path(os.environ.get("GITHUB_WORKSPACE", ".")).resolve().as_uri(),
            "sarif": base64.b64encode(packed).decode(),
            "tool_name": "preflight",
        }
    )
