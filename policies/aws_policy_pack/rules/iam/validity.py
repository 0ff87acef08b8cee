"""Policy documents that IAM would refuse, or would read otherwise than they are meant."""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.lists import load
from aws_policy_pack.resource import Graph, Properties, Resource, Unreadable, is_given, survey
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
    GROUP_POLICY,
    POLICY,
    ROLE_POLICY,
    USER_POLICY,
    Document,
    documents,
)
from aws_policy_pack.rules.iam.grammar import OLD_VERSION, VERSION, faults, variables_in
from aws_policy_pack.type_tokens import ROLE
from aws_policy_pack.wire import Value, read_json
from aws_policy_pack.wording import listed, shown


@resource_rule(
    "iam-policy-document-valid",
    *DOCUMENT_TYPES,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="IAM takes the policy documents as they are",
    why="IAM refuses a wrong document only during the update, when half of the stack has changed.",
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    good={
        "policy": '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", '
        '"Action": "ecr:GetAuthorizationToken", "Resource": "*"}]}'
    },
    bad={
        "policy": '{"Version": "2012-10-17", "Statement": [{"Effect": "allow", '
        '"Action": "ecr:GetAuthorizationToken", "Resource": "*"}]}'
    },
)
def policy_document_valid(resource: Resource) -> Findings:
    """Reads the documents raw: a wrong kind of value is what it looks for."""

    def judge(document: Document) -> Findings:
        try:
            value = _read(document)
        except ValueError as error:
            yield Finding(
                problem=f"`{document.place}` is not JSON: {error}",
                part=document.place,
                wanted="a policy document",
                fix="Build the document as an object, and turn that into JSON",
            )
            return
        for fault in faults(value, document.place, is_trust=document.is_trust):
            yield Finding(
                problem=fault.problem,
                wanted=fault.wanted,
                fix="Correct the policy document",
                part=fault.part,
            )

    yield from judge_each(documents(resource), judge)


def _read(document: Document) -> Value:
    """The document as its JSON spells it.

    Raises:
        ValueError: The text is not JSON.
    """
    value = document.owner.raw(document.key)
    if not isinstance(value, str):
        return value
    read: Value = read_json(value)
    return read


@resource_rule(
    "iam-policy-variables",
    *DOCUMENT_TYPES,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Policies with variables have the version that reads them",
    why="For the old version, which counts where none is given, `${aws:username}` is plain text: "
    "what the policy allows matches nothing, and what it denies stays allowed.",
    remedy="Set `Version` to '2012-10-17'",
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html",
    good={
        "policy": '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", '
        '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*"}]}'
    },
    bad={
        "policy": '{"Statement": [{"Effect": "Allow", '
        '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*"}]}'
    },
)
def policy_variables(resource: Resource) -> Findings:
    """Passes over what is not a document: `iam-policy-document-valid` finds that."""

    def judge(document: Document) -> Findings:
        try:
            value = _read(document)
        except ValueError:
            return
        if not isinstance(value, Mapping) or value.get("Version") not in (None, OLD_VERSION):
            return
        variables = sorted(set(variables_in(value.get("Statement"))))
        if variables:
            place = f"{document.place}.Version"
            yield Finding(
                problem=f"`{place}` is {shown(value.get('Version'))}, for which "
                f"{listed(variables)} is plain text",
                wanted=shown(VERSION),
                fix="Set `Version`",
                part=place,
            )

    yield from judge_each(documents(resource), judge)


_LIMITS: Final = load("iam_limits").entries
MOST_MANAGED: Final[int] = _LIMITS["managed"]
INLINE: Final = {
    ROLE_POLICY: ("role", ROLE),
    USER_POLICY: ("user", "aws:iam/user:User"),
    GROUP_POLICY: ("group", "aws:iam/group:Group"),
}
"""Types of inline policies to the property that names the identity, and the identity's type."""
CHARACTERS: Final = "characters without white space"
SHORTEN: Final = "Name several actions or resources by a pattern"


class PolicySize(RuleConfig):
    """What the account's quotas allow."""

    trust_characters: Annotated[int, Field(ge=1, le=_LIMITS["trust_at_most"])] = Field(
        default=_LIMITS["trust"],
        description="Most characters of a trust policy, as the account's quota `Role trust policy "
        "length` has it",
    )


