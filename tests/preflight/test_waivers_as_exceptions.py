"""The pack's waivers excuse the same as the exceptions that its command makes of them."""

import json
from pathlib import Path

import pytest

from aws_policy_pack.cli import main
from ops.paths import ROOT
from pulumi_preflight import PackChoice, Verdict, run
from pulumi_preflight.findings import Finding
from tests.preflight.builders import PROGRAM

WAIVER = {"reason": "public", "owner": "team", "expires": "2999-12-31"}
PROFILE = {
    "all": "disabled",
    # A rule of resources, by a glob; one of the stack's graph, by name; one about the stack itself.
    "sqs-encryption": {
        "enforcementLevel": "mandatory",
        "waivers": [{"resource": "job*", **WAIVER}],
    },
    "sqs-dead-letter-queue-required": {
        "enforcementLevel": "mandatory",
        "waivers": [{"resource": "mail", **WAIVER}],
    },
    "cost-monthly-budget": {
        "enforcementLevel": "mandatory",
        "budgetBase": 1,
        "waivers": [{"resource": "dev", **WAIVER}],
    },
}
QUEUES = f"""{PROGRAM}
Queue("jobs", sqsManagedSseEnabled=False)
Queue("jobs-2", sqsManagedSseEnabled=False)
Queue("mail", sqsManagedSseEnabled=False)
pulumi.CustomResource("aws:ec2/natGateway:NatGateway", "nat", {{"subnetId": "subnet-1"}})
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "__main__.py").write_text(QUEUES)
    return folder


def judged(project: Path, config: Path) -> Verdict:
    return run(project, stack="dev", packs=[PackChoice(directory=ROOT / "policies", config=config)])


def said(findings: tuple[Finding, ...]) -> set[tuple[str, str, str, str]]:
    return {(each.rule, each.urn, each.level, each.message) for each in findings}


def test_both_forms_give_one_verdict(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile, state, engine = (tmp_path / f"{name}.json" for name in ("own", "state", "engine"))
    profile.write_text(json.dumps(PROFILE))
    by_waivers = judged(project, profile)
    state.write_text(json.dumps(by_waivers.export()))
    assert main(["waivers", str(profile), "--format", "engine", "--state", str(state)]) == 0
    engine.write_text(capsys.readouterr().out)
    by_exceptions = judged(project, engine)
    assert said(by_exceptions.findings) == said(by_waivers.findings)
    assert said(by_exceptions.waived) == said(by_waivers.waived)
    assert {each.rule for each in by_waivers.waived} == PROFILE.keys() - {"all"}
    assert {each.rule for each in by_waivers.findings} == {
        "sqs-encryption",
        "sqs-dead-letter-queue-required",
    }
    assert all(each.exceptions and each.expires is None for each in by_exceptions.waived)
