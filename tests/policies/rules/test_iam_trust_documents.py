"""What IAM refuses in a document that says who may assume a role."""

from typing import Any

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


KINDS = "'AWS', 'Service', 'Federated', 'CanonicalUser'"
WHOLE = f"'*' or an object with {KINDS}"
NAMED = "an account of 12 digits, the whole ARN of a user or role, or '*'"
SERVICE = "a service such as 'ecs-tasks.amazonaws.com'"
PROVIDER = "the ARN of an OIDC or SAML provider, or a host such as 'cognito-identity.amazonaws.com'"
ROLE_ARN = "arn:aws:iam::111122223333:role"


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        pytest.param(
            "arn:aws:iam::111122223333:root",
            f" is 'arn:aws:iam::111122223333:root'; wanted {WHOLE}",
            id="a bare ARN",
        ),
        pytest.param(["ecs.amazonaws.com"], f" is a list; wanted {WHOLE}", id="a list"),
        pytest.param({}, f" is an empty object; wanted {WHOLE}", id="nobody"),
        pytest.param(
            {"service": "ecs.amazonaws.com"},
            f" has 'service', which IAM does not know; wanted only {KINDS}",
            id="a kind in lower case",
        ),
        pytest.param(
            {"Services": ["ecs.amazonaws.com"], "AWS": "*"},
            f" has 'Services', which IAM does not know; wanted only {KINDS}",
            id="an unknown kind beside a known one",
        ),
        pytest.param({"AWS": "12345"}, f".AWS has '12345'; wanted {NAMED}", id="a short account"),
        pytest.param(
            {"AWS": ["111122223333", f"{ROLE_ARN}/*"]},
            f".AWS has '{ROLE_ARN}/*'; wanted {NAMED}",
            id="a wildcard in an ARN",
        ),
        pytest.param(
            {"AWS": "arn:aws:iam::*:root"},
            f".AWS has 'arn:aws:iam::*:root'; wanted {NAMED}",
            id="a wildcard for the account",
        ),
        pytest.param({"AWS": []}, f".AWS is an empty list; wanted {NAMED}", id="an empty list"),
        pytest.param({"Service": ""}, f".Service has ''; wanted {SERVICE}", id="an empty name"),
        pytest.param(
            {"Service": ["ec2.amazonaws.com", "ecs-tasks"]},
            f".Service has 'ecs-tasks'; wanted {SERVICE}",
            id="a service without its domain",
        ),
        pytest.param(
            {"Federated": [["a"]]}, f".Federated has a list; wanted {PROVIDER}", id="nested"
        ),
        pytest.param(
            {"CanonicalUser": ""}, ".CanonicalUser has ''; wanted a name", id="nobody of S3"
        ),
    ],
)
@pytest.mark.parametrize("key", ["Principal", "NotPrincipal"])
def test_principals_that_iam_refuses_are_found(key: str, principal: object, expected: str) -> None:
    trust = {**without("Principal", TRUST), key: principal}
    path, _, rest = expected.partition(" ")
    assert trust_faults(document(trust)) == [f"`assumeRolePolicy.Statement[0].{key}{path}` {rest}"]


def test_a_wrong_principal_hides_no_other() -> None:
    trust = {**TRUST, "Principal": ["ecs.amazonaws.com"], "NotPrincipal": {}}
    found = [fault.partition(";")[0] for fault in trust_faults(document(trust))]
    assert found == [
        "`assumeRolePolicy.Statement[0]` has both `Principal` and `NotPrincipal`",
        "`assumeRolePolicy.Statement[0].Principal` is a list",
        "`assumeRolePolicy.Statement[0].NotPrincipal` is an empty object",
    ]


