"""Policies that are longer than IAM takes them."""

import json

import pytest

from aws_policy_pack.rules.iam.documents import GROUP_POLICY, POLICY, ROLE_POLICY, USER_POLICY
from aws_policy_pack.rules.iam.validity import policy_size
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from aws_policy_pack.type_tokens import ROLE
from tests.policies.rules.reading import problems

URL = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
WAY_OUT = "Name several actions or resources by a pattern"


def text(characters: int) -> str:
    """A document of so many characters, beside white space that does not count."""
    frame = '{"Id":""}'
    return '{ "Id":\n"' + "x" * (characters - len(frame)) + '" }'


def policy(kind: str, characters: int, name: str = "send", **properties: object) -> Example:
    return Example(
        type=kind, name=name, properties={"policy": text(characters), "name": name, **properties}
    )


def role(trust: int = 100, **properties: object) -> Example:
    given = {"name": "tasks-dev", "assumeRolePolicy": text(trust), **properties}
    return Example(type=ROLE, name="tasks", properties=given, references={"inlinePolicies": ()})


def said(*stack: Example, **config: object) -> list[str]:
    return problems(analyze_stack(policy_size, stack, config=config))


def test_a_finding_names_the_size_and_the_limit() -> None:
    [report] = analyze_stack(policy_size, [policy(POLICY, 6145)])
    assert (report.level, report.name) == ("mandatory", "send")
    assert report.message == (
        "send: `policy` has 6145 characters without white space; wanted at most 6144. "
        f"Fix: {WAY_OUT}, or divide the policy in two. {URL}"
    )


@pytest.mark.parametrize("characters", [100, 6144], ids=["short", "greatest"])
def test_a_managed_policy_of_at_most_the_greatest_length_passes(characters: int) -> None:
    assert said(policy(POLICY, characters)) == []


def test_an_object_counts_as_the_text_that_it_becomes() -> None:
    document = json.loads(text(6145))
    [found] = said(Example(type=POLICY, name="send", properties={"policy": document}))
    assert found == "send: `policy` has 6145 characters without white space"


@pytest.mark.parametrize(
    ("kind", "key", "most"),
    [(ROLE_POLICY, "role", 10240), (USER_POLICY, "user", 2048), (GROUP_POLICY, "group", 5120)],
)
def test_inline_policies_of_one_identity_count_together(kind: str, key: str, most: int) -> None:
    first = policy(kind, most - 100, "first", **{key: "tasks-dev"})
    assert said(first, policy(kind, 100, "second", **{key: "tasks-dev"})) == []
    assert said(first, policy(kind, 101, "second", **{key: "others-dev"})) == []
    [report] = analyze_stack(
        policy_size, [first, policy(kind, 101, "second", **{key: "tasks-dev"})]
    )
    assert report.message == (
        f"first: the inline policies 'first', 'second' have {most + 1} characters without white "
        f"space; wanted at most {most} together for one {key}. Fix: {WAY_OUT}, or turn some of "
        f"them into managed policies. {URL}"
    )


def test_policies_on_a_role_count_with_those_beside_it() -> None:
    own = [{"name": "read", "policy": text(10200)}]
    beside = policy(ROLE_POLICY, 41, role="tasks-dev")
    [found] = said(role(inlinePolicies=own), beside)
    assert found == (
        "tasks: the inline policies 'read', 'send' have 10241 characters without white space"
    )


def test_policies_without_a_name_are_told_by_their_number() -> None:
    [found] = said(role(inlinePolicies=[{"policy": text(5121)}, {"policy": text(5121)}]))
    assert found == (
        "tasks: the inline policies '1', '2' have 10242 characters without white space"
    )


@pytest.mark.parametrize("name", [UNKNOWN, "", None], ids=["unknown", "empty", "none"])
def test_a_policy_without_a_known_name_is_told_by_its_logical_one(name: object) -> None:
    [found] = said(
        Example(
            type=ROLE_POLICY,
            name="send",
            properties={"name": name, "role": "tasks-dev", "policy": text(10241)},
        )
    )
    assert found == ("send: the inline policies 'send' have 10241 characters without white space")


def test_a_policy_is_called_as_in_the_program() -> None:
    given = {"name": "send-0ec2664", "role": "tasks-dev", "policy": text(10241)}
    [found] = said(Example(type=ROLE_POLICY, name="send", properties=given))
    assert found.startswith("send: the inline policies 'send' have 10241 characters")


def test_what_the_provider_shows_of_a_policy_beside_the_role_counts_once() -> None:
    shown = [{"name": "send-0ec2664", "policy": text(6000)}]
    given = {"name": "send-0ec2664", "role": "tasks-dev", "policy": text(6000)}
    beside = Example(type=ROLE_POLICY, name="send", properties=given)
    assert said(role(inlinePolicies=shown), beside) == []


@pytest.mark.parametrize("name", [UNKNOWN, "", None], ids=["unknown", "empty", "none"])
def test_two_policies_without_a_known_name_count_both(name: object) -> None:
    given = {"name": name, "role": "tasks-dev", "policy": text(6000)}
    stack = [Example(type=ROLE_POLICY, name=each, properties=given) for each in ("read", "send")]
    [found] = said(*stack)
    assert found.startswith("read: the inline policies 'read', 'send' have 12000 characters")


def test_policies_of_one_role_name_in_two_accounts_do_not_count_together() -> None:
    providers = [
        Example(type="pulumi:providers:aws", name=name, properties={"region": "us-east-1"})
        for name in ("blue", "green")
    ]
    stack = [
        Example(
            type=ROLE_POLICY,
            name=f"in-{provider.name}",
            properties={"policy": text(6000), "role": "tasks-dev"},
            provider=provider.name,
        )
        for provider in providers
    ]
    assert said(*providers, *stack) == []


def test_a_trust_policy_is_held_to_the_quota_that_the_profile_tells() -> None:
    [report] = analyze_stack(policy_size, [role(2049)])
    assert report.message == (
        "tasks: `assumeRolePolicy` has 2049 characters without white space; wanted at most 2048 "
        "(`trustCharacters` of iam-policy-size). Fix: Name fewer principals, or have the quota "
        f"raised and set `trustCharacters`. {URL}"
    )
    assert said(role(2048)) == []
    assert said(role(4096), trustCharacters=4096) == []


def test_a_policy_that_is_not_known_does_not_hide_the_others() -> None:
    unknown = Example(
        type=ROLE_POLICY, name="later", properties={"policy": UNKNOWN, "role": "tasks-dev"}
    )
    assert said(unknown, policy(POLICY, 7000)) == [
        "send: `policy` has 7000 characters without white space",
        "not evaluated: later: `policy` is not known yet",
    ]
