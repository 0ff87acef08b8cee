"""What is accepted of a state as of a program, and what is not."""

from pathlib import Path

import pytest

from pulumi_preflight.cli import FAILED, NO_VERDICT, PASSED, main
from tests.preflight.builders import write_pack
from tests.preflight.states.samples import entry, export

PACK = """\
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def no_queue(args, report):
    if args.resource_type == "aws:sqs/queue:Queue":
        report("a queue")


PolicyPack("strict", [ResourceValidationPolicy("no-queue", "None.", no_queue)],
           EnforcementLevel.MANDATORY)
"""


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """The arguments that judge a state with one queue, which a waiver in the code is at."""
    monkeypatch.chdir(tmp_path)
    place = "project:///__main__.py#2,1"
    Path("state.json").write_text(export(entry("jobs", sourcePosition=place)))
    Path("__main__.py").write_text(
        '# preflight: waive no-queue until=2099-12-31 owner=shop reason="x"\nQueue("jobs")\n'
    )
    return ("--state", "state.json", "--policy-pack", str(write_pack(tmp_path / "pack", PACK)))


def test_waivers_in_the_code_do_not_count_for_what_is_deployed(
    judge: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(judge) == FAILED
    shown = capsys.readouterr().out
    assert "__main__.py:2  jobs" in shown
    assert shown.endswith("FAIL: 1 mandatory finding, 0 advisory, 0 waived, 0 not evaluated\n")


def test_a_baseline_counts_for_what_is_deployed(
    judge: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*judge, "--write-baseline", "b.yaml"]) == PASSED
    capsys.readouterr()
    assert main([*judge, "--baseline", "b.yaml"]) == PASSED
    line = "PASS: 0 mandatory findings, 0 advisory, 1 known, 0 waived, 0 not evaluated\n"
    assert capsys.readouterr().out.endswith(line)


def test_a_baseline_of_another_stack_is_refused(
    judge: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("b.yaml").write_text("version: 1\nproject: shop\nstack: prod\nfindings: []\n")
    assert main([*judge, "--baseline", "b.yaml"]) == NO_VERDICT
    error = capsys.readouterr().err.splitlines()[0]
    assert error == "error: b.yaml:3: the baseline is of stack 'prod', and stack 'dev' is judged"


def test_what_fails_counts_for_what_is_deployed(judge: tuple[str, ...]) -> None:
    assert main([*judge, "--fail-on", "never"]) == PASSED
