"""Policies that a role has both inline and attached."""

from collections.abc import Iterator, Sequence

from aws_policy_pack.given import is_given
from aws_policy_pack.resource import Graph, Resource, Unreadable, survey
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule
from aws_policy_pack.rules.iam.administrators import POLICY_ATTACHMENT, ROLE_ATTACHMENT
from aws_policy_pack.rules.iam.documents import ROLE, ROLE_POLICY
from aws_policy_pack.wording import listed

ROLE_KEY = {ROLE_ATTACHMENT: "role", POLICY_ATTACHMENT: "roles", ROLE_POLICY: "role"}
"""The property in which a resource beside the role names it."""

MADE_BY = {"managedPolicyArns": "policyArn", "inlinePolicies": "name"}
"""A role's own list of policies, and the property of a resource that makes one of the same."""


@stack_rule(
    "iam-inline-and-attachment-conflict",
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
