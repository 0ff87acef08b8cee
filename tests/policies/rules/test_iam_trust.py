"""Who may assume a role."""

import pytest

from aws_policy_pack.rules.iam.principals import public_trust
from aws_policy_pack.testing import UNKNOWN, analyze

URL = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
PROVIDER = "arn:aws:iam::111122223333:oidc-provider/login.example.com"


def role(**statement: object) -> dict[str, object]:
    return {
        "assumeRolePolicy": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", **statement}],
        }
    }


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        pytest.param({"Principal": "*"}, "lets '*' assume the role", id="everyone"),
        pytest.param({"Principal": {"AWS": "*"}}, "lets '*' assume the role", id="every account"),
        pytest.param(
            {"Principal": {"AWS": ["arn:aws:iam::111122223333:root", "*"]}},
            "lets 'arn:aws:iam::111122223333:root', '*' assume the role",
            id="everyone beside an account",
        ),
        pytest.param(
            {"NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}},
            "lets everyone but 'arn:aws:iam::111122223333:root' assume the role",
            id="everyone but an account",
        ),
    ],
)
def test_a_role_for_everyone_is_found(statement: dict[str, object], problem: str) -> None:
    [report] = analyze(public_trust, role(**statement))
    assert report.level == "mandatory"
    assert report.message == (
        f"subject: statement 1 of `assumeRolePolicy` {problem}; wanted the accounts, roles or "
        "services that need it. Fix: Name them in `Principal`, or add a condition on "
        f"`aws:PrincipalOrgID`. {URL}"
    )


@pytest.mark.parametrize(
    "action",
    [
        "sts:AssumeRoleWithWebIdentity",
        "sts:assumerolewithwebidentity",
        "sts:*",
        ["sts:TagSession", "sts:AssumeRoleWithWebIdentity"],
    ],
)
def test_a_role_for_every_token_of_a_provider_is_found(action: object) -> None:
    [report] = analyze(public_trust, role(Principal={"Federated": PROVIDER}, Action=action))
    assert report.message == (
        f"subject: statement 1 of `assumeRolePolicy` lets every identity of '{PROVIDER}' assume "
        "the role; wanted a condition on the token's `sub`. Fix: Add the condition, such "
        f"as StringEquals on `<provider>:sub`. {URL}"
    )


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param({"Principal": {"Service": "ecs-tasks.amazonaws.com"}}, id="a service"),
        pytest.param({"Principal": {"AWS": "111122223333"}}, id="an account"),
        pytest.param({"Effect": "Deny", "Principal": "*"}, id="a denial"),
        pytest.param(
            {
                "Principal": "*",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}},
            },
            id="an organisation",
        ),
        pytest.param(
            {
                "Principal": {"Federated": PROVIDER},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {"login.example.com:aud": "orders"}},
            },
            id="tokens of one application of the company",
        ),
        pytest.param(
            {"Principal": {"Federated": PROVIDER}, "Action": "sts:AssumeRoleWithSAML"},
            id="a provider of the company",
        ),
        pytest.param(
            {
                "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/company"},
                "Action": "sts:*",
            },
            id="a SAML provider, any way in",
        ),
        pytest.param(
            {"Effect": "Deny", "Principal": {"Federated": PROVIDER}, "Action": "sts:*"},
            id="a denial for a provider",
        ),
    ],
)
def test_a_role_for_named_principals_passes(statement: dict[str, object]) -> None:
    assert analyze(public_trust, role(**statement)) == []


def test_a_role_for_all_but_whom_a_denial_keeps_out_passes() -> None:
    everyone = {"Principal": "*", "Action": "sts:AssumeRole"}
    outsiders = {"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}
    statements = [
        {"Effect": "Allow", **everyone},
        {"Effect": "Deny", **everyone, "Condition": outsiders},
    ]
    assert analyze(public_trust, {"assumeRolePolicy": {"Statement": statements}}) == []
    assert analyze(public_trust, {"assumeRolePolicy": {"Statement": statements[:1]}})


def test_policies_of_what_a_role_may_do_are_not_looked_at() -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    inline = [{"policy": {"Statement": [statement]}}]
    properties = {**role(Principal={"AWS": "111122223333"}), "inlinePolicies": inline}
    assert analyze(public_trust, properties) == []


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        pytest.param({"assumeRolePolicy": UNKNOWN}, "assumeRolePolicy", id="the document"),
        pytest.param(
            role(Principal={"AWS": UNKNOWN}),
            "assumeRolePolicy.Statement[0].Principal.AWS",
            id="the principal",
        ),
    ],
)
def test_a_trust_policy_that_is_not_known_is_said(properties: dict[str, object], path: str) -> None:
    [report] = analyze(public_trust, properties)
    assert report.text == f"not evaluated: subject: `{path}` is not known yet"
