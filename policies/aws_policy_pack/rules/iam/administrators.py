"""Administrators and IAM users."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.parts import judge_each
from aws_policy_pack.policy_documents import Statement, named_actions
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.iam.documents import (
    DOCUMENT_TYPES,
    EVERY_ACTION,
    Clause,
    covers_everything,
    is_every_role,
    is_whole_service,
    judge_clauses,
    matches,
)
from aws_policy_pack.wording import listed, shown

ROLE_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
USER_ATTACHMENT = "aws:iam/userPolicyAttachment:UserPolicyAttachment"
GROUP_ATTACHMENT = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment"
POLICY_ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment"
ATTACHMENT_TYPES = (ROLE_ATTACHMENT, USER_ATTACHMENT, GROUP_ATTACHMENT, POLICY_ATTACHMENT)
USER = "aws:iam/user:User"
ACCESS_KEY = "aws:iam/accessKey:AccessKey"
LOGIN_PROFILE = "aws:iam/userLoginProfile:UserLoginProfile"

SAID_OF = {
    USER: "is an IAM user",
    ACCESS_KEY: "is an access key",
    LOGIN_PROFILE: "is a password of an IAM user",
}

AWS_POLICY = ":iam::aws:policy/"


class AdministratorAccess(RuleConfig):
    """Settings of iam-administrator-access."""

    policies: tuple[str, ...] = Field(
        default=("AdministratorAccess", "IAMFullAccess"),
        description="Names of AWS's own policies that make an administrator",
    )


@resource_rule(
    "iam-administrator-access",
    *ATTACHMENT_TYPES,
    *DOCUMENT_TYPES,
    kind=Kind.PRACTICE,
    severity=Severity.CRITICAL,
    summary="Nothing in the stack is an administrator of the account",
    why="Whoever takes over a task with such a role owns the account.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-1",
    controls=("Security Hub IAM.1", "CKV_AWS_62", "CKV_AWS_274"),
    good={"policyArn": "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"},
    bad={"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
)
def administrator_access(resource: Resource, config: AdministratorAccess) -> Findings:
    """Looks at attached policies, and at statements that allow all of IAM on every role.

    Who has all of IAM gives itself the rest; AWS's own IAMFullAccess is such a policy. A statement
    of all actions but a few leaves out all of IAM, as PowerUserAccess does, or is one as well.
    """
    if resource.type in ATTACHMENT_TYPES:
        yield from _judge_arns("policyArn", resource, config)
        return
    yield from judge_each(["managedPolicyArns"], lambda key: _judge_arns(key, resource, config))
    yield from judge_clauses(resource, _judge_clause)


def _judge_arns(key: str, resource: Resource, config: AdministratorAccess) -> Iterator[Finding]:
    for arn in resource.texts(key):
        if AWS_POLICY in arn and arn.rpartition("/")[2] in config.policies:
            yield Finding(
                problem=f"`{key}` has {shown(arn)}",
                wanted=f"none of {listed(config.policies)} (`policies` of "
                "iam-administrator-access)",
                fix="Attach a policy with the actions and resources that are needed",
            )


def _judge_clause(clause: Clause) -> Findings:
    statement = clause.statement
    if statement.effect != "Allow" or not (
        statement.not_resources or any(map(is_every_role, statement.resources))
    ):
        return
    every_action = any(action in EVERY_ACTION for action in statement.actions)
    if every_action and covers_everything(statement):
        problem = "every action on every resource"
    elif every_action or _has_all_of_iam(statement):
        problem = f"{named_actions(statement)} on every role, which amounts to every right"
    else:
        return
    yield Finding(
        problem=f"{clause.name} allows {problem}",
        wanted="the actions and resources that are needed",
        fix="List them in `Action` and `Resource`",
        place=clause.name,
    )


def _has_all_of_iam(statement: Statement) -> bool:
    if statement.not_actions:
        return not any(map(_is_all_of_iam, statement.not_actions))
    return any(map(_is_all_of_iam, statement.actions))


def _is_all_of_iam(action: str) -> bool:
    return is_whole_service(action) and matches("iam", action.partition(":")[0])


class NoUsers(RuleConfig):
    """Settings of iam-no-users."""

    allowed_users: tuple[str, ...] = Field(
        default=(), description="Names or globs of users that may be, such as one that sends mail"
    )


@resource_rule(
    "iam-no-users",
    USER,
    ACCESS_KEY,
    LOGIN_PROFILE,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="There are no IAM users, access keys and passwords",
    why="They never expire and are found in repositories and on laptops; roles and single sign-on "
    "hand out credentials that end by themselves.",
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-users-federation-idp",
    controls=("CKV_AWS_273",),
    good={"name": "mail-sender"},
    bad={"name": "deployer"},
    example_config={"allowedUsers": ["mail-*"]},
)
def no_users(resource: Resource, config: NoUsers) -> Findings:
    """The user's name is read only where some users are allowed."""
    key = "name" if resource.type == USER else "user"
    problem, wanted = SAID_OF[resource.type], "no IAM users"
    if config.allowed_users:
        name = resource.text(key) or resource.name
        if any(fnmatchcase(name, pattern) for pattern in config.allowed_users):
            return
        problem = f"{problem} for {shown(name)}"
        wanted = f"one of {listed(config.allowed_users)}"
    yield Finding(
        problem=problem,
        wanted=f"{wanted} (`allowedUsers` of iam-no-users)",
        fix="Use a role, with single sign-on for people",
    )
