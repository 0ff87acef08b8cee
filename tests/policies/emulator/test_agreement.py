"""What our rules forbid, AWS refuses: moto, which speaks for it, is sent the same input.

Moto refuses the inputs of `cases.py` and no others that a rule forbids: docs/decisions.md says
what that means. Each case goes both ways, so neither side can refuse everything.
"""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from aws_policy_pack.registry import RULES
from aws_policy_pack.rule import Scope
from aws_policy_pack.testing import Report, analyze, analyze_stack
from tests.policies.emulator.cases import CASES, Case, Resources
from tests.policies.emulator.service import Aws, moto

BY_ID = {rule.id: rule for rule in RULES}
cases = pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with moto() as url:
        yield url


@pytest.fixture
def aws(endpoint: str) -> Aws:
    """An empty account."""
    return Aws(endpoint)


def found(case: Case, resources: Resources) -> list[Report]:
    rule = BY_ID[case.rule]
    if rule.scope is Scope.STACK:
        return analyze_stack(rule, resources)
    return [
        report
        for resource in resources
        if resource.type in rule.types
        for report in analyze(rule, resource.properties, type=resource.type)
    ]


@cases
def test_what_the_rule_forbids_is_refused(case: Case, aws: Aws) -> None:
    assert all(report.was_evaluated for report in found(case, case.bad))
    assert found(case, case.bad)
    aws.create(case.bad[:-1])
    with pytest.raises(ClientError) as refusal:
        aws.create(case.bad[-1:])
    assert refusal.value.response["Error"]["Code"] == case.code


@cases
def test_what_the_rule_wants_is_taken(case: Case, aws: Aws) -> None:
    assert found(case, case.good) == []
    aws.create(case.good)
