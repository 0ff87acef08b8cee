"""A config file with exceptions gives the same verdict under preflight and under the engine."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pulumi_loopback.engine import Engine
from tests.engine.own_home import STREAMED, own_variables

PROJECT = """\
name: shop
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: venv
"""
PROGRAM = """\
import pulumi

outer = pulumi.ComponentResource("shop:index:Outer", "a::b")
pulumi.ComponentResource("shop:index:Inner", "inner", opts=pulumi.ResourceOptions(parent=outer))
"""
PACK = """\
import pulumi_policy as policy


def no_part(args, report):
    if args.resource_type.startswith("shop:"):
        report(f"{args.name} is not wanted")


def no_stack(args, report):
    report("the stack is not wanted")
    report("the stack is not wanted for another reason")
    for each in args.resources:
        if each.resource_type == "shop:index:Inner":
            report("not wanted in a stack", each.urn)


policy.PolicyPack(
    "planted",
    policies=[
        policy.ResourceValidationPolicy(
            "no-part", "Parts are not wanted.", no_part, policy.EnforcementLevel.MANDATORY
        ),
        policy.ResourceValidationPolicy(
            "few-parts", "Parts are few.", no_part, policy.EnforcementLevel.ADVISORY
        ),
        policy.StackValidationPolicy(
            "no-stack", "Stacks are not wanted.", no_stack, policy.EnforcementLevel.MANDATORY
        ),
    ],
)
"""
STACK = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"
OUTER = "urn:pulumi:dev::shop::shop:index:Outer::a::b"
INNER = "urn:pulumi:dev::shop::shop:index:Outer$shop:index:Inner::inner"


def excuse(policies: list[str], *targets: str, **more: object) -> dict[str, object]:
    return {"reason": "so be it", "match": [{"policies": policies, "targets": targets}], **more}


ALL_EXCUSED = {
    "EXC-10": excuse(["no-part"], OUTER, INNER),
    "EXC-9": excuse(["no-part", "no-stack"], INNER, expires="2020-01-01"),
    "stack": excuse(["no-stack"], STACK),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended.

    Attributes:
        result: Whether it passed or failed, or gave no verdict.
        excused: Rule, level, resource and ids of each violation that exceptions excuse.
        found: Rule, level and resource of each other one.
        errors: What was said beside that.
    """

    result: str
    excused: list[tuple[str, str, str, tuple[str, ...]]]
    found: list[tuple[str, str, str]]
    errors: str


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Path:
    folder = tmp_path_factory.mktemp("exceptions")
    (folder / "Pulumi.yaml").write_text(PROJECT)
    (folder / "__main__.py").write_text(PROGRAM)
    (folder / "venv").symlink_to(sys.prefix)
    (folder / "backend").mkdir()
    (folder / "pack").mkdir()
    (folder / "pack" / "PulumiPolicy.yaml").write_text(
        "runtime: {name: python, options: {toolchain: pip, virtualenv: ../venv}}\n"
    )
    (folder / "pack" / "__main__.py").write_text(PACK)
    run(folder, engine, engine.pulumi, "stack", "init").check_returncode()
    return folder


def run(
    project: Path, engine: Engine, program: str | Path, *arguments: str | Path
) -> subprocess.CompletedProcess[str]:
    """Runs the engine or preflight on the stack, with nothing of the user's own."""
    variables = own_variables(engine, project) | STREAMED
    quiet = () if program != engine.pulumi else ("--non-interactive",)
    return subprocess.run(
        [program, *arguments, "--stack", "dev", *quiet],
        cwd=project,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


def by_engine(project: Path, engine: Engine, packs: list[str | Path]) -> Outcome:
    ended = run(project, engine, engine.pulumi, "preview", "--json", *packs)
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    events = [each["policyEvent"] for each in lines if "policyEvent" in each]
    finished = any("summaryEvent" in each for each in lines)
    said = [each["diagnosticEvent"]["message"] for each in lines if "diagnosticEvent" in each]
    return Outcome(
        result=("fail" if ended.returncode else "pass") if finished else "none",
        excused=sorted(
            (*_told(each, "resourceUrn", "policyName", "enforcementLevel"), _ids(each))
            for each in events
            if each.get("exceptions")
        ),
        found=sorted(
            _told(each, "resourceUrn", "policyName", "enforcementLevel")
            for each in events
            if not each.get("exceptions")
        ),
        errors="".join([ended.stderr, *said]),
    )


def by_preflight(project: Path, engine: Engine, packs: list[str | Path]) -> Outcome:
    preflight = Path(sys.executable).with_name("preflight")
    ended = run(project, engine, preflight, ".", "--format", "json", *packs)
    verdict = json.loads(ended.stdout) if ended.stdout else {}
    notes = [each["text"] for each in verdict.get("notes", ())]
    return Outcome(
        result=verdict.get("verdict", "none"),
        excused=sorted(
            (*_told(each, "urn", "rule", "level"), _ids(each)) for each in verdict.get("waived", ())
        ),
        found=sorted(_told(each, "urn", "rule", "level") for each in verdict.get("findings", ())),
        errors="".join([ended.stderr, *notes]),
    )


def _told(each: Mapping[str, Any], urn: str, rule: str, level: str) -> tuple[str, str, str]:
    return each[rule], each[level], each[urn]


def _ids(each: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(exception["id"] for exception in each["exceptions"])


@pytest.mark.parametrize(
    ("content", "result", "said"),
    [
        pytest.param({"exceptions": {}}, "fail", "", id="none"),
        pytest.param({"exceptions": ALL_EXCUSED}, "pass", "", id="all-mandatory-ones"),
        pytest.param(
            {"exceptions": {**ALL_EXCUSED, "EXC-10": excuse(["no-part"], INNER)}},
            "fail",
            "",
            id="all-but-one",
        ),
        pytest.param(
            {"exceptions": {"a": excuse(["few-parts", "no-part"], OUTER)}}, "fail", "", id="advice"
        ),
        pytest.param(
            {"exceptions": {"a": excuse(["no-stack"], STACK.replace("dev", "prod"), OUTER)}},
            "fail",
            "",
            id="another-stack",
        ),
        pytest.param(
            {"policies": {"all": "advisory"}, "exceptions": ALL_EXCUSED}, "pass", "", id="levels"
        ),
        pytest.param(
            {"policies": {"no-part": "remediate"}, "exceptions": ALL_EXCUSED},
            "pass",
            "",
            id="level-remediate",
        ),
        pytest.param(
            {"exceptions": {"a": excuse(["no-parts"], OUTER)}},
            "fail",
            'policy exception "a" for policy pack "planted" names policy "no-parts", which isn\'t '
            "in the pack",
            id="unknown-rule",
        ),
        pytest.param(
            {"exceptions": {"a": excuse(["all"], OUTER)}},
            "none",
            'policy exception "a": match[0]: "policies" must name policies; "all" isn\'t allowed',
            id="refused",
        ),
    ],
)
def test_preflight_and_the_engine_give_one_verdict(
    content: dict[str, object], result: str, said: str, project: Path, engine: Engine
) -> None:
    config = project / "config.json"
    config.write_text(json.dumps({"version": 2, **content}))
    packs: list[str | Path] = ["--policy-pack", "pack", "--policy-pack-config", config]
    told, expected = by_preflight(project, engine, packs), by_engine(project, engine, packs)
    assert (expected.result, told.result) == (result, result)
    assert (told.excused, told.found) == (expected.excused, expected.found)
    assert said in expected.errors
    assert said in told.errors
