"""Asks packs what the fixes of rules that only report would change."""

import json
from pathlib import Path

import pytest
from google.protobuf.json_format import MessageToDict

from pulumi_preflight.findings import Reported
from pulumi_preflight.packs import PackChoice, Packs
from tests.preflight.builders import (
    CONTEXT,
    PACKS,
    QUEUE,
    SERVICE,
    resource_request,
    stack_request,
    urn,
    write_pack,
)

JOBS = resource_request(QUEUE, "jobs", {"redrivePolicy": ""})
WEB = resource_request(SERVICE, "web", {"desiredCount": 50, "__provider": "code"})


def judged(choice: PackChoice, *, propose: bool = True) -> tuple[Reported, list[str]]:
    with Packs([choice], CONTEXT) as packs:
        for resource in (JOBS, WEB):
            packs.check(resource)
        packs.analyze_stack(stack_request(JOBS, WEB))
        if propose:
            packs.propose_fixes()
    return packs.reported, packs.notes


def demo(tmp_path: Path, level: str) -> PackChoice:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"owner-is-tagged": level}))
    return PackChoice(directory=PACKS / "demo", config=config)


@pytest.mark.parametrize("level", ["advisory", "mandatory"])
def test_the_fix_of_a_rule_that_reports_is_proposed(tmp_path: Path, level: str) -> None:
    reported, notes = judged(demo(tmp_path, level))
    (proposed,) = reported.remediations
    assert (proposed.rule, proposed.pack) == ("owner-is-tagged", "demo")
    assert (proposed.urn, proposed.applied) == (urn(SERVICE, "web"), False)
    assert MessageToDict(proposed.before) == {"desiredCount": 50, "__provider": "code"}
    assert MessageToDict(proposed.after)["tags"] == {"owner": "platform"}
    assert notes == []


def test_a_fix_that_was_applied_is_not_proposed_again(tmp_path: Path) -> None:
    reported, _ = judged(demo(tmp_path, "remediate"))
    assert [change.applied for change in reported.remediations] == [True]


def test_a_disabled_rule_proposes_nothing(tmp_path: Path) -> None:
    reported, _ = judged(demo(tmp_path, "disabled"))
    assert reported.remediations == ()


def test_the_verdict_is_the_same_with_and_without_proposals(tmp_path: Path) -> None:
    with_proposals, _ = judged(demo(tmp_path, "mandatory"))
    without, _ = judged(demo(tmp_path, "mandatory"), propose=False)
    assert with_proposals.findings == without.findings
    assert with_proposals.not_evaluated == without.not_evaluated
    assert without.remediations == ()


RAISING = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def fine(args, report):
    if args.name == "web":
        report("seen", None)


def mend(args):
    raise ValueError("cannot mend")


PolicyPack(
    "raising",
    [ResourceValidationPolicy("seen", "Seen.", fine, EnforcementLevel.ADVISORY, remediate=mend)],
)
"""


def test_a_fix_that_raises_leaves_the_verdict_and_is_a_note(tmp_path: Path) -> None:
    reported, notes = judged(PackChoice(directory=write_pack(tmp_path, RAISING)))
    assert [finding.message for finding in reported.findings] == ["seen"]
    (note,) = notes
    assert note == (
        "fixes are missing: rule 'seen' of policy pack 'raising' raised for 'jobs' "
        "(aws:sqs/queue:Queue): ValueError: cannot mend (__main__.py:11)"
    )