@pytest.mark.parametrize(
    "principal",
    [
        pytest.param("*", id="everybody"),
        pytest.param({"AWS": "*"}, id="everybody by kind"),
        pytest.param({"AWS": ["111122223333", f"{ROLE_ARN}/path/tasks"]}, id="account and role"),
        pytest.param({"AWS": "arn:aws-cn:iam::111122223333:root"}, id="an account by ARN"),
        pytest.param({"AWS": "arn:aws:sts::111122223333:assumed-role/tasks/a"}, id="a session"),
        pytest.param({"AWS": "AROAEXAMPLE1234567890"}, id="a role that was deleted"),
        pytest.param({"Service": ["ec2.amazonaws.com", "ecs.amazonaws.com.cn"]}, id="services"),
        pytest.param({"Federated": "cognito-identity.amazonaws.com"}, id="identities"),
        pytest.param({"CanonicalUser": "a" * 64}, id="a user of S3"),
    ],
)
def test_principals_that_iam_takes_pass(principal: object) -> None:
    assert trust_faults(document({**TRUST, "Principal": principal})) == []


REFUSED = {
    "AWS": (
        "arn:aws:iam::111122223333:group/admins",
        "arn:aws:iam::111122223333:policy/a",
        "arn:aws:iam::111122223333:instance-profile/a",
        "arn:aws:iam::111122223333:oidc-provider/a.example.com",
        "arn:aws:iam::111122223333:roles/a",
        "arn:aws:iam::111122223333:role",
        "arn:aws:iam::111122223333:role/",
        "arn:aws:iam::111122223333:user/",
        "arn:aws:iam::111122223333:user/path/",
        "arn:aws:iam::111122223333:root/a",
        "arn:aws:sts::111122223333:role/a",
        "arn:aws:sts::111122223333:root",
        "arn:aws:sts::111122223333:assumed-role/a",
        "arn:aws:sts::111122223333:federated-user/",
        "arn:aws:sns::111122223333:root",
        "ecs-tasks.amazonaws.com",
    ),
    "Service": (
        "lambda.amazonaw.com",
        "lambda.amazonaws.co",
        "lambda.amazonaws.com.",
        "amazonaws.com",
        ".amazonaws.com",
        "https://ec2.amazonaws.com",
        "ec2 .amazonaws.com",
        "arn:aws:iam::111122223333:role/a",
    ),
    "Federated": (
        "arn:aws:iam::111122223333:role/a",
        "arn:aws:iam::111122223333:oidc-provider/",
        "arn:aws:sts::111122223333:saml-provider/a",
        "https://token.actions.githubusercontent.com",
        "google",
    ),
}
TAKEN = {
    "AWS": (
        "arn:aws-us-gov:iam::111122223333:user/path/orders",
        "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/a",
        "arn:aws:sts::111122223333:federated-user/orders",
        "arn:aws:sts::111122223333:assumed-role/tasks/a@example.com",
    ),
    "Service": (
        "*",
        "logs.eu-west-1.amazonaws.com",
        "delivery.logs.amazonaws.com",
        "pods.eks.amazonaws.com",
        "ops.apigateway.amazonaws.com",
        "edgelambda.amazonaws.com",
        "ec2.amazonaws.com.cn",
        "ec2.amazonaws.eu",
        "ec2.c2s.ic.gov",
        "alexa-appkit.amazon.com",
    ),
    "Federated": (
        "*",
        "arn:aws:iam::111122223333:oidc-provider/a.example.com/id/A1",
        "arn:aws-cn:iam::111122223333:saml-provider/company",
        "www.amazon.com",
        "accounts.google.com",
    ),
}


def named(principals: dict[str, tuple[str, ...]]) -> list[Any]:
    return [
        pytest.param(kind, name, id=f"{kind} {name}")
        for kind, names in principals.items()
        for name in names
    ]


@pytest.mark.parametrize(("kind", "name"), named(REFUSED))
def test_a_name_that_is_no_principal_of_its_kind_is_found(kind: str, name: str) -> None:
    [fault] = trust_faults(document({**TRUST, "Principal": {kind: name}}))
    assert f"`assumeRolePolicy.Statement[0].Principal.{kind}` has '{name}'; wanted " in fault


@pytest.mark.parametrize(("kind", "name"), named(TAKEN))
def test_a_principal_of_its_kind_passes(kind: str, name: str) -> None:
    assert trust_faults(document({**TRUST, "Principal": {kind: name}})) == []
