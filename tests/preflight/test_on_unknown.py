"""What becomes of a mandatory rule whose value is not known yet, by the rule's `onUnknown`."""

import json
from pathlib import Path

import pytest

from pulumi_preflight.cli import FAILED, PASSED, main
from tests.preflight.builders import write_project

ROOT = Path(__file__).resolve().parents[2]
RULE = "sqs-redrive-policy-shape"
PROGRAM = """\
import pulumi
import pulumi_aws as aws

dead = aws.sqs.Queue("dead")
policy = pulumi.Output.json_dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 5})
aws.sqs.Queue("jobs", redrive_policy=policy)
"""


Judged = tuple[int, list[str], list[str]]
FAILS = (
    "mandatory: jobs: `redrivePolicy` is not known yet; wanted a value that can be judged "
    "(onUnknown is `fail`)."
)


def judge(folder: Path, capsys: pytest.CaptureFixture[str], mode: str, *flags: str) -> Judged:
    """Gives the exit code, what was not evaluated, and the findings."""
    project = write_project(folder, PROGRAM)
    profile = folder / "profile.json"
    settings = {"enforcementLevel": "mandatory", "onUnknown": mode}
    profile.write_text(json.dumps({"all": "disabled", RULE: settings}))
    packs = ("--policy-pack", str(ROOT / "policies"), "--policy-pack-config", str(profile))
    status = main([project, "--stack", "dev", *packs, "--format", "json", *flags])
    report = json.loads(capsys.readouterr().out)
    not_evaluated, findings = (
        [f"{each['level']}: {each['message']}" for each in report[kind]]
        for kind in ("notEvaluated", "findings")
    )
    return status, not_evaluated, findings


@pytest.mark.parametrize(
    ("mode", "judged"),
    [
        pytest.param(
            "report",
            (PASSED, ["mandatory: jobs: `redrivePolicy` is not known yet"], []),
            id="report-says-so",
        ),
        pytest.param("fail", (FAILED, [], [FAILS]), id="fail-is-a-violation"),
        pytest.param("ignore", (PASSED, [], []), id="ignore-passes-over-it"),
    ],
)
def test_a_value_that_stays_unknown_becomes_what_on_unknown_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: str, judged: Judged
) -> None:
    assert judge(tmp_path, capsys, mode, "--keep-unknowns") == judged


@pytest.mark.parametrize("mode", ["report", "fail", "ignore"])
def test_without_keep_unknowns_the_rule_is_judged_in_every_mode(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: str
) -> None:
    assert judge(tmp_path, capsys, mode) == (PASSED, [], [])
