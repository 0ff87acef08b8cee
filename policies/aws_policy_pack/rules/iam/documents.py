"""Where IAM resources keep their policy documents, and what a statement lets somebody do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from aws_policy_pack.policy_documents import Statement, statements
from aws_policy_pack.resource import Properties, Resource
from aws_policy_pack.rule import Findings, judge_each
from aws_policy_pack.rules.iam.grammar import action_wanted, resource_wanted, trust_action_wanted
from aws_policy_pack.type_tokens import ROLE
from aws_policy_pack.wording import shown

ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICY = "aws:iam/policy:Policy"
USER_POLICY = "aws:iam/userPolicy:UserPolicy"
GROUP_POLICY = "aws:iam/groupPolicy:GroupPolicy"
DOCUMENT_TYPES = (ROLE_POLICY, POLICY, USER_POLICY, GROUP_POLICY, ROLE)

ANY_NAME = "\0/\0"
"""A path and name that no role has, and that no pattern for some roles matches."""

FIELDS = 6
"""The fields of an ARN: itself, partition, service, region, account, resource."""
SHORTEST_ARN = 3
"""The fields of an ARN that ends in the service, of which IAM completes the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A policy document of an IAM resource.

    Attributes:
        owner: The object that has the document as a property.
        key: The property's name.
        place: Its path from the resource's root.
        is_trust: Whether it says who may assume a role, rather than what somebody may do.
    """

    owner: Properties
    key: str
    place: str
    is_trust: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A statement, and what a finding calls it.

    Attributes:
        statement: The statement.
        beside: All statements of its document.
        name: What a finding calls it.
        is_trust: Whether the document says who may assume a role.
    """

    statement: Statement
    beside: tuple[Statement, ...]
    name: str
    is_trust: bool


def documents(resource: Resource) -> Iterator[Document]:
    """The policy documents of an IAM resource."""
    if resource.type != ROLE:
        yield Document(owner=resource, key="policy", place="policy", is_trust=False)
        return
    key = "assumeRolePolicy"
    yield Document(owner=resource, key=key, place=key, is_trust=True)
    for index, inline in enumerate(resource.objects("inlinePolicies")):
        place = f"inlinePolicies[{index}].policy"
        yield Document(owner=inline, key="policy", place=place, is_trust=False)


def judge_clauses(resource: Resource, judge: Callable[[Clause], Findings]) -> Findings:
    """Judges each statement of each document that can be read."""

    def judge_document(document: Document) -> Findings:
        read = statements(document.owner.object(document.key))
        for number, statement in enumerate(read, start=1):
            name = f"statement {shown(statement.sid or number)} of `{document.place}`"
            yield from judge(
                Clause(statement=statement, beside=read, name=name, is_trust=document.is_trust)
            )

    yield from judge_each(documents(resource), judge_document)


def judge_rights(resource: Resource, judge: Callable[[Clause], Findings]) -> Findings:
    """Judges each statement without the actions and resources that IAM refuses.

    What IAM refuses allows nothing: `iam-policy-document-valid` finds it, and no other rule.
    """

    def judge_accepted(clause: Clause) -> Findings:
        return judge(replace(clause, statement=_accepted(clause)))

    yield from judge_clauses(resource, judge_accepted)


def _accepted(clause: Clause) -> Statement:
    statement = clause.statement
    refusal = trust_action_wanted if clause.is_trust else action_wanted
    return replace(
        statement,
        actions=tuple(action for action in statement.actions if not refusal(action)),
        resources=tuple(name for name in statement.resources if not resource_wanted(name)),
    )


def allows(statement: Statement, action: str) -> bool:
    """Whether the statement allows an action on some resource."""
    if statement.effect != "Allow":
        return False
    if statement.not_actions:
        return not any(matches(action, pattern) for pattern in statement.not_actions)
    return any(matches(action, pattern) for pattern in statement.actions)


def matches(action: str, pattern: str) -> bool:
    """Whether an action pattern means an action; AWS compares them without case."""
    return fnmatchcase(action.lower(), pattern.lower())


def is_whole_service(action: str) -> bool:
    """Whether an action pattern leaves out no action of its service."""
    name = action.rpartition(":")[2]
    return "*" in name and set(name) <= {"*", "?"}


def is_every_action(action: str) -> bool:
    """Whether an action pattern that IAM takes leaves out no action of any service."""
    return is_whole_service(action) and action.partition(":")[0] == "*"


def covers_everything(statement: Statement) -> bool:
    """Whether the statement is about every resource, of all services or of one."""
    return bool(statement.not_resources) or any(map(is_everything, statement.resources))


def arn_fields(pattern: str) -> list[str]:
    """The fields of an ARN pattern: IAM takes `*` for those that are left out.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    fields = pattern.split(":", maxsplit=FIELDS - 1)
    if fields[0] == "arn" and len(fields) in range(SHORTEST_ARN, FIELDS):
        fields += ["*"] * (FIELDS - len(fields))
    return fields


def is_everything(resource: str) -> bool:
    """Whether an ARN pattern leaves nothing out, such as `*` and `arn:aws:sqs`."""
    match arn_fields(resource):
        case [_, _, _, region, account, rest]:
            return {region, account} <= {"", "*"} and "*" in rest and set(rest) <= set("*/:")
        case _:
            return set(resource) == {"*"}


def is_every_role(resource: str) -> bool:
    """Whether an ARN pattern leaves no role out, of its account or of all."""
    match arn_fields(resource):
        case [_, _, service, _, _, rest]:
            return matches("iam", service) and fnmatchcase(f"role/{ANY_NAME}", rest)
        case _:
            return is_everything(resource)
