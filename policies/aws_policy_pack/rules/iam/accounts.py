"""Account ids that are written into policies."""

import json
import re
from collections.abc import Mapping
from typing import Final

from pydantic import Field

from aws_policy_pack.accounts import account_of_provider, own_accounts
from aws_policy_pack.config import RuleConfig
from aws_policy_pack.given import is_given
from aws_policy_pack.resource import Graph, Resource, Unreadable
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule
from aws_policy_pack.rules.iam.administrators import ATTACHMENT_TYPES
from aws_policy_pack.rules.iam.aws_accounts import aws_accounts
from aws_policy_pack.rules.iam.documents import DOCUMENT_TYPES, ROLE
from aws_policy_pack.wire import Value
from aws_policy_pack.wording import listed

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


class AccountLiteral(RuleConfig):
    """Settings of iam-account-literal."""

    allowed_accounts: tuple[str, ...] = Field(
        default=(), description="Ids of other accounts that policies may name"
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
