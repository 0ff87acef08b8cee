"""What is deployed is judged without its program."""

import json
from pathlib import Path

import pytest

from pulumi_preflight import Level, StateError, run_on_state
from pulumi_preflight.cli import main
from tests.preflight.builders import write_pack
from tests.preflight.states.samples import entry, export, secret

PACK = """
from pulumi_policy import (
    EnforcementLevel, PolicyPack, ReportViolation, ResourceValidationPolicy, StackValidationPolicy,
)

def fifo(args, report: ReportViolation) -> None:
    if args.resource_type == "aws:sqs/queue:Queue" and not args.props.get("fifoQueue"):
        report(f"{args.name} is not FIFO")

def makes_fifo(args):
    if args.resource_type == "aws:sqs/queue:Queue":
        return {**args.props, "fifoQueue": True}

def arns(args, report: ReportViolation) -> None:
    for resource in args.resources:
        if resource.resource_type == "aws:sqs/queue:Queue":
            report(f"sees {resource.props['arn']}", resource.urn)

PolicyPack("shop", policies=[
    ResourceValidationPolicy(
        name="fifo", description="FIFO", validate=fifo, remediate=makes_fifo,
        enforcement_level=EnforcementLevel.REMEDIATE),
    StackValidationPolicy(
        name="arns", description="ARNs", validate=arns,
        enforcement_level=EnforcementLevel.ADVISORY),
])
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "pack", PACK)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    place = entry("jobs", sourcePosition="project:///queues.py#7,1")
    file = tmp_path / "state.json"
    file.write_text(export(place, entry("read", external=True)))
    return file


def test_rules_judge_inputs_and_the_stack_what_is_deployed(state: Path, pack: Path) -> None:
    verdict = run_on_state(state, packs=[pack])
    told = {(each.rule, each.level, each.message) for each in verdict.findings}
    arn = "arn:aws:sqs:eu-west-1:111122223333"
    assert told == {
        ("fifo", Level.MANDATORY, "jobs is not FIFO"),
        ("fifo", Level.MANDATORY, "read is not FIFO"),
        ("arns", Level.ADVISORY, f"sees {arn}:jobs"),
        ("arns", Level.ADVISORY, f"sees {arn}:read"),
    }
    assert (verdict.project, verdict.stack, verdict.passed) == ("shop", "dev", False)


def test_findings_have_the_places_that_the_state_names(state: Path, pack: Path) -> None:
    verdict = run_on_state(state, packs=[pack])
    places = {(each.file, each.line) for each in verdict.of_rule("fifo")}
    assert places == {("queues.py", 7), (None, None)}


def test_fixes_are_proposed_and_not_made(state: Path, pack: Path) -> None:
    fixes = run_on_state(state, packs=[pack]).fixes
    assert [(each.rule, each.applied) for each in fixes] == [("fifo", False)] * 2


def test_secrets_of_a_state_stay_hidden(tmp_path: Path, pack: Path) -> None:
    written = entry("jobs", arn=1)
    written["outputs"] = {"arn": secret(plaintext='"arn-of-hunter2"')}
    (tmp_path / "state.json").write_text(export(written))
    [found] = run_on_state(tmp_path / "state.json", packs=[pack]).of_rule("arns")
    assert found.message == "sees [secret]"


def test_an_empty_stack_is_noted(tmp_path: Path, pack: Path) -> None:
    (tmp_path / "state.json").write_text('{"version": 3, "deployment": {}}')
    verdict = run_on_state(tmp_path / "state.json", packs=[pack])
    assert verdict.passed
    assert any("has no resources: nothing was judged" in note.text for note in verdict.notes)


def test_the_command_takes_packs_from_the_folder(
    state: Path, pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "preflight.yaml").write_text(f"packs: [{pack.name}]\n")
    assert main([str(tmp_path), "--state", str(state), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["stack"] == "dev"


@pytest.mark.parametrize(
    "option", [["--config", "a:b=c"], ["--stack-tag", "a=b"], ["--keep-unknowns"], ["--recursive"]]
)
def test_what_is_said_of_a_run_is_refused_beside_a_state(
    state: Path, option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--state", str(state), *option]) == 2
    assert "--state" in capsys.readouterr().err


def test_a_state_that_is_not_there_is_one_error(
    tmp_path: Path, pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(StateError):
        run_on_state(tmp_path / "none.json", packs=[pack])
    assert main(["--state", str(tmp_path / "none.json"), "--policy-pack", str(pack)]) == 2
    assert capsys.readouterr().err.startswith("error: there is no state at ")


@pytest.mark.parametrize("stack", ["prod", "mail/dev"])
def test_the_state_of_another_stack_is_refused(state: Path, pack: Path, stack: str) -> None:
    with pytest.raises(StateError) as raised:
        run_on_state(state, packs=[pack], stack=stack)
    assert str(raised.value) == f"{state} is the state of shop/dev, and --stack is {stack!r}"


@pytest.mark.parametrize("stack", ["dev", "shop/dev", "organization/shop/dev"])
def test_the_stack_of_a_state_may_be_named(state: Path, pack: Path, stack: str) -> None:
    assert run_on_state(state, packs=[pack], stack=stack).stack == "dev"
