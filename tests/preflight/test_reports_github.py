"""The verdict as annotations of GitHub Actions."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.cli import PASSED, main
from pulumi_preflight.findings import Reported
from pulumi_preflight.model import SourcePosition
from pulumi_preflight.printing import escaped, escaped_line
from pulumi_preflight.reports import github
from pulumi_preflight.verdict import Verdict
from tests.preflight.builders import write_project
from tests.preflight.samples import TOTAL, UNTAGGED, verdict


def as_commands(found: Verdict) -> str:
    stream = io.StringIO()
    github.write(found, stream)
    return stream.getvalue()


def test_each_entry_is_an_annotation_the_worst_first() -> None:
    assert as_commands(verdict()) == (
        "::error file=Pulumi.yaml,line=1,title=cost-total::the services ask for 50 tasks\n"
        "::error file=__main__.py,line=20,title=cost-ecs-desired-count (high)::web: `desiredCount` "
        "is 50; wanted at most 10 (`max` of cost-ecs-desired-count in policies/profiles/dev.json). "
        "Fix: Lower it, or raise the cap.%0Ahttps://docs.aws.amazon.com/AmazonECS/latest/"
        "developerguide/service-quotas.html\n"
        "::warning file=__main__.py,line=7,title=tags-required::no tags Fix: Add tags.\n"
        "::notice file=__main__.py,line=7,title=sqs-redrive-target[redrivePolicy]::Not evaluated: "
        "jobs: `redrivePolicy` is not known yet\n"
        "::notice file=__main__.py,line=8,title=sqs-redrive-target[redrivePolicy]::Not evaluated: "
        "dead: `redrivePolicy` is not known yet\n"
        "FAIL: 2 mandatory findings, 1 advisory, 1 waived, 2 not evaluated\n"
    )


def test_no_text_ends_its_command_or_its_property() -> None:
    finding = replace(
        TOTAL,
        rule="a,line=9:b%0A",
        problem="one\n::error::two 100%\x1b[0m",
        places=(SourcePosition(file="a,b:c.py", line=3),),
    )
    first, _ = as_commands(verdict(Reported(findings=(finding,)))).splitlines()
    assert first == (
        "::error file=a%2Cb%3Ac.py,line=3,title=a%2Cline=9%3Ab%250A::"
        "one%0A::error::two 100%25\\x1b[0m"
    )


def read(command: str) -> tuple[dict[str, str], str]:
    """Reads a command as the runner does (ActionCommand.TryParseV2 of actions/runner)."""
    head, _, data = command.removeprefix("::").partition("::")
    _, _, listed = head.partition(" ")
    properties = dict(each.split("=", maxsplit=1) for each in listed.split(","))
    for sign, code in ((",", "%2C"), (":", "%3A")):
        properties = {name: text.replace(code, sign) for name, text in properties.items()}
    return {name: unescaped(text) for name, text in properties.items()}, unescaped(data)


def unescaped(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


@given(rule=st.text(min_size=1), problem=st.text(min_size=1))
def test_the_runner_reads_any_text_as_it_was(rule: str, problem: str) -> None:
    finding = replace(UNTAGGED, rule=rule, problem=problem, fix=None)
    written = as_commands(verdict(Reported(findings=(finding,))))
    # Only the line feed ends a line for the runner; others are numbers by then.
    command, last, rest = written.split("\n")
    assert (last[:5], rest) == ("PASS:", "")
    properties, data = read(command)
    assert properties == {"file": "__main__.py", "line": "7", "title": escaped_line(rule)}
    assert data == escaped(problem)


@pytest.mark.parametrize(
    ("report", "mark"),
    [pytest.param("github", "| ", id="github"), pytest.param("csv", "", id="other")],
)
def test_what_a_program_prints_is_not_a_command_for_the_runner(
    report: str, mark: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(tmp_path, "print('::stop-commands::x')\nprint('  ::error::y')\nprint('a ::b')\n")
    assert main([str(tmp_path), "--stack", "dev", "--format", report]) == PASSED
    lines = capsys.readouterr().err.splitlines()
    assert lines == [f"{mark}::stop-commands::x", f"{mark}  ::error::y", "a ::b"]
