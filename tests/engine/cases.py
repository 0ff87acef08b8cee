"""The programs that preflight and the engine are compared on."""

from dataclasses import replace
from pathlib import Path

import pytest

from ops.paths import PACK, ROOT, STACK, profile_of
from tests.engine.conformance import Case

PROGRAMS = Path(__file__).parent / "programs"
NODE_PROGRAMS = Path(__file__).parent / "programs_nodejs"
YAML_PROGRAMS = Path(__file__).parent / "programs_yaml"
ORDERS = ROOT / "examples" / "orders"
BROKEN = ROOT / "examples" / "broken"


def _case(project: Path) -> Case:
    own = project / "profile.json"
    profile = own if own.exists() else profile_of("dev")
    return Case(name=project.name, project=project, stack="dev", pack=PACK, profile=profile)


def _in_node(project: Path) -> Case:
    beside = (NODE_PROGRAMS / "aws.js", NODE_PROGRAMS / "aws.d.ts")
    return replace(_case(project), name=f"{project.name}-nodejs", beside=beside)


def _in_yaml(project: Path) -> Case:
    return replace(_case(project), name=f"{project.name}-yaml")


def _reference(stack: str) -> Case:
    return Case(
        name=f"stack-{stack}", project=STACK, stack=stack, pack=PACK, profile=profile_of(stack)
    )


OWN = tuple(_case(folder) for folder in sorted(PROGRAMS.iterdir()))
IN_NODE = tuple(_in_node(file.parent) for file in sorted(NODE_PROGRAMS.glob("*/Pulumi.y*ml")))
IN_YAML = tuple(_in_yaml(folder) for folder in sorted(YAML_PROGRAMS.iterdir()))
REFERENCE = tuple(map(_reference, ("local", "dev", "prod")))
EXAMPLES = (
    Case(
        name="orders",
        project=ORDERS,
        stack="dev",
        pack=ORDERS / "policies",
        profile=ORDERS / "policies" / "profile.json",
    ),
    Case(
        name="broken",
        project=BROKEN,
        stack="local",
        pack=PACK,
        profile=BROKEN / "policies" / "profile.json",
        left_out=(
            'aws.cloudwatch.LogGroup("audit", name="/broken/audit-local-2", retention_in_days=7, '
            "tags=TAGS)"
        ),
    ),
)
CASES = (*OWN, *IN_NODE, *IN_YAML, *REFERENCE, *EXAMPLES)
# The same program as `stack-dev` in other sizes.
IN_THE_NIGHT = ("stack-local", "stack-prod")


def each_case(*but: str) -> pytest.MarkDecorator:
    """Parametrises a test with all cases but some; the reason stands where it is used.

    One process runs all tests of a case, so that none waits for another's run of the program.
    """
    cases = [
        pytest.param(case, id=case.name, marks=_marks_of(case))
        for case in CASES
        if not {case.name, case.project.name}.intersection(but)
    ]
    return pytest.mark.parametrize("case", cases)


def _marks_of(case: Case) -> list[pytest.MarkDecorator]:
    group = pytest.mark.xdist_group(f"conformance {case.name}")
    return [group, pytest.mark.nightly] if case.name in IN_THE_NIGHT else [group]
