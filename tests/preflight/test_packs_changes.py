"""What becomes of resources, as packs are told it beside a base."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest
from pulumi.runtime.proto.analyzer_pb2 import AnalyzeRequest

from pulumi_preflight.changes.comparing import Operation
from pulumi_preflight.findings import Reported
from pulumi_preflight.outputs.inventions import Filling, Invented
from pulumi_preflight.outputs.memory import Inventions
from pulumi_preflight.packs import PackChoice, Packs
from pulumi_preflight.packs.changes_file import VARIABLE, Becoming, ChangesFile, ToldChanges
from pulumi_preflight.wire import Properties, from_struct
from tests.preflight.builders import (
    CONTEXT,
    QUEUE,
    resource_request,
    stack_request,
    urn,
    write_pack,
)

# Each rule reports what it reads; `fixed` runs as a remediation.
PACK = """\
import json, os
import pulumi_policy as policy

FILE = os.environ.get("PULUMI_PREFLIGHT_CHANGES")

def told():
    return json.load(open(FILE)) if FILE else None

AT_BOOT = told()

def seen(args, report):
    report(json.dumps(told()))

def booted(args, report):
    report(json.dumps(AT_BOOT))

def fix(args):
    return {**args.props, "seen": json.dumps(told())}

def stack(args, report):
    report(json.dumps(told(), sort_keys=True))

def moved(args, report):
    now = (told() or {}).get(args.urn)
    if "vpcId" in args.props and now["before"].get("vpcId") != args.props["vpcId"]:
        report("another VPC")

