"""Where the rules about permissions find policies, and which ones they cannot read."""

import pytest

from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules.iam.documents import GROUP_POLICY, POLICY, ROLE_POLICY, USER_POLICY
from aws_policy_pack.rules.iam.permissions import (
    pass_role_scoped,
    wildcard_action,
    wildcard_resource,
)
from aws_policy_pack.testing import UNKNOWN, analyze
from aws_policy_pack.type_tokens import ROLE
from tests.policies.rules.iam_statements import QUEUE, document, problems

BAD_FOR = {
    wildcard_action.id: {"Action": "sqs:*", "Resource": QUEUE},
    wildcard_resource.id: {"Action": "sqs:SendMessage", "Resource": "*"},
    pass_role_scoped.id: {"Action": "iam:PassRole", "Resource": "*"},
}
RULES = pytest.mark.parametrize(
    "rule",
    [
        pytest.param(rule, id=rule.id)
        for rule in (wildcard_action, wildcard_resource, pass_role_scoped)
    ],
)


@RULES
@pytest.mark.parametrize("kind", [ROLE_POLICY, POLICY, USER_POLICY, GROUP_POLICY])
def test_every_policy_resource_is_read(rule: AnyRule, kind: str) -> None:
    properties = {"policy": document(BAD_FOR[rule.id])}
    assert len(analyze(rule, properties, type=kind)) == 1


@RULES
def test_the_inline_policies_of_a_role_are_read(rule: AnyRule) -> None:
    role = {
        "assumeRolePolicy": document(),
        "inlinePolicies": [{"policy": document()}, {"policy": document(BAD_FOR[rule.id])}],
    }
    [report] = analyze(rule, role, type=ROLE)
    assert "subject: statement 1 of `inlinePolicies[1].policy` allows " in report.message


@RULES
def test_an_inline_policy_is_read_beside_an_unknown_trust_policy(rule: AnyRule) -> None:
    role = {"assumeRolePolicy": UNKNOWN, "inlinePolicies": [{"policy": document(BAD_FOR[rule.id])}]}
    finding, gap = analyze(rule, role, type=ROLE)
    assert "of `inlinePolicies[0].policy` allows " in finding.message
    assert gap.text == "not evaluated: subject: `assumeRolePolicy` is not known yet"


@RULES
def test_a_policy_may_be_an_object_with_one_statement(rule: AnyRule) -> None:
    policy = {"Statement": {"Effect": "Allow", **BAD_FOR[rule.id]}}
    assert len(analyze(rule, {"policy": policy})) == 1


@RULES
def test_every_statement_is_counted(rule: AnyRule) -> None:
    found = problems(rule, {"Action": "sqs:ListQueues"}, BAD_FOR[rule.id], BAD_FOR[rule.id])
    assert [problem.partition(" of ")[0] for problem in found] == [
        "subject: statement 2",
        "subject: statement 3",
    ]


@RULES
@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        pytest.param(UNKNOWN, "`policy` is not known yet", id="unknown"),
        pytest.param(
            {"Statement": [{"Effect": "Allow", "Action": [UNKNOWN], "Resource": "*"}]},
            "`policy.Statement[0].Action[0]` is not known yet",
            id="an action",
        ),
        pytest.param("a", "`policy` is the text 'a', not an object", id="no JSON"),
        pytest.param(
            {"Statement": [{"Effect": "Allow", "Action": [["sqs:*"]], "Resource": "*"}]},
            "`policy.Statement[0].Action[0]` is a list, not text",
            id="a list in a list",
        ),
    ],
)
def test_a_policy_that_cannot_be_read_is_said(rule: AnyRule, policy: object, reason: str) -> None:
    [report] = analyze(rule, {"policy": policy})
    assert report.text == f"not evaluated: subject: {reason}"
