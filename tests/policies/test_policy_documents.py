"""Policy documents in all the forms that AWS takes, and who they let in."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given

from aws_policy_pack.policy_documents import (
    Condition,
    Principal,
    Statement,
    denies_plain_http,
    named_actions,
    statements,
    statements_of,
)
from aws_policy_pack.resource import UNKNOWN, Properties, Unreadable
from aws_policy_pack.wire import Value
from tests.policies.policy_statements import ALLOW_ANYONE, QUEUE, ROLE, document, statement
from tests.policies.strategies import mutated

DENY_PLAIN_HTTP: Mapping[str, Value] = {
    **ALLOW_ANYONE,
    "Effect": "Deny",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def test_a_statement_is_read_with_all_its_elements() -> None:
    assert statement(
        {
            "Sid": "Senders",
            "Effect": "Allow",
            "Principal": {"AWS": [ROLE, "111122223333"], "Service": "sns.amazonaws.com"},
            "Action": ["sqs:SendMessage", "sqs:GetQueueUrl"],
            "Resource": QUEUE,
            "Condition": {
                "Bool": {"aws:SecureTransport": True},
                "StringEquals": {"aws:SourceAccount": ["111122223333", "444455556666"]},
                "NumericLessThan": {"aws:MultiFactorAuthAge": 300},
            },
        }
    ) == Statement(
        sid="Senders",
        effect="Allow",
        principals=(
            Principal(kind="AWS", name=ROLE),
            Principal(kind="AWS", name="111122223333"),
            Principal(kind="Service", name="sns.amazonaws.com"),
        ),
        not_principals=(),
        actions=("sqs:SendMessage", "sqs:GetQueueUrl"),
        not_actions=(),
        resources=(QUEUE,),
        not_resources=(),
        conditions=(
            Condition(operator="Bool", key="aws:SecureTransport", values=("true",)),
            Condition(
                operator="StringEquals",
                key="aws:SourceAccount",
                values=("111122223333", "444455556666"),
            ),
            Condition(operator="NumericLessThan", key="aws:MultiFactorAuthAge", values=("300",)),
        ),
    )


def test_what_a_statement_leaves_out_is_read_too() -> None:
    assert statement(
        {
            "NotPrincipal": {"AWS": ROLE},
            "NotAction": "sqs:DeleteQueue",
            "NotResource": [QUEUE],
        }
    ) == Statement(
        sid="",
        effect="",
        principals=(),
        not_principals=(Principal(kind="AWS", name=ROLE),),
        actions=(),
        not_actions=("sqs:DeleteQueue",),
        resources=(),
        not_resources=(QUEUE,),
        conditions=(),
    )


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param({"Statement": ALLOW_ANYONE}, id="one-statement-without-a-list"),
        pytest.param({"Statement": [ALLOW_ANYONE]}, id="a-list-of-statements"),
        pytest.param(json.dumps({"Statement": [ALLOW_ANYONE]}), id="json-text"),
    ],
)
def test_all_forms_of_a_document_are_read_alike(policy: Value) -> None:
    found = statements(Properties(lambda: {"policy": policy}).object("policy"))
    assert [item.sid for item in found] == ["Anyone"]


def test_a_document_without_statements_has_none() -> None:
    assert statements(Properties(dict)) == ()


@pytest.mark.parametrize(
    ("policy", "sids"),
    [
        pytest.param(None, [], id="absent"),
        pytest.param("", [], id="empty"),
        pytest.param("{}", [], id="no-statement"),
        pytest.param({"Statement": ALLOW_ANYONE}, ["Anyone"], id="object"),
        pytest.param(json.dumps({"Statement": ALLOW_ANYONE}), ["Anyone"], id="json-text"),
    ],
)
def test_the_document_in_a_property_is_read(policy: Value, sids: list[str]) -> None:
    holder = Properties(lambda: {"policy": policy})
    assert [item.sid for item in statements_of(holder, "policy")] == sids


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        pytest.param("Action", UNKNOWN, "`Statement[0].Action` is not known yet", id="unknown"),
        pytest.param(
            "Resource",
            [QUEUE, UNKNOWN],
            "`Statement[0].Resource[1]` is not known yet",
            id="unknown-in-a-list",
        ),
        pytest.param(
            "Principal",
            {"AWS": [UNKNOWN]},
            "`Statement[0].Principal.AWS[0]` is not known yet",
            id="unknown-principal",
        ),
        pytest.param(
            "Principal", {"AWS": [None]}, "`Principal.AWS[0]` is not a text", id="null-principal"
        ),
        pytest.param(
            "Principal",
            {"AWS": {"Ref": "role"}},
            "`Principal.AWS` is not a text or a list of texts",
            id="principal-as-an-object",
        ),
        pytest.param("Condition", ["Bool"], "`Condition` is not an object", id="conditions-listed"),
        pytest.param(
            "Condition", {"Bool": "true"}, "`Condition.Bool` is not an object", id="bare-operator"
        ),
    ],
)
def test_a_part_that_cannot_be_read_is_named(key: str, value: Value, message: str) -> None:
    with pytest.raises(Unreadable) as raised:
        statements(document({**ALLOW_ANYONE, key: value}))
    assert str(raised.value) == message


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="the-usual-form"),
        pytest.param({"Principal": {"AWS": "*"}}, id="every-aws-principal"),
        pytest.param({"Action": "*"}, id="all-actions"),
        pytest.param({"Action": ["sqs:Get*", "SQS:*"]}, id="action-in-any-case"),
        pytest.param({"Condition": {"Bool": {"AWS:secureTransport": False}}}, id="json-false"),
        pytest.param({"Condition": {"bool": {"aws:SecureTransport": ["False"]}}}, id="in-a-list"),
        pytest.param(
            {"Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}}, id="if-exists"
        ),
    ],
)
def test_a_denial_of_plain_http_is_recognised(change: Mapping[str, Value]) -> None:
    assert denies_plain_http(statement({**DENY_PLAIN_HTTP, **change}))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"Effect": "Allow"}, id="allows-it"),
        pytest.param({"Effect": "deny"}, id="an-effect-that-aws-refuses"),
        pytest.param({"Principal": "#"}, id="a-principal-that-aws-refuses"),
        pytest.param({"Action": "#"}, id="an-action-that-aws-refuses"),
        pytest.param({"Principal": {"AWS": ROLE}}, id="for-one-role"),
        pytest.param({"Action": ["sqs:SendMessage"]}, id="for-one-action"),
        pytest.param({"Action": None, "NotAction": "sqs:*"}, id="for-other-actions"),
        pytest.param({"Condition": {}}, id="without-a-condition"),
        pytest.param({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, id="denies-tls"),
        pytest.param(
            {"Condition": {"Bool": {"aws:SecureTransport": ["true", "false"]}}}, id="denies-both"
        ),
        pytest.param({"Condition": {"Bool": {"aws:SecureTransport": []}}}, id="no-value"),
        pytest.param({"Condition": {"Bool": {"aws:ViaAWSService": "false"}}}, id="another-key"),
        pytest.param({"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}, id="mfa"),
        pytest.param(
            {"Condition": {"Null": {"aws:SecureTransport": "false"}}}, id="another-operator"
        ),
        pytest.param(
            {
                "Condition": {
                    "Bool": {"aws:SecureTransport": "false"},
                    "StringEquals": {"aws:SourceVpc": "vpc-1"},
                }
            },
            id="only-from-one-vpc",
        ),
    ],
)
def test_a_denial_that_spares_somebody_does_not_count(change: Mapping[str, Value]) -> None:
    assert not denies_plain_http(statement({**DENY_PLAIN_HTTP, **change}))


@given(properties=mutated({"Statement": [{**DENY_PLAIN_HTTP, "NotPrincipal": {"AWS": ROLE}}]}))
def test_a_document_of_any_shape_is_read_or_refused(properties: dict[str, Value]) -> None:
    try:
        found = statements(Properties(lambda: properties))
    except Unreadable:
        return
    assert all(denies_plain_http(item) <= (item.effect == "Deny") for item in found)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        pytest.param({"Action": "sqs:*"}, "'sqs:*'", id="an action"),
        pytest.param(
            {"Action": [f"sqs:{letter}" for letter in "ABCDEFG"]},
            "'sqs:A', 'sqs:B', 'sqs:C', 'sqs:D', 'sqs:E' and 2 more",
            id="many actions",
        ),
        pytest.param(
            {"NotAction": ["sqs:A", "sqs:B"]}, "every action but 'sqs:A', 'sqs:B'", id="not"
        ),
        pytest.param({}, "nothing", id="no action"),
    ],
)
def test_what_a_statement_is_about_is_said(part: Value, expected: str) -> None:
    [statement] = statements(document(part))
    assert named_actions(statement) == expected