policy.PolicyPack(
    "own",
    enforcement_level=policy.EnforcementLevel.ADVISORY,
    policies=[
        policy.ResourceValidationPolicy("seen", "d", seen),
        policy.ResourceValidationPolicy("booted", "d", booted),
        policy.ResourceValidationPolicy("moved", "d", moved),
        policy.ResourceValidationPolicy(
            "fixed", "d", remediate=fix, enforcement_level=policy.EnforcementLevel.REMEDIATE
        ),
        policy.StackValidationPolicy("stack", "d", stack),
    ],
)
"""
JOBS = resource_request(QUEUE, "jobs", {"delaySeconds": 2})
CHANGED = Becoming(operation=Operation.UPDATE, before={"delaySeconds": 1.0})
DELETED = Becoming(operation=Operation.DELETE, before={})
CREATED = Becoming(operation=Operation.CREATE, before=None)
BECOMES = {JOBS.urn: CHANGED, urn(QUEUE, "old"): DELETED}
ENTRY = '{"operation": "update", "before": {"delaySeconds": 1}}'


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "pack", PACK)


def judged(
    pack: Path,
    becomes: Mapping[str, Becoming] | None,
    *resources: AnalyzeRequest,
    inventions: Inventions | None = None,
) -> Reported:
    made_up = inventions or Inventions()
    with Packs([PackChoice(directory=pack)], CONTEXT, beside_base=becomes is not None) as packs:
        for each in resources:
            inputs = from_struct(each.properties)
            packs.check(each, made_up.taint_of(each.urn, inputs, {}))
        changes = None if becomes is None else ToldChanges(becomes, made_up)
        packs.analyze_stack(stack_request(*resources), made_up, changes)
    return packs.reported


def said(reported: Reported) -> dict[str, str]:
    return {each.rule: each.message for each in reported.findings}


@pytest.fixture
def beside_base(pack: Path) -> Reported:
    return judged(pack, BECOMES, JOBS)


def test_a_resource_rule_is_told_of_its_resource_alone(beside_base: Reported) -> None:
    assert said(beside_base)["seen"] == f'{{"{JOBS.urn}": {ENTRY}}}'


def test_a_stack_rule_is_told_of_all_and_of_what_is_deleted(beside_base: Reported) -> None:
    assert said(beside_base)["stack"] == (
        f'{{"{JOBS.urn}": {{"before": {{"delaySeconds": 1}}, "operation": "update"}}, '
        f'"{urn(QUEUE, "old")}": {{"before": {{}}, "operation": "delete"}}}}'
    )


def test_what_is_not_known_yet_is_not_told(beside_base: Reported) -> None:
    [fix] = beside_base.remediations
    assert from_struct(fix.after)["seen"] == "{}"
    assert said(beside_base)["booted"] == "{}"


def test_what_is_new_has_no_inputs_before(pack: Path) -> None:
    told = said(judged(pack, {JOBS.urn: CREATED}, JOBS))
    assert told["seen"] == f'{{"{JOBS.urn}": {{"operation": "create", "before": null}}}}'


def test_nothing_is_told_of_what_is_compared_with_nothing(pack: Path) -> None:
    assert said(judged(pack, {}, JOBS))["seen"] == "{}"


def test_without_a_base_there_is_no_file(pack: Path) -> None:
    told = said(judged(pack, None, JOBS))
    assert {told["seen"], told["stack"], told["booted"]} == {"null"}


def test_several_packs_are_told_the_same(tmp_path: Path) -> None:
    choices = [
        PackChoice(directory=write_pack(tmp_path / name, PACK.replace('"own"', f'"{name}"')))
        for name in ("one", "two")
    ]
    with Packs(choices, CONTEXT, beside_base=True) as packs:
        packs.check(JOBS)
        packs.analyze_stack(stack_request(JOBS), None, ToldChanges(BECOMES, Inventions()))
    found = {(each.pack, each.message) for each in packs.reported.findings if each.rule == "seen"}
    assert found == {(name, f'{{"{JOBS.urn}": {ENTRY}}}') for name in ("one", "two")}


VPC = urn("aws:ec2/vpc:Vpc", "main")
ID = "vpc-0a1b2c3d4e5f60718"


@pytest.mark.parametrize(
    ("before", "messages"),
    [
        pytest.param({"vpcId": ID}, [], id="equal"),
        pytest.param({"vpcId": "vpc-11111111111111111"}, ["another VPC"], id="changed"),
    ],
)
def test_a_made_up_value_that_stays_is_equal_with_any_digits(
    pack: Path, before: Properties, messages: list[str]
) -> None:
    inventions = Inventions()
    inventions.learn(
        Invented(
            urn=VPC, id="", outputs={"vpcId": ID}, fillings={"vpcId": Filling.MADE_UP}, given={}
        )
    )
    group = resource_request(QUEUE, "group", {"vpcId": ID})
    changed = Becoming(operation=Operation.UPDATE, before=before)
    reported = judged(pack, {group.urn: changed}, group, inventions=inventions)
    assert [each.message for each in reported.findings if each.rule == "moved"] == messages
    assert [each for each in reported.not_evaluated if each.rule == "moved"] == []


def test_only_the_user_can_read_the_file(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        file = ChangesFile(tmp_path / "0.json")
        file.hold({"urn": {"operation": "same"}})
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["0.json"]


def test_the_file_goes_with_the_run(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    with Packs([PackChoice(directory=pack)], CONTEXT, beside_base=True) as packs:
        [held] = folder.iterdir()
        assert stat.S_IMODE(held.stat().st_mode) == 0o700
        packs.analyze_stack(stack_request(), None, ToldChanges({}, Inventions()))
    assert list(folder.iterdir()) == []


def test_a_rule_that_raises_is_named_with_what_it_was_told(tmp_path: Path) -> None:
    raising = PACK.replace('report("another VPC")', 'raise ValueError(now["operation"])')
    pack = write_pack(tmp_path / "pack", raising)
    group = resource_request(QUEUE, "group", {"vpcId": ID})
    with pytest.raises(Exception, match=r"rule 'moved' of policy pack 'own' .* ValueError: update"):
        judged(pack, {group.urn: CHANGED}, group)


def test_the_variable_is_the_one_that_the_page_tells() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "changes.md"
    assert f"`{VARIABLE}`" in page.read_text(encoding="utf-8")