def _example(queues: int) -> tuple[Example, ...]:
    resources = [f"arn:aws:sqs:us-east-1:111122223333:orders-{i:03}" for i in range(queues)]
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": resources}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return (Example(type=POLICY, name="send", properties={"policy": json.dumps(policy)}),)


@stack_rule(
    "iam-policy-size",
    POLICY,
    ROLE,
    *INLINE,
    together=True,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="Policies are no longer than IAM takes them",
    why="IAM refuses a policy that is too long, or the inline policy that makes the sum too long, "
    "only during the update, when half of the stack has changed.",
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    good=_example(queues=50),
    bad=_example(queues=150),
)
def policy_size(graph: Graph, config: PolicySize) -> Findings:
    """White space does not count. Inline policies of one identity count together."""
    managed, unread = survey(graph.of_type(POLICY), lambda policy: _characters(policy, "policy"))
    yield from unread
    for policy, size in managed:
        if size > MOST_MANAGED:
            yield Finding(
                problem=f"`policy` has {size} {CHARACTERS}",
                wanted=f"at most {MOST_MANAGED}",
                fix=f"{SHORTEN}, or divide the policy in two",
                resource=policy,
            )
    trusts, unread = survey(graph.of_type(ROLE), lambda role: _characters(role, "assumeRolePolicy"))
    yield from unread
    for role, size in trusts:
        if size > config.trust_characters:
            yield Finding(
                problem=f"`assumeRolePolicy` has {size} {CHARACTERS}",
                wanted=f"at most {config.trust_characters} (`trustCharacters` of iam-policy-size)",
                fix="Name fewer principals, or have the quota raised and set `trustCharacters`",
                resource=role,
            )
    for kind in INLINE:
        yield from _judge_inline(graph, kind)


def _judge_inline(graph: Graph, kind: str) -> Iterator[Finding | Unreadable]:
    key, identity = INLINE[kind]
    most = _LIMITS["inline"][key]
    beside, unread = survey(
        graph.of_type(kind),
        lambda policy: (_owner(policy, graph, kind), _characters(policy, "policy")),
    )
    yield from unread
    own, unread = survey(graph.of_type(identity), _own_inline)
    yield from unread
    parts: dict[Resource | str, dict[str, tuple[str, int]]] = {}
    reported: dict[Resource | str, Resource] = {}
    for policy, (owner, size) in beside:
        reported.setdefault(owner, owner if isinstance(owner, Resource) else policy)
        parts.setdefault(owner, {})[_name(policy)] = (policy.name, size)
    for owner, sizes in own:
        reported.setdefault(owner, owner)
        # The provider also shows on a role what resources beside it make.
        parts[owner] = {**sizes, **parts.get(owner, {})}
    for owner, sizes in parts.items():
        size = sum(characters for _, characters in sizes.values())
        if size > most:
            named = listed(name for name, _ in sizes.values())
            yield Finding(
                problem=f"the inline policies {named} have {size} {CHARACTERS}",
                wanted=f"at most {most} together for one {key}",
                fix=f"{SHORTEN}, or turn some of them into managed policies",
                resource=reported[owner],
            )


def _owner(policy: Resource, graph: Graph, kind: str) -> Resource | str:
    """The identity that an inline policy belongs to: in the stack, or elsewhere by its name."""
    key, identity = INLINE[kind]
    for owner in graph.referenced(policy, key, identity):
        return owner
    return f"{policy.provider and policy.provider.urn} {policy.text(key)}"


def _own_inline(identity: Resource) -> dict[str, tuple[str, int]]:
    """The inline policies that stand on the identity itself, as a role's may, by their names."""
    if not is_given(identity, "inlinePolicies"):
        return {}
    names = [
        (inline.text("name") or str(number), inline)
        for number, inline in enumerate(identity.objects("inlinePolicies"), start=1)
    ]
    return {name: (name, _characters(inline, "policy")) for name, inline in names}


def _name(policy: Resource) -> str:
    """The policy's name at AWS, and its logical name where that is not known yet."""
    name = policy.values.get("name")
    return name if isinstance(name, str) and name else policy.name


def _characters(owner: Properties, key: str) -> int:
    value = owner.raw(key)
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
    return len("".join(text.split()))
