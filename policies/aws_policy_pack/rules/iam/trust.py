"""Who may assume a role."""

from aws_policy_pack.policy_documents import Statement
from aws_policy_pack.public_access import is_public
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.iam.documents import ROLE, Clause, allows, judge_clauses
from aws_policy_pack.rules.iam.issuers import SHARED_ISSUERS, issuer_of, names_tenant
from aws_policy_pack.wording import listed

WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"


@resource_rule(
    "iam-public-trust",
    ROLE,
    kind=Kind.EXPOSES,
    severity=Severity.CRITICAL,
    summary="Roles are assumed only by those whom they name",
    why="A role that anyone can assume gives its rights to every AWS account in the world.",
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    controls=("CKV_AWS_60",),
    good={
        "assumeRolePolicy": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    },
    bad={
        "assumeRolePolicy": {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
            ],
        }
    },
)
def public_trust(role: Resource) -> Findings:
    """A condition that holds the caller to an account, an organisation or the like passes.

    So does one that holds a token of an issuer that many share to one of its customers. A SAML
    provider is a company's own.
    """

    def judge(clause: Clause) -> Findings:
        if not clause.is_trust:
            return
        if is_public(clause.statement, clause.beside):
            yield Finding(
                problem=f"{clause.name} lets {_who(clause.statement)} assume the role",
                part=clause.name,
                wanted="the accounts, roles or services that need it",
                fix="Name them in `Principal`, or add a condition on `aws:PrincipalOrgID`",
            )
        else:
            yield from _judge_tokens(clause)

    yield from judge_clauses(role, judge)


def _who(statement: Statement) -> str:
    if statement.not_principals:
        return f"everyone but {listed(who.name for who in statement.not_principals)}"
    return listed(who.name for who in statement.principals)


def _judge_tokens(clause: Clause) -> Findings:
    """Judges whose tokens an identity provider may send; some of them serve the whole world."""
    if not allows(clause.statement, WEB_IDENTITY):
        return
    issuers = {
        issuer: who.name
        for who in clause.statement.principals
        if who.kind == "Federated" and (issuer := issuer_of(who.name))
    }
    shared = [issuer for issuer in issuers if issuer in SHARED_ISSUERS]
    if shared and not names_tenant(clause.statement, shared):
        issuer = shared[0]
        key = SHARED_ISSUERS[issuer].demanded
        example = SHARED_ISSUERS[issuer].example
        yield Finding(
            problem=f"{clause.name} lets everybody who has an account at '{issuer}' assume the "
            "role",
            part=clause.name,
            wanted=f"a condition that holds `{key}` to one organization, spelt out before any "
            "wildcard",
            fix=f"Add `StringLike` on `{key}`" + (f", such as '{example}'" if example else ""),
        )
    elif issuers and not shared and not clause.statement.conditions:
        yield Finding(
            problem=f"{clause.name} lets every identity of {listed(issuers.values())} assume the "
            "role",
            part=clause.name,
            wanted="a condition on the token's `sub`",
            fix="Add the condition, such as StringEquals on `<provider>:sub`",
        )
