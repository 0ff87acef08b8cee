"""The command beside a base, end to end: a real program and a real pack."""

import json
from pathlib import Path

import pytest

from pulumi_preflight import PreflightError, run
from pulumi_preflight.cli import FAILED, NO_VERDICT, PASSED, main
from tests.preflight.builders import write_pack, write_project
from tests.preflight.states.samples import entry, export

PROGRAM = """\
import pulumi_aws as aws
jobs = aws.sqs.Queue("jobs", fifo_queue=True, delay_seconds=1, tags={"owner": "shop"})
aws.sqs.QueuePolicy("policy", queue_url=jobs.url, policy="{}")
"""
PACK = """\
import pulumi_policy as policy

def tagged(args, report):
    if args.resource_type == "aws:sqs/queue:Queue" and "tags" not in args.props:
        report("no tags")

policy.PolicyPack(
    "own",
    enforcement_level=policy.EnforcementLevel.ADVISORY,
    policies=[policy.ResourceValidationPolicy("tagged", "Queues have tags", tagged)],
)
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "pack", PACK)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(write_project(tmp_path / "shop", PROGRAM))


def changed(project: Path, text: str, becomes: str) -> None:
    program = project / "__main__.py"
    before = program.read_text()
    assert text in before
    program.write_text(before.replace(text, becomes))


def judge(project: Path, *arguments: str | Path) -> int:
    return main([str(project), "--stack", "dev", *map(str, arguments)])


def operations(printed: str) -> dict[str, str]:
    return {
        each["urn"].rpartition("::")[2]: each["operation"]
        for each in json.loads(printed)["changes"]["resources"]
    }


def test_a_run_is_compared_with_what_an_earlier_one_has_saved(
    project: Path, pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main_json = tmp_path / "main.json"
    assert judge(project, "--policy-pack", pack, "--format", f"base={main_json}") == PASSED
    saved = main_json.read_bytes()
    capsys.readouterr()
    assert (
        judge(project, "--policy-pack", pack, "--base-verdict", main_json, "--format", "json")
        == PASSED
    )
    assert operations(capsys.readouterr().out) == {}
    assert judge(project, "--policy-pack", pack, "--format", f"base={main_json}") == PASSED
    assert main_json.read_bytes() == saved
    capsys.readouterr()
    changed(project, "delay_seconds=1", 'delay_seconds=1, name="other.fifo"')
    assert (
        judge(project, "--policy-pack", pack, "--base-verdict", main_json, "--format", "json")
        == PASSED
    )
    assert operations(capsys.readouterr().out) == {"jobs": "replace", "policy": "replace"}


def state_of(tmp_path: Path) -> Path:
    """The state of the program as if it were deployed, with ids that no program tells."""
    jobs = entry(
        "jobs",
        {"fifoQueue": True, "delaySeconds": 1, "tags": {"owner": "shop"}, "__defaults": []},
        outputs={"url": "https://sqs.eu-west-1.amazonaws.com/1/jobs-77", "name": "jobs-77"},
    )
    policy = {
        **entry("policy", {"queueUrl": jobs["outputs"]["url"], "policy": "{}"}),
        "urn": "urn:pulumi:dev::shop::aws:sqs/queuePolicy:QueuePolicy::policy",
        "type": "aws:sqs/queuePolicy:QueuePolicy",
    }
    file = tmp_path / "state.json"
    file.write_text(export(jobs, policy))
    return file


def test_what_stays_of_a_state_has_its_real_outputs(
    project: Path, pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = state_of(tmp_path)
    assert (
        judge(project, "--policy-pack", pack, "--base-state", state, "--format", "json") == PASSED
    )
    assert operations(capsys.readouterr().out) == {}
    changed(project, "delay_seconds=1", "delay_seconds=2")
    assert (
        judge(project, "--policy-pack", pack, "--base-state", state, "--format", "json") == PASSED
    )
    assert operations(capsys.readouterr().out) == {"jobs": "update"}


def test_a_queue_of_a_state_that_is_replaced_fails_the_run(
    project: Path, pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = state_of(tmp_path)
    changed(project, "fifo_queue=True", 'fifo_queue=True, name="jobs-78.fifo"')
    assert (
        judge(project, "--policy-pack", pack, "--base-state", state, "--format", "json") == FAILED
    )
    found = json.loads(capsys.readouterr().out)
    assert {each["rule"]: each["level"] for each in found["findings"]}.get(
        "replaces-stateful-resource"
    ) == "mandatory"
    assert found["verdict"] == "fail"


def test_python_gives_the_changes(project: Path, pack: Path, tmp_path: Path) -> None:
    state = state_of(tmp_path)
    found = run(project, stack="dev", packs=[pack], base_state=str(state))
    assert found.changes
    assert {str(each.operation) for each in found.changes.resources} == {"same"}
    with pytest.raises(PreflightError, match="are two bases; give one of them"):
        run(project, stack="dev", packs=[], base_state="a", base_verdict="b")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(
            ("--base-verdict", "a", "--base-state", "b"),
            "argument --base-state: not allowed with argument --base-verdict",
            id="two-bases",
        ),
        pytest.param(
            ("--state", "a", "--base-state", "b"),
            "--base-state is about a run of the program, and --state runs none",
            id="state-of-a-state",
        ),
        pytest.param(
            ("--recursive", "--base-state", "b"),
            "--base-state is about one stack, and --recursive judges several",
            id="one-state-of-several",
        ),
        pytest.param(("--base-state", "none.json"), "there is no state at none.json", id="none"),
        pytest.param(
            ("--base-verdict", "none.json"), "none.json cannot be read: No such file", id="no-file"
        ),
    ],
)
def test_a_base_that_cannot_be_is_one_error(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    assert judge(project, *arguments) == NO_VERDICT
    assert told in capsys.readouterr().err


def test_the_state_of_another_stack_is_one_error(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state.json"
    state.write_text(export(entry("jobs")).replace("::shop::", "::orders::"))
    assert judge(project, "--base-state", state) == NO_VERDICT
    assert "is the state of orders/dev; wanted that of shop/dev" in capsys.readouterr().err


def test_a_baseline_written_beside_a_state_holds_the_findings_of_the_program(
    project: Path, pack: Path, tmp_path: Path
) -> None:
    state = state_of(tmp_path)
    state.write_text(state.read_text().replace('"tags": {"owner": "shop"}, ', ""))
    baseline = tmp_path / "baseline.yaml"
    judged = judge(
        project, "--policy-pack", pack, "--base-state", state, "--write-baseline", baseline
    )
    assert judged == PASSED
    assert "tagged" not in baseline.read_text()


def test_a_comment_in_the_code_waives_the_replacement(
    project: Path, pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = state_of(tmp_path)
    waiver = (
        "# preflight: waive replaces-stateful-resource until=2999-01-01 owner=shop "
        'reason="it is empty"'
    )
    changed(
        project,
        "jobs = aws.sqs.Queue(",
        f'{waiver}\njobs = aws.sqs.Queue(name="jobs-78.fifo", resource_name=',
    )
    arguments = ("--policy-pack", pack, "--base-state", state, "--format", "json")
    assert judge(project, *arguments) == PASSED
    found = json.loads(capsys.readouterr().out)
    assert [each["rule"] for each in found["waived"]] == ["replaces-stateful-resource"]
