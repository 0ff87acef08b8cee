"""Whom policies name: who may assume a role, and which accounts are written down."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.lists import load
from aws_policy_pack.policy_documents import (
    COMPARISONS,
    EQUALITIES,
    Condition,
    Statement,
    holds_caller,
    is_public,
    with_wildcards,
)
from aws_policy_pack.resource import (
    Graph,
    Resource,
    Unreadable,
    account_of_provider,
    is_given,
    own_accounts,
)
from aws_policy_pack.rule import (
    Example,
    Finding,
    Findings,
    Kind,
    Severity,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.rules.iam.administrators import ATTACHMENT_TYPES
from aws_policy_pack.rules.iam.documents import DOCUMENT_TYPES, Clause, allows, judge_clauses
from aws_policy_pack.type_tokens import ROLE
from aws_policy_pack.wire import Value
from aws_policy_pack.wording import listed

OIDC_PROVIDER: Final = ":oidc-provider/"
SAML_PROVIDER: Final = ":saml-provider/"
SCHEME: Final = "https://"
KIND: Final = re.compile(r"https?://[^/*?]+/|[^:/@*?]+:")
"""What a claim says before it names somebody, such as `repo:` and `https://vercel.com/`."""
WILDCARD: Final = re.compile(r"[*?]")
ENDS_NAME: Final = re.compile(r"[^:/@][:/@]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedIssuer:
    """An issuer whose tokens anybody can get.

    Attributes:
        keys: The condition keys that tell whose a token is, in lower case.
        demanded: The key that IAM wants a trust policy to ask for.
        example: A value of this key that names one organization; empty where none is known.
    """

    keys: frozenset[str]
    demanded: str
    example: str


def _shared_issuers() -> Mapping[str, SharedIssuer]:
    found = {}
    for issuer, entry in load("shared_issuers").entries.items():
        keys = [key if ":" in key else f"{issuer}:{key}" for key in entry["keys"]]
        found[issuer] = SharedIssuer(
            keys=frozenset(map(str.lower, keys)), demanded=keys[0], example=entry.get("example", "")
        )
    return found


SHARED_ISSUERS: Final = _shared_issuers()
"""By the issuer's URL without its scheme."""


def issuer_of(federated: str) -> str:
    """The issuer that a federated principal means; empty for a SAML provider.

    The principal is the ARN of an OIDC provider, or a name such as
    `cognito-identity.amazonaws.com`.
    """
    if SAML_PROVIDER in federated:
        return ""
    return federated.rpartition(OIDC_PROVIDER)[2].lower().rstrip("/")


def names_tenant(statement: Statement, issuers: Iterable[str]) -> bool:
    """Whether a condition holds the caller to one customer of the issuers, or to somebody else.

    A condition on a claim of one issuer holds those of the others out, whose tokens lack it. A
    condition that begins with `ForAllValues` or ends in `IfExists` holds nobody: it is true where
    the key is missing. A key that is made of a provider's `url` has a scheme until the provider
    exists: AWS answers without it.
    """
    keys = frozenset[str]().union(*(SHARED_ISSUERS[issuer].keys for issuer in issuers))
    return any(
        holds_caller(condition)
        or (condition.key.lower().removeprefix(SCHEME) in keys and _names_one(condition))
        for condition in statement.conditions
    )


def _names_one(condition: Condition) -> bool:
    operator = condition.operator.lower().removeprefix("foranyvalue:")
    if not condition.values:
        return False
    patterns = map(with_wildcards, condition.values)
    if operator in EQUALITIES and not any("${" in value for value in condition.values):
        return True
    return operator in COMPARISONS and all(map(_spells_name_out, patterns))


def _spells_name_out(pattern: str) -> bool:
    """Whether the text before the first wildcard names somebody to the end.

    `repo:octo-org/*` does. `repo:octo-*` and `repo:octo-org*` do not: anybody may found an
    organization whose name begins so.
    """
    wildcard = WILDCARD.search(pattern)
    if wildcard is None:
        return bool(pattern)
    literal = pattern[: wildcard.start()]
    kind = KIND.match(literal)
    return bool(ENDS_NAME.search(literal[kind.end() if kind else 0 :]))


_TRUE_WITHOUT_KEY = re.compile(r"^ForAllValues:|IfExists$", re.IGNORECASE)
WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"


