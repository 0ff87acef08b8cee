"""What IAM refuses in a document that says who may assume a role."""

import pytest

from tests.policies.rules.iam_documents import TRUST, document, trust_faults, without


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param(
            document(without("Principal", TRUST)),
            (
                "`assumeRolePolicy.Statement[0]` has neither `Principal` nor `NotPrincipal`; "
                "wanted one of them"
            ),
            id="no principal",
        ),
        pytest.param(
            document({**TRUST, "Resource": "*"}),
            (
                "`assumeRolePolicy.Statement[0]` has `Resource`; wanted no `Resource` in a trust "
                "policy"
            ),
            id="a resource",
        ),
        pytest.param(
            document({**TRUST, "NotResource": "tasks"}),
            (
                "`assumeRolePolicy.Statement[0]` has `NotResource`; wanted no `NotResource` in a "
                "trust policy"
            ),
            id="a negated resource",
        ),
        pytest.param(
            document({**TRUST, "Action": "AssumeRole"}),
            (
                "`assumeRolePolicy.Statement[0].Action` has 'AssumeRole'; wanted an action of STS, "
                "such as 'sts:AssumeRole'"
            ),
            id="an action without service",
        ),
        pytest.param(
            document({**TRUST, "Action": ["sts:TagSession", "ecs:RunTask"]}),
            (
                "`assumeRolePolicy.Statement[0].Action` has 'ecs:RunTask'; wanted an action of "
                "STS, such as 'sts:AssumeRole'"
            ),
            id="an action of another service",
        ),
        pytest.param(
            document({**TRUST, "Action": "*"}),
            (
                "`assumeRolePolicy.Statement[0].Action` has '*'; wanted an action of STS, such as "
                "'sts:AssumeRole'"
            ),
            id="every action",
        ),
    ],
)
def test_a_trust_policy_names_principals_and_no_resources(policy: object, expected: str) -> None:
    assert trust_faults(policy) == [expected]


@pytest.mark.parametrize("action", ["sts:*", "STS:assumeRole", ["sts:AssumeRole", "sts:Tag*"]])
def test_actions_of_sts_pass(action: object) -> None:
    assert trust_faults(document({**TRUST, "Action": action})) == []


def test_a_trust_policy_for_a_service_passes() -> None:
    assert trust_faults(document(TRUST)) == []
