"""Administrators, IAM users, and policies that a role has twice."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.policy_documents import Statement, named_actions
from aws_policy_pack.resource import Graph, Resource, Unreadable, is_given, survey
from aws_policy_pack.rule import (
    Example,
    Finding,
    Findings,
    Kind,
    Severity,
    judge_each,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.rules.iam.documents import (
    DOCUMENT_TYPES,
    ROLE_POLICY,
    Clause,
    covers_everything,
    is_every_action,
    is_every_role,
    is_whole_service,
    judge_rights,
    matches,
)
from aws_policy_pack.type_tokens import ROLE
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
    yield from judge_rights(resource, _judge_clause)


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
    every_action = any(map(is_every_action, statement.actions))
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


ROLE_KEY = {ROLE_ATTACHMENT: "role", POLICY_ATTACHMENT: "roles", ROLE_POLICY: "role"}
"""The property in which a resource beside the role names it."""

MADE_BY = {"managedPolicyArns": "policyArn", "inlinePolicies": "name"}
"""A role's own list of policies, and the property of a resource that makes one of the same."""


@stack_rule(
    "iam-inline-and-attachment-conflict",
    ROLE,
    together=True,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="The policies of a role are all given on the role or all in resources of their own",
    why="The provider detaches every policy that the role's own list does not have, so the role "
    "loses rights with every second update.",
    url="https://www.pulumi.com/registry/packages/aws/api-docs/iam/role/",
    good=(
        Example(type=ROLE, name="tasks", properties={"name": "tasks-prod"}),
        Example(
            type=ROLE_ATTACHMENT,
            name="logs",
            properties={"policyArn": "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess"},
            references={"role": ("tasks",)},
        ),
    ),
    bad=(
        Example(
            type=ROLE,
            name="tasks",
            properties={
                "name": "tasks-prod",
                "managedPolicyArns": ["arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"],
            },
        ),
        Example(
            type=ROLE_ATTACHMENT,
            name="logs",
            properties={"policyArn": "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess"},
            references={"role": ("tasks",)},
        ),
    ),
)
def inline_and_attachment_conflict(graph: Graph) -> Findings:
    """Compares `managedPolicyArns` with attachments, and `inlinePolicies` with role policies."""
    beside = {
        "managedPolicyArns": graph.of_type(ROLE_ATTACHMENT, POLICY_ATTACHMENT),
        "inlinePolicies": graph.of_type(ROLE_POLICY),
    }
    for key, resources in beside.items():
        placed, unread = survey(resources, lambda item: _roles_of(item, graph))
        yield from unread
        others: dict[Resource, list[Resource]] = {}
        for item, roles in placed:
            for role in roles:
                others.setdefault(role, []).append(item)
        for role in graph.of_type(ROLE):
            yield from _judge(role, key, others.get(role, ()))


def _roles_of(resource: Resource, graph: Graph) -> tuple[Resource, ...]:
    return graph.referenced(resource, ROLE_KEY[resource.type], ROLE)


def _judge(role: Resource, key: str, others: Sequence[Resource]) -> Iterator[Finding]:
    if others and _has_own(role, key, others):
        yield Finding(
            problem=f"has `{key}` beside {listed(other.name for other in others)}",
            wanted=f"`{key}` or resources, not both",
            fix=f"Turn `{key}` into resources of their own",
            resource=role,
        )


def _has_own(role: Resource, key: str, others: Sequence[Resource]) -> bool:
    """Whether the program itself gives policies on the role.

    Where the engine keeps no dependencies of the property, the value may be what the provider
    found in AWS; then it has nothing that the resources do not make.
    """
    if not is_given(role, key):
        return False
    if key in role.references:
        return True
    try:
        own = _policies_of(role, key)
    except Unreadable:
        # What the provider finds is known throughout, so this comes from the program.
        return True
    made, _ = survey(others, lambda other: other.text(MADE_BY[key]))
    return not own <= {identity for _, identity in made}


def _policies_of(role: Resource, key: str) -> set[str | None]:
    if key == "managedPolicyArns":
        return set(role.texts(key))
    # The provider writes one empty policy for "none".
    return {policy.text("name") for policy in role.objects(key) if policy.keys()}
