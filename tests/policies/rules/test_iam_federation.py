"""Roles for the tokens of issuers that serve many organizations."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_policy_pack.rules.iam.principals import SHARED_ISSUERS, public_trust
from aws_policy_pack.testing import analyze

GITHUB = "token.actions.githubusercontent.com"
URL = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"


def arn(issuer: str) -> str:
    return f"arn:aws:iam::111122223333:oidc-provider/{issuer}"


def trust(federated: object, **conditions: Mapping[str, object]) -> dict[str, object]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": federated},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": conditions,
    }
    return {"assumeRolePolicy": {"Version": "2012-10-17", "Statement": [statement]}}


def is_found(federated: object, **conditions: Mapping[str, object]) -> bool:
    return bool(analyze(public_trust, trust(federated, **conditions)))


def test_a_role_for_everybodys_repository_is_found() -> None:
    audience = {f"{GITHUB}:aud": "sts.amazonaws.com"}
    [report] = analyze(public_trust, trust(arn(GITHUB), StringEquals=audience))
    assert report.level == "mandatory"
    assert report.message == (
        "subject: statement 1 of `assumeRolePolicy` lets everybody who has an account at "
        f"'{GITHUB}' assume the role; wanted a condition that holds `{GITHUB}:sub` to one "
        "organization, spelt out before any wildcard. Fix: Add `StringLike` on "
        f"`{GITHUB}:sub`, such as 'repo:OWNER/REPOSITORY:*'. {URL}"
    )


def test_of_two_shared_issuers_the_first_is_named() -> None:
    [report] = analyze(public_trust, trust([arn(GITHUB), arn("gitlab.com")]))
    assert f"has an account at '{GITHUB}' assume" in report.problem


@pytest.mark.parametrize("issuer", SHARED_ISSUERS)
def test_a_shared_issuer_alone_is_found(issuer: str) -> None:
    assert is_found(issuer if "/" not in issuer else arn(issuer))
    assert is_found(arn(issuer.upper()))


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike"])
@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param(f"{GITHUB}:sub", f"${{{GITHUB}:sub}}", id="the-tokens-own-claim"),
        pytest.param(f"{GITHUB}:sub", f"repo:${{{GITHUB}:actor}}/app", id="a-part-of-the-token"),
        pytest.param("aws:FederatedProvider", arn(GITHUB), id="the-issuer-that-all-share"),
    ],
)
def test_what_every_token_of_the_issuer_meets_holds_nobody(
    operator: str, key: str, value: str
) -> None:
    assert is_found(arn(GITHUB), **{operator: {key: value}})


def test_a_variable_behind_the_name_of_an_organization_passes() -> None:
    value = f"repo:octo-org/${{{GITHUB}:repository}}"
    assert not is_found(arn(GITHUB), StringEquals={f"{GITHUB}:sub": value})


@pytest.mark.parametrize(
    ("issuer", "claim"),
    [
        ("app.terraform.io", "aud"),
        ("gitlab.com", "aud"),
        ("agent.buildkite.com", "aud"),
        ("proidc.upbound.io", "aud"),
        (GITHUB, "environment"),
        (GITHUB, "ref"),
    ],
)
def test_a_claim_that_anybody_can_have_holds_nobody(issuer: str, claim: str) -> None:
    assert is_found(arn(issuer), StringEquals={f"{issuer}:{claim}": "production"})


@pytest.mark.parametrize(
    "subject",
    [
        "*",
        "repo:*",
        "repo:*/orders:*",
        "repo:octo-*",
        "repo:octo-org*",
        "repo:?cto-org/orders:*",
        "*:octo-org/orders:*",
        "repo*octo-org/orders:ref:refs/heads/main",
        ["repo:octo-org/orders:*", "repo:*"],
        [],
    ],
)
def test_a_subject_that_many_organizations_match_is_found(subject: object) -> None:
    assert is_found(arn(GITHUB), StringLike={f"{GITHUB}:sub": subject})


@pytest.mark.parametrize(
    ("operator", "subject"),
    [
        ("StringLike", "repo:octo-org/orders:*"),
        ("StringLike", "repo:octo-org/*"),
        ("StringLike", "repo:octo-org@1234/*"),
        ("StringLike", ["repo:octo-org/*", "repo:octo-team/orders:*"]),
        ("StringEquals", "repo:octo-org/orders:ref:refs/heads/main"),
        ("StringEqualsIgnoreCase", "repo:octo-org/orders:environment:production"),
        ("ForAnyValue:StringLike", "repo:octo-org/*"),
    ],
)
def test_a_subject_of_one_organization_passes(operator: str, subject: object) -> None:
    assert not is_found(arn(GITHUB), **{operator: {f"{GITHUB}:sub": subject}})


@pytest.mark.parametrize(
    "operator",
    [
        "ForAllValues:StringLike",
        "ForAllValues:StringEquals",
        "StringLikeIfExists",
        "StringNotEquals",
        "StringNotLike",
    ],
)
def test_an_operator_that_holds_without_the_claim_or_denies_it_holds_nobody(operator: str) -> None:
    assert is_found(arn(GITHUB), **{operator: {f"{GITHUB}:sub": "repo:octo-org/orders:*"}})


@pytest.mark.parametrize(
    ("operator", "strict"),
    [
        ("ForAllValues:StringLike", "StringLike"),
        ("StringEqualsIfExists", "StringEquals"),
        ("ForAllValues:StringLikeIfExists", "StringLike"),
    ],
)
def test_an_operator_that_is_true_without_the_claim_is_named(operator: str, strict: str) -> None:
    document = trust(arn(GITHUB), **{operator: {f"{GITHUB}:sub": "repo:octo-org/orders"}})
    [report] = analyze(public_trust, document)
    assert report.problem.endswith(f"assume the role, since `{operator}` is true without the claim")
    assert report.fix == f"Write `{strict}` in place of `{operator}`"


@pytest.mark.parametrize(
    ("federated", "conditions"),
    [
        pytest.param(
            "cognito-identity.amazonaws.com",
            {"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:12345678-abcd"}},
            id="Cognito tells the pool by aud",
        ),
        pytest.param(
            "accounts.google.com",
            {"StringEquals": {"accounts.google.com:aud": "66677788899900pro0"}},
            id="Google tells the application by aud",
        ),
        pytest.param(
            arn("api.pulumi.com/oidc"),
            {"StringEquals": {"api.pulumi.com/oidc:aud": "aws:octo-org"}},
            id="Pulumi tells the organization by aud",
        ),
        pytest.param(
            arn("oidc.vercel.com"),
            {"StringEquals": {"oidc.vercel.com:aud": "https://vercel.com/octo"}},
            id="Vercel tells the team by aud",
        ),
        pytest.param(
            arn("sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d"),
            {"StringEquals": {"sts:RoleSessionName": "MicrosoftSentinel_1234"}},
            id="Sentinel tells the workspace by the session's name",
        ),
        pytest.param(
            arn("agent.buildkite.com"),
            {"StringEquals": {"aws:RequestTag/organization_id": "0187-abcd"}},
            id="Buildkite tells the organization by a session tag, too",
        ),
        pytest.param(
            arn(GITHUB),
            {"StringEquals": {f"{GITHUB}:Repository_ID": "123456"}},
            id="a repository by its number, the key in any case",
        ),
        pytest.param(
            arn(GITHUB), {"StringLike": {f"{GITHUB}:repository": "o/*"}}, id="an owner's, by name"
        ),
        pytest.param(
            arn(GITHUB),
            {"StringLike": {f"https://{GITHUB}:sub": "repo:octo-org/*"}},
            id="a key made of the provider's url",
        ),
        pytest.param(
            arn(GITHUB), {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, id="one network"
        ),
        pytest.param(
            [arn(GITHUB), arn("gitlab.com")],
            {"StringLike": {"gitlab.com:sub": "project_path:octo/orders:*"}},
            id="two issuers, one of which lacks the claim",
        ),
        pytest.param(
            arn("api.bitbucket.org/2.0/workspaces/octo/pipelines-config/identity/oidc"),
            {"StringEquals": {"any:aud": "ari:cloud:bitbucket::workspace/1234"}},
            id="a workspace's own issuer",
        ),
        pytest.param(
            arn("oidc.circleci.com/org/1234"),
            {"StringEquals": {"oidc.circleci.com/org/1234:aud": "1234"}},
            id="an organization's own issuer",
        ),
        pytest.param(
            arn("oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE"),
            {"StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:aud": "sts"}},
            id="a cluster's own issuer",
        ),
        pytest.param(
            arn(f"{GITHUB}/octo-org"),
            {"StringEquals": {f"{GITHUB}/octo-org:aud": "sts.amazonaws.com"}},
            id="an enterprise's own issuer at GitHub",
        ),
    ],
)
def test_a_condition_that_names_one_customer_passes(
    federated: object, conditions: dict[str, Mapping[str, object]]
) -> None:
    assert not is_found(federated, **conditions)


@pytest.mark.parametrize(
    ("issuer", "claim", "value"),
    [
        ("gitlab.com", "sub", "project_path:octo*"),
        ("app.terraform.io", "sub", "organization:*:project:orders:*"),
        ("oidc.vercel.com", "aud", "https://vercel.com/octo*"),
        ("oidc-configuration.audit-log.githubusercontent.com", "sub", "https://github.com/*"),
        ("cognito-identity.amazonaws.com", "aud", "us-east-1:*"),
        ("api.pulumi.com/oidc", "aud", "aws:*"),
        (GITHUB, "repository", "octo*"),
    ],
)
def test_a_beginning_of_a_name_is_not_a_name(issuer: str, claim: str, value: str) -> None:
    assert is_found(arn(issuer), StringLike={f"{issuer}:{claim}": value})


NAMES = st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True)


@given(owner=NAMES, repository=NAMES, wildcard=st.sampled_from("*?"))
def test_a_wildcard_may_stand_only_after_the_owner(
    owner: str, repository: str, wildcard: str
) -> None:
    sub = f"{GITHUB}:sub"
    assert is_found(arn(GITHUB), StringLike={sub: f"repo:{owner}{wildcard}/{repository}:*"})
    assert not is_found(arn(GITHUB), StringLike={sub: f"repo:{owner}/{repository}{wildcard}:*"})