@resource_rule(
    "iam-public-trust",
    ROLE,
    kind=Kind.EXPOSES,
    severity=Severity.CRITICAL,
    summary="Roles are assumed only by those whom they name",
    why="A role that anyone can assume gives its rights to every AWS account in the world.",
    remedy="Name the accounts or roles in `Principal`, or add a condition on `aws:PrincipalOrgID`",
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
        lax = _lax_operator(clause.statement, key)
        fix = f"Add `StringLike` on `{key}`" + (f", such as '{example}'" if example else "")
        yield Finding(
            problem=f"{clause.name} lets everybody who has an account at '{issuer}' assume the "
            "role" + (f", since `{lax}` is true without the claim" if lax else ""),
            part=clause.name,
            wanted=f"a condition that holds `{key}` to one organization, spelt out before any "
            "wildcard",
            fix=f"Write `{_strict(lax)}` in place of `{lax}`" if lax else fix,
        )
    elif issuers and not shared and not clause.statement.conditions:
        yield Finding(
            problem=f"{clause.name} lets every identity of {listed(issuers.values())} assume the "
            "role",
            part=clause.name,
            wanted="a condition on the token's `sub`",
            fix="Add the condition, such as StringEquals on `<provider>:sub`",
        )


def _lax_operator(statement: Statement, key: str) -> str:
    """The operator of a condition that would name a customer, were it not true without the key."""
    for condition in statement.conditions:
        strict = replace(condition, operator=_strict(condition.operator))
        named = condition.key.lower().removeprefix(SCHEME) == key.lower() and _names_one(strict)
        if named and strict != condition:
            return condition.operator
    return ""


def _strict(operator: str) -> str:
    return _TRUE_WITHOUT_KEY.sub("", operator)


LISTS: Final = ("aws_accounts", "image_registries")


@cache
def aws_accounts() -> frozenset[str]:
    """The accounts that write into one's own resources, and those of AWS's images, of all regions.

    The lists have them by service and region, each service with its source.
    """
    services = [service for name in LISTS for service in load(name).entries.values()]
    return frozenset(account for service in services for account in service["accounts"].values())


PROPERTIES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(DOCUMENT_TYPES, ("policy",)),
    ROLE: ("assumeRolePolicy", "inlinePolicies", "managedPolicyArns", "permissionsBoundary"),
    **dict.fromkeys(ATTACHMENT_TYPES, ("policyArn",)),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": ("policy",),
    "aws:kms/key:Key": ("policy",),
    "aws:s3/bucketPolicy:BucketPolicy": ("policy",),
    "aws:secretsmanager/secretPolicy:SecretPolicy": ("policy",),
    "aws:sns/topicPolicy:TopicPolicy": ("policy",),
    "aws:sqs/queue:Queue": ("policy",),
    "aws:sqs/queuePolicy:QueuePolicy": ("policy",),
}
"""The properties with policy documents and the ARNs of policies."""

ACCOUNT: Final = re.compile(
    r"""
    arn:[\w-]+:[\w-]*:[\w-]*:(\d{12})(?!\d)  # in an ARN, which may end there
    | (?:^|")(\d{12})(?=\\*"|$)  # a text of its own, in JSON or in JSON inside JSON
    """,
    re.VERBOSE,
)


def _account(text: str) -> str:
    if not re.fullmatch(r"\d{12}", text, re.ASCII):
        kind = "account_id"
        raise PydanticCustomError(kind, "wanted the id of an account, 12 digits")
    return text


AccountId = Annotated[str, AfterValidator(_account)]


class AccountLiteral(RuleConfig):
    """Settings of iam-account-literal."""

    allowed_accounts: tuple[AccountId, ...] = Field(
        default=(), description="Ids of other accounts that policies may name, 12 digits each"
    )


@stack_rule(
    "iam-account-literal",
    *PROPERTIES,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Policies name no account but the stack's own",
    why="An id that was copied from another environment, or from an emulator, either grants "
    "nothing or lets a stranger in.",
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
    good=(
        Example(
            type="aws:sqs/queue:Queue",
            name="tasks",
            properties={"arn": "arn:aws:sqs:eu-west-1:111122223333:tasks.fifo"},
        ),
        Example(
            type="aws:iam/rolePolicy:RolePolicy",
            name="worker",
            properties={
                "policy": '{"Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", '
                '"Resource": "arn:aws:sqs:eu-west-1:111122223333:tasks.fifo"}]}'
            },
            references={"policy": ("tasks",)},
        ),
    ),
    bad=(
        Example(
            type="aws:sqs/queue:Queue",
            name="tasks",
            properties={"arn": "arn:aws:sqs:eu-west-1:111122223333:tasks.fifo"},
        ),
        Example(
            type="aws:iam/rolePolicy:RolePolicy",
            name="worker",
            properties={
                "policy": '{"Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", '
                '"Resource": "arn:aws:sqs:eu-west-1:000000000000:tasks.fifo"}]}'
            },
        ),
    ),
)
def account_literal(resource: Resource, graph: Graph, config: AccountLiteral) -> Findings:
    """Finds ids that come neither from the stack's own accounts nor from a resource.

    The value of a policy does not show whether an id was looked up or typed in, and the stack's own
    id is right either way. The own account is the one that the resource's provider tells, or else
    the one in the ARNs of what such providers made. Before it is known, nothing can be judged: an
    emulator's stack rightly names the emulator's account. Services of AWS write from accounts of
    AWS.
    """
    told, found_in_arns = graph.once(own_accounts)
    own = told | found_in_arns
    home = account_of_provider(resource.provider) or found_in_arns
    for key in PROPERTIES[resource.type]:
        if not is_given(resource, key):
            continue
        try:
            found = _accounts_in(resource.raw(key))
        except Unreadable as unreadable:
            yield Unreadable(unreadable.path, unreadable.reason, resource)
            continue
        strange = found.difference(own, config.allowed_accounts, aws_accounts())
        if strange:
            sources = (graph.by_urn(urn) for urn in resource.references.get(key, ()))
            strange.difference_update(
                *(_accounts_in(source.values) for source in sources if source)
            )
        if not strange:
            continue
        named = f"names account {listed(sorted(strange))}"
        if not home:
            reason = f"{named}, and the stack's own is not known yet"
            yield Unreadable(key, reason, resource)
            continue
        yield Finding(
            problem=f"`{key}` {named}",
            wanted=f"the stack's own, {listed(sorted(own))}, or one of `allowedAccounts` of "
            "iam-account-literal",
            fix="Take the ARN from the resource, or the id from `aws.get_caller_identity`",
        )


def _accounts_in(value: Value) -> set[str]:
    """The account ids in all texts of a value, JSON or not."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return {in_arn or bare for in_arn, bare in ACCOUNT.findall(text)}
