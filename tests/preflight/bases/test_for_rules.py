"""Rules that ask what a change does, end to end: real programs, and packs of each kind."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aws_policy_pack.testing import analyze
from pulumi_preflight import run
from pulumi_preflight.cli import PASSED, main
from pulumi_preflight.verdict import Result, Verdict
from tests.preflight.builders import write_pack, write_project
from tests.preflight.states.samples import entry, export
from tests.preflight.work_trees import work_tree

PAGE = Path(__file__).resolve().parents[3] / "docs" / "changes.md"
PROGRAM = """\
import pulumi_aws as aws
jobs = aws.sqs.Queue("jobs", name="jobs-1", delay_seconds=1)
aws.sqs.QueuePolicy("policy", queue_url=jobs.url, policy="{}")
db = aws.rds.Instance(
    "db", engine="postgres", instance_class="db.t4g.medium", allocated_storage=20,
    username="app", password="hunter2hunter2", skip_final_snapshot=True,
)
"""
OWN = """\
from aws_policy_pack.analyzer import serve
from aws_policy_pack.registry import select

serve("own", select(ids=["cost-instance-class-step"]))
"""
DATABASE = "aws:rds/instance:Instance"


def code_of_page() -> tuple[str, str]:
    """A rule on the pack, and a pack on Pulumi's own SDK."""
    section = PAGE.read_text(encoding="utf-8").partition("## For rules")[2].partition("\n## ")[0]
    own, stock = re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return own, stock


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(write_project(tmp_path / "shop", PROGRAM))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "own", OWN)


@pytest.fixture
def stock(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "stock", code_of_page()[1])


@pytest.fixture
def change(project: Path) -> Callable[[str, str], None]:
    def changed(text: str, becomes: str) -> None:
        program = project / "__main__.py"
        before = program.read_text()
        assert text in before
        program.write_text(before.replace(text, becomes))

    return changed


def database(size: str) -> dict[str, Any]:
    return {
        **entry("db", {"engine": "postgres", "instanceClass": size, "allocatedStorage": 20}),
        "urn": f"urn:pulumi:dev::shop::{DATABASE}::db",
        "type": DATABASE,
    }


def of_packs(verdict: Verdict) -> dict[str, str]:
    return {each.rule: each.problem for each in verdict.findings if each.pack != "preflight"}


def saved(project: Path, tmp_path: Path) -> Path:
    file = tmp_path / "main.json"
    assert main([str(project), "--stack", "dev", "--format", f"base={file}"]) == PASSED
    return file


def test_beside_a_saved_run_a_jump_of_the_class_is_advised_against(
    project: Path, own: Path, tmp_path: Path, change: Callable[[str, str], None]
) -> None:
    base = saved(project, tmp_path)
    assert of_packs(run(project, stack="dev", packs=[own], base_verdict=base)) == {}
    change("db.t4g.medium", "db.t4g.2xlarge")
    found = run(project, stack="dev", packs=[own], base_verdict=base)
    assert of_packs(found) == {
        "cost-instance-class-step": "`instanceClass` goes from 'db.t4g.medium' to "
        "'db.t4g.2xlarge', which multiplies the size by 8"
    }
    assert found.passed
    assert found.changes
    assert "cost-instance-class-step" in {each.rule for each in found.changes.new}


def test_beside_a_commit_a_jump_of_the_class_is_advised_against(
    project: Path, own: Path, change: Callable[[str, str], None]
) -> None:
    work_tree(project)
    change("db.t4g.medium", "db.t4g.2xlarge")
    found = run(project, stack="dev", packs=[own], base="main")
    assert list(of_packs(found)) == ["cost-instance-class-step"]
    assert found.changes
    assert "cost-instance-class-step" in {each.rule for each in found.changes.new}


def test_beside_a_state_a_jump_of_the_class_is_advised_against(
    project: Path, own: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state.json"
    state.write_text(export(database("db.t4g.micro")))
    found = run(project, stack="dev", packs=[own], base_state=str(state))
    assert of_packs(found) == {
        "cost-instance-class-step": "`instanceClass` goes from 'db.t4g.micro' to 'db.t4g.medium', "
        "which multiplies the size by 4"
    }


def test_without_a_base_such_a_rule_has_nothing_to_judge(project: Path, own: Path) -> None:
    [result] = run(project, stack="dev", packs=[own]).rules
    assert (result.result, result.ran.idle) == (Result.IDLE, "there is no base to compare with")


def test_beside_a_base_such_a_rule_passes(project: Path, own: Path, tmp_path: Path) -> None:
    found = run(project, stack="dev", packs=[own], base_verdict=saved(project, tmp_path))
    [result] = found.rules
    assert result.result is Result.PASSED


def test_the_pack_of_the_page_is_told_what_becomes_of_a_queue(
    project: Path, stock: Path, tmp_path: Path, change: Callable[[str, str], None]
) -> None:
    base = saved(project, tmp_path)
    change("jobs-1", "jobs-2")
    told = {"queue-stays": "the queue jobs-1 goes, and another one comes"}
    assert of_packs(run(project, stack="dev", packs=[stock], base_verdict=base)) == told
    assert of_packs(run(project, stack="dev", packs=[stock])) == {}


def test_both_packs_are_told_the_same_beside_a_state(
    project: Path, own: Path, stock: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state.json"
    queue = {
        **entry("jobs", {"name": "jobs-0", "delaySeconds": 1}),
    }
    state.write_text(export(queue, database("db.t4g.xlarge")))
    found = run(project, stack="dev", packs=[own, stock], base_state=str(state))
    assert of_packs(found) == {
        "cost-instance-class-step": "`instanceClass` goes from 'db.t4g.xlarge' to "
        "'db.t4g.medium', which divides the size by 4",
        "queue-stays": "the queue jobs-0 goes, and another one comes",
    }


SEEING = """\
import json, os
import pulumi_policy as policy

def told(args, report):
    with open(os.environ["PULUMI_PREFLIGHT_CHANGES"]) as file:
        for urn, change in json.load(file).items():
            report(json.dumps({urn.rpartition("::")[2]: change}), urn)

policy.PolicyPack("seeing", policies=[policy.StackValidationPolicy("told", "d", told)])
"""


def test_no_secret_of_the_base_is_told(
    project: Path, tmp_path: Path, change: Callable[[str, str], None]
) -> None:
    base = saved(project, tmp_path)
    change("aws.sqs.QueuePolicy(", "(lambda *a, **b: None)(")
    pack = write_pack(tmp_path / "seeing", SEEING)
    found = run(project, stack="dev", packs=[pack], base_verdict=base)
    told: dict[str, Any] = {}
    for each in found.of_rule("told"):
        told.update(json.loads(each.problem))
    assert told["db"]["before"]["password"] == "[secret]"  # noqa: S105 - what stands for one
    assert told["db"]["operation"] == told["jobs"]["operation"] == "same"
    assert told["policy"]["operation"] == "delete"
    assert told["policy"]["before"]["policy"] == "{}"
    assert {each.urn.rpartition("::")[2] for each in found.of_rule("told")} == set(told)


def test_the_rule_of_the_page_keeps_its_own_tests() -> None:
    page: dict[str, Any] = {}
    exec(compile(code_of_page()[0], str(PAGE), "exec"), page)  # noqa: S102 - what the page shows
    tests = [name for name in page if name.startswith("test_")]
    assert len(tests) == 2
    for name in tests:
        page[name]()
    rule = page["logs_kept"]
    assert analyze(rule, rule.bad, before=rule.before)
    assert analyze(rule, rule.good, before=rule.before) == []
