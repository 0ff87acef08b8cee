"""What IAM policies allow: too many actions, on too many resources."""

from functools import cache

from aws_policy_pack.lists import load
from aws_policy_pack.policy_documents import Statement, named_actions
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.iam.documents import (
    DOCUMENT_TYPES,
    Clause,
    allows,
    covers_everything,
    is_every_role,
    is_everything,
    is_whole_service,
    judge_rights,
    matches,
)
from aws_policy_pack.wording import first_few, listed, shown


@cache
def scopable_actions() -> tuple[str, ...]:
    """The actions of common services that take a resource, in lower case.

    What is not here takes no resource, such as `ecr:GetAuthorizationToken`, or is one of the few
    that the file names as left out, or belongs to a service that the file does not have. Source:
    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """
    return tuple(
        f"{service}:{action}"
        for service, actions in load("scopable_actions").entries.items()
        for action in actions.split()
    )


@cache
def is_scopable(pattern: str) -> bool:
    """Whether a pattern such as `ecs:Describe*` means an action that can be limited."""
    return any(matches(action, pattern) for action in scopable_actions())


PASS_ROLE = "iam:PassRole"  # noqa: S105 - an action, not a password
QUEUE_ARN = "arn:aws:sqs:eu-west-1:111122223333:tasks.fifo"


def _policy(**statement: object) -> dict[str, object]:
    return {"policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}}


@resource_rule(
    "iam-wildcard-action",
    *DOCUMENT_TYPES,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="IAM policies name the actions that they allow",
    why="A wildcard allows what is dangerous beside what is needed, and what AWS adds next year.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-21",
    controls=("Security Hub IAM.21", "CKV_AWS_63"),
    yields_to=("iam-administrator-access",),
    good=_policy(Action=["sqs:ReceiveMessage", "sqs:DeleteMessage"], Resource=QUEUE_ARN),
    bad=_policy(Action=["sqs:*"], Resource=QUEUE_ARN),
)
def wildcard_action(resource: Resource) -> Findings:
    """Wildcards for a part of a service, such as `ecs:Describe*`, pass."""

    def judge(clause: Clause) -> Findings:
        statement = clause.statement
        wide = [action for action in statement.actions if is_whole_service(action)]
        if statement.effect == "Allow" and (wide or statement.not_actions):
            said = listed(wide) if wide else named_actions(statement)
            yield Finding(
                problem=f"{clause.name} allows {said}",
                wanted="the actions that are needed, by name",
                part=", ".join(wide) or clause.name,
                fix="List the actions in `Action`",
                place=clause.name,
            )

    yield from judge_rights(resource, judge)


@resource_rule(
    "iam-wildcard-resource",
    *DOCUMENT_TYPES,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="IAM policies name the resources on which they allow actions",
    why="Whoever takes over one task can then read every queue, secret and bucket of the account.",
    url="https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    controls=("CKV_AWS_355",),
    yields_to=("iam-administrator-access", "iam-pass-role-scoped"),
    good=_policy(Action=["ecr:GetAuthorizationToken"], Resource="*"),
    bad=_policy(Action=["sqs:ReceiveMessage"], Resource="*"),
)
def wildcard_resource(resource: Resource) -> Findings:
    """Passes actions that take no resource, and statements that a condition limits instead."""

    def judge(clause: Clause) -> Findings:
        statement = clause.statement
        if statement.effect != "Allow" or not covers_everything(statement):
            return
        actions = ("*",) if statement.not_actions else statement.actions
        wide = [
            shown(action)
            for action in actions
            if is_scopable(action) and not _is_limited(statement, action)
        ]
        if wide:
            said = named_actions(statement) if statement.not_actions else first_few(wide)
            yield Finding(
                problem=f"{clause.name} allows {said} on {_resources(statement)}",
                wanted="the ARNs of the resources that are needed",
                fix="Name the ARNs in `Resource`, and put actions that take no resource into a "
                "statement of their own",
                place=clause.name,
            )

    yield from judge_rights(resource, judge)


def _resources(statement: Statement) -> str:
    if statement.not_resources:
        return f"every resource but {listed(statement.not_resources)}"
    return listed(name for name in statement.resources if is_everything(name))


def _is_limited(statement: Statement, action: str) -> bool:
    """Whether a condition picks the resources: by their tag or owner, or by a key of the service.

    `ecs:ListTasks` on Fargate, for one, takes no resource that could be named, but the condition
    key `ecs:cluster`.
    """
    starts = ("aws:resource", f"{action.partition(':')[0].lower()}:")
    return any(condition.key.lower().startswith(starts) for condition in statement.conditions)


@resource_rule(
    "iam-pass-role-scoped",
    *DOCUMENT_TYPES,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Only named roles can be passed to services",
    why="Who can pass any role can start a task with an administrator's role, and is one.",
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    controls=("CKV_AWS_286",),
    yields_to=("iam-administrator-access",),
    good=_policy(Action="iam:PassRole", Resource="arn:aws:iam::111122223333:role/tasks-prod"),
    bad=_policy(Action="iam:PassRole", Resource="arn:aws:iam::111122223333:role/*"),
)
def pass_role_scoped(resource: Resource) -> Findings:
    """A role is not named by `role/*`, nor by a condition on the service it is passed to."""

    def judge(clause: Clause) -> Findings:
        statement = clause.statement
        if not allows(statement, PASS_ROLE):
            return
        wide = [name for name in statement.resources if is_every_role(name)]
        if wide or statement.not_resources:
            said = listed(wide) if wide else _resources(statement)
            yield Finding(
                problem=f"{clause.name} allows 'iam:PassRole' on {said}",
                wanted="the ARNs of the roles",
                fix="Name the task and execution roles in `Resource`",
                place=clause.name,
            )

    yield from judge_rights(resource, judge)
