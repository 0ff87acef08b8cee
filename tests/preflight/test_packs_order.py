"""Packs that fix one property: a note says that the result depends on their order."""

from pathlib import Path

import pytest

from pulumi_preflight.packs import PackChoice, Packs
from tests.preflight.builders import CONTEXT, QUEUE, resource_request, stack_request, write_pack

PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def fix(args):
    {fix}
    return args.props

PolicyPack("{name}", [ResourceValidationPolicy(
    name="rule-{name}", description="Fixes.", enforcement_level=EnforcementLevel.REMEDIATE,
    validate=lambda args, report: None, remediate=fix,
)])
"""


def notes(folder: Path, **fixes: str) -> list[str]:
    choices = [
        PackChoice(directory=write_pack(folder / name, PACK.format(name=name, fix=fix)))
        for name, fix in fixes.items()
    ]
    request = resource_request(QUEUE, "jobs", {"delaySeconds": 90, "tags": {"a": "1"}})
    with Packs(choices, CONTEXT) as packs:
        packs.check(request)
        packs.analyze_stack(stack_request(request))
    return packs.notes


@pytest.mark.parametrize(
    ("one", "two", "path"),
    [
        pytest.param(
            'args.props["delaySeconds"] = 1',
            'args.props["delaySeconds"] = 2',
            "delaySeconds",
            id="both-always",
        ),
        pytest.param(
            'if "owner" not in args.props["tags"]: args.props["tags"]["owner"] = "one"',
            'if "owner" not in args.props["tags"]: args.props["tags"]["owner"] = "two"',
            "tags.owner",
            id="each-where-the-other-has-not",
        ),
    ],
)
def test_a_result_that_depends_on_the_order_is_a_note(
    tmp_path: Path, one: str, two: str, path: str
) -> None:
    [note] = notes(tmp_path, one=one, two=two)
    assert note == (
        f"jobs: what {path} ends at depends on the order of the packs, which the engine varies "
        "from run to run: rule-one of one and rule-two of two fix it; leave it to one of them"
    )


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param(
            'args.props["delaySeconds"] = 1', 'args.props["delaySeconds"] = 1', id="one-value"
        ),
        pytest.param(
            'args.props["delaySeconds"] = 1', 'args.props["tags"]["b"] = "2"', id="two-properties"
        ),
        pytest.param(
            'args.props["delaySeconds"] = min(args.props["delaySeconds"], 5)',
            'args.props["delaySeconds"] = min(args.props["delaySeconds"], 10)',
            id="caps-of-one-property",
        ),
    ],
)
def test_a_result_that_is_the_same_in_any_order_is_not(tmp_path: Path, one: str, two: str) -> None:
    assert notes(tmp_path, one=one, two=two) == []
