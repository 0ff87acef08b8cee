"""Policies that a role has both inline and attached."""

import pytest

from aws_policy_pack.rules.iam.administrators import (
    POLICY_ATTACHMENT,
    ROLE_ATTACHMENT,
    inline_and_attachment_conflict,
)
from aws_policy_pack.rules.iam.documents import ROLE_POLICY
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from aws_policy_pack.type_tokens import ROLE
from tests.policies.rules import reading

READ = "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"
WRITE = "arn:aws:iam::aws:policy/AmazonSQSFullAccess"


def role(given: tuple[str, ...] = (), **properties: object) -> Example:
    """A role; `given` are the properties of which the engine says that the program gives them."""
    return Example(
        type=ROLE,
        name="tasks",
        properties={"name": "tasks-prod", **properties},
        references=dict.fromkeys(given, ()),
    )


def attachment(arn: object = WRITE, name: str = "write") -> Example:
    return Example(
        type=ROLE_ATTACHMENT,
        name=name,
        properties={"policyArn": arn},
        references={"role": ("tasks",)},
    )


def policy(name: object = "send") -> Example:
    return Example(
        type=ROLE_POLICY,
        name="send",
        properties={"name": name},
        references={"role": ("tasks",)},
    )


def problems(*resources: Example) -> list[str]:
    found = analyze_stack(inline_and_attachment_conflict, resources)
    return reading.problems(found)


def test_managed_policies_beside_attachments_are_found() -> None:
    stack = [role(managedPolicyArns=[READ]), attachment()]
    [report] = analyze_stack(inline_and_attachment_conflict, stack)
    assert report.level == "advisory"
    assert report.name == "tasks"
    assert report.message == (
        "tasks: has `managedPolicyArns` beside 'write'; wanted `managedPolicyArns` or resources, "
        "not both. Fix: Turn `managedPolicyArns` into resources of their own. "
        "https://www.pulumi.com/registry/packages/aws/api-docs/iam/role/"
    )


def test_inline_policies_beside_role_policies_are_found() -> None:
    assert problems(role(inlinePolicies=[{"name": "receive"}]), policy()) == [
        "tasks: has `inlinePolicies` beside 'send'"
    ]


def test_every_resource_beside_is_named() -> None:
    exclusive = Example(
        type=POLICY_ATTACHMENT,
        name="exclusive",
        properties={"policyArn": WRITE},
        references={"roles": ("tasks",)},
    )
    stack = [role(managedPolicyArns=[READ]), exclusive, attachment()]
    assert problems(*stack) == ["tasks: has `managedPolicyArns` beside 'write', 'exclusive'"]


@pytest.mark.parametrize(
    ("properties", "resources"),
    [
        pytest.param({"managedPolicyArns": [WRITE]}, [attachment()], id="an attachment"),
        pytest.param(
            {"managedPolicyArns": [WRITE, READ]},
            [attachment(), attachment(READ, "read")],
            id="two attachments",
        ),
        pytest.param({"inlinePolicies": [{"name": "send"}]}, [policy()], id="a role policy"),
        pytest.param({"inlinePolicies": [{}]}, [policy()], id="the provider's word for none"),
        pytest.param({"managedPolicyArns": []}, [attachment()], id="an empty list"),
        pytest.param({"managedPolicyArns": None}, [attachment()], id="null"),
        pytest.param({"managedPolicyArns": UNKNOWN}, [attachment()], id="not known yet"),
        pytest.param({}, [attachment(), policy()], id="nothing"),
        pytest.param({"inlinePolicies": [{"name": "a"}]}, [attachment()], id="another kind"),
        pytest.param({"managedPolicyArns": [READ]}, [policy()], id="the other kind"),
        pytest.param({"managedPolicyArns": [READ]}, [], id="no resource"),
    ],
)
def test_what_the_provider_reads_back_from_aws_is_no_conflict(
    properties: dict[str, object], resources: list[Example]
) -> None:
    assert problems(Example(type=ROLE, name="tasks", properties=properties), *resources) == []


@pytest.mark.parametrize(
    "arns",
    [
        pytest.param([WRITE], id="the same as attached"),
        pytest.param([], id="an empty list"),
        pytest.param(UNKNOWN, id="a list not known yet"),
    ],
)
def test_what_the_program_gives_is_a_conflict_whatever_it_is(arns: object) -> None:
    stack = [role(given=("managedPolicyArns",), managedPolicyArns=arns), attachment()]
    assert problems(*stack) == ["tasks: has `managedPolicyArns` beside 'write'"]


@pytest.mark.parametrize(
    ("own", "other"),
    [
        pytest.param([UNKNOWN], WRITE, id="an unknown policy on the role"),
        pytest.param([WRITE], UNKNOWN, id="an unknown policy attached"),
        pytest.param([WRITE, READ], WRITE, id="one policy more"),
    ],
)
def test_what_no_resource_explains_is_the_programs(own: object, other: object) -> None:
    assert problems(role(managedPolicyArns=own), attachment(other)) == [
        "tasks: has `managedPolicyArns` beside 'write'"
    ]


def test_a_role_by_its_literal_name_is_followed() -> None:
    literal = Example(
        type=ROLE_ATTACHMENT, name="write", properties={"role": "tasks-prod", "policyArn": WRITE}
    )
    assert problems(role(managedPolicyArns=[READ]), literal) == [
        "tasks: has `managedPolicyArns` beside 'write'"
    ]


def test_an_attachment_of_another_role_is_no_conflict() -> None:
    other = Example(type=ROLE_ATTACHMENT, name="write", properties={"role": "other"})
    assert problems(role(managedPolicyArns=[READ]), other) == []


@pytest.mark.parametrize("kind", [ROLE_ATTACHMENT, ROLE_POLICY])
def test_an_attachment_of_an_unknown_role_is_said_once(kind: str) -> None:
    stray = Example(type=kind, name="stray", properties={"role": UNKNOWN})
    assert problems(role(managedPolicyArns=[READ], inlinePolicies=[{"name": "a"}]), stray) == [
        "not evaluated: stray: `role` is not known yet"
    ]
