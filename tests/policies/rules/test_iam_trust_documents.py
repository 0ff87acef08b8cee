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
                "`assumeRolePolicy.Statement[0].Action` has 'AssumeRole'; wanted 'service:Action' "
                "or '*'"
            ),
            id="an action without service",
        ),
    ],
)
def test_a_trust_policy_names_principals_and_no_resources(policy: object, expected: str) -> None:
    assert trust_faults(policy) == [expected]


def test_a_trust_policy_for_a_service_passes() -> None:
    assert trust_faults(document(TRUST)) == []
