"""Encryption of a queue and the policy that says who may use it."""

import json
from collections.abc import Mapping

import pytest

from aws_policy_pack.rules.sqs.access import encryption, policy_not_public, policy_tls_only
from aws_policy_pack.rules.sqs.links import QUEUE_POLICY
from aws_policy_pack.testing import UNKNOWN, Example, analyze, analyze_stack, remediate
from aws_policy_pack.type_tokens import QUEUE
from tests.policies.rules.reading import problems
from tests.policies.rules.sqs_stacks import (
    ACCOUNT,
    DEVELOPER_GUIDE,
    nobody_knows_whose,
    policy_beside,
    queue,
)

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234"
ALLOW = {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": f"{ACCOUNT}orders"}
EVERYONE = {**ALLOW, "Principal": "*"}
DENY_PLAIN_HTTP = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sqs:*",
    "Resource": f"{ACCOUNT}orders",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def document(*statements: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def test_a_queue_without_encryption_is_told() -> None:
    [report] = analyze(encryption, {"sqsManagedSseEnabled": False})
    assert report.level == "advisory"
    assert report.message == (
        "subject: `sqsManagedSseEnabled` is false and `kmsMasterKeyId` is not set; wanted one of "
        "the two kinds of encryption. Fix: Set `sqsManagedSseEnabled` to true, or give a "
        f"`kmsMasterKeyId`. {DEVELOPER_GUIDE}/sqs-server-side-encryption.html"
    )


def test_a_queue_without_a_key_of_kms_is_told_where_it_is_required() -> None:
    [report] = analyze(encryption, {"sqsManagedSseEnabled": True}, config={"requireKms": True})
    assert report.message == (
        "subject: `kmsMasterKeyId` is not set; wanted a key of KMS (`requireKms` of "
        "sqs-encryption). Fix: Set `kmsMasterKeyId` to the id of a key that the queue's users may "
        f"use. {DEVELOPER_GUIDE}/sqs-server-side-encryption.html"
    )


OPEN = "subject: `sqsManagedSseEnabled` is false and `kmsMasterKeyId` is not set"


@pytest.mark.parametrize(
    ("properties", "require_kms", "expected"),
    [
        pytest.param({}, False, [], id="sqs-encrypts-by-default"),
        pytest.param({"sqsManagedSseEnabled": None}, False, [], id="null"),
        pytest.param({"sqsManagedSseEnabled": True}, False, [], id="sqs"),
        pytest.param({"kmsMasterKeyId": KEY}, False, [], id="kms"),
        pytest.param(
            {"sqsManagedSseEnabled": False, "kmsMasterKeyId": KEY}, False, [], id="kms-and-not-sqs"
        ),
        pytest.param({"sqsManagedSseEnabled": "false"}, False, [OPEN], id="false-as-text"),
        pytest.param(
            {"sqsManagedSseEnabled": False, "kmsMasterKeyId": ""}, False, [OPEN], id="empty-key"
        ),
        pytest.param({"kmsMasterKeyId": KEY}, True, [], id="kms-where-required"),
        pytest.param({}, True, ["subject: `kmsMasterKeyId` is not set"], id="required-and-absent"),
        pytest.param(
            {"kmsMasterKeyId": ""},
            True,
            ["subject: `kmsMasterKeyId` is ''"],
            id="required-and-empty",
        ),
        pytest.param(
            {"sqsManagedSseEnabled": False, "kmsMasterKeyId": UNKNOWN},
            False,
            ["not evaluated: subject: `kmsMasterKeyId` is not known yet"],
            id="unknown-key",
        ),
        pytest.param(
            {"sqsManagedSseEnabled": UNKNOWN},
            False,
            ["not evaluated: subject: `sqsManagedSseEnabled` is not known yet"],
            id="unknown",
        ),
        pytest.param(
            {"kmsMasterKeyId": UNKNOWN},
            True,
            ["not evaluated: subject: `kmsMasterKeyId` is not known yet"],
            id="required-and-unknown",
        ),
        pytest.param(
            {"sqsManagedSseEnabled": {"a": UNKNOWN}},
            False,
            ["not evaluated: subject: `sqsManagedSseEnabled` is an object, not true or false"],
            id="wrong-kind",
        ),
    ],
)
def test_messages_are_encrypted(
    properties: Mapping[str, object],
    require_kms: bool,  # noqa: FBT001 - a pytest parameter
    expected: list[str],
) -> None:
    found = analyze(encryption, properties, config={"requireKms": require_kms})
    assert problems(found) == expected


@pytest.mark.parametrize(
    ("properties", "require_kms", "after"),
    [
        pytest.param(
            {"sqsManagedSseEnabled": False}, False, {"sqsManagedSseEnabled": True}, id="open"
        ),
        pytest.param({"sqsManagedSseEnabled": False, "kmsMasterKeyId": KEY}, False, None, id="kms"),
        pytest.param({}, False, None, id="default"),
        pytest.param({"sqsManagedSseEnabled": False}, True, None, id="no-key-to-choose"),
    ],
)
def test_the_fix_switches_the_encryption_of_sqs_on(
    properties: Mapping[str, object],
    require_kms: bool,  # noqa: FBT001 - a pytest parameter
    after: Mapping[str, object] | None,
) -> None:
    mended = remediate(encryption, properties, config={"requireKms": require_kms})
    assert (None if mended is None else dict(mended)) == after


@pytest.mark.parametrize("place", [QUEUE, QUEUE_POLICY])
def test_a_public_statement_is_told(place: str) -> None:
    properties = {"policy": document({**EVERYONE, "Sid": "Senders"})}
    [report] = analyze(policy_not_public, properties, type=place)
    assert report.level == "mandatory"
    assert report.part == "statement 'Senders' of policy"
    assert report.message == (
        "subject: statement 'Senders' of `policy` allows 'sqs:SendMessage' to everyone; wanted "
        "principals by name, or a condition such as `aws:SourceArn` that holds the caller. Fix: "
        "Name the roles or services in `Principal`, or add such a condition. https://docs.aws.amazon.com/"
        "securityhub/latest/userguide/sqs-controls.html#sqs-3"
    )


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param(None, [], id="null"),
        pytest.param("", [], id="empty"),
        pytest.param("{}", [], id="no-statement"),
        pytest.param(document({**ALLOW, "Principal": {"AWS": "111122223333"}}), [], id="account"),
        pytest.param(document(DENY_PLAIN_HTTP), [], id="denial"),
        pytest.param(
            document(
                {**EVERYONE, "Condition": {"ArnEquals": {"aws:SourceArn": f"{ACCOUNT}orders"}}}
            ),
            [],
            id="condition",
        ),
        pytest.param(
            document(
                EVERYONE,
                {
                    **DENY_PLAIN_HTTP,
                    "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}},
                },
            ),
            [],
            id="denial-to-all-but-an-organisation",
        ),
        pytest.param(
            document(EVERYONE),
            ["subject: statement 1 of `policy` allows 'sqs:SendMessage' to everyone"],
            id="without-a-name",
        ),
        pytest.param(
            document(DENY_PLAIN_HTTP, EVERYONE, {**EVERYONE, "Action": ["sqs:*", "sns:*"]}),
            [
                "subject: statement 2 of `policy` allows 'sqs:SendMessage' to everyone",
                "subject: statement 3 of `policy` allows 'sqs:*', 'sns:*' to everyone",
            ],
            id="each-statement",
        ),
        pytest.param(
            {"Statement": [EVERYONE]},
            ["subject: statement 1 of `policy` allows 'sqs:SendMessage' to everyone"],
            id="object",
        ),
        pytest.param(UNKNOWN, ["not evaluated: subject: `policy` is not known yet"], id="unknown"),
        pytest.param(
            {"Statement": [{**EVERYONE, "Principal": {"AWS": UNKNOWN}}]},
            ["not evaluated: subject: `policy.Statement[0].Principal.AWS` is not known yet"],
            id="unknown-principal",
        ),
        pytest.param(
            [1], ["not evaluated: subject: `policy` is a list, not an object"], id="wrong-kind"
        ),
    ],
)
def test_a_queue_policy_names_who_it_lets_in(policy: object, expected: list[str]) -> None:
    assert problems(analyze(policy_not_public, {"policy": policy})) == expected


def test_a_queue_without_a_policy_is_not_public() -> None:
    assert analyze(policy_not_public, {}, type=QUEUE) == []


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        pytest.param(None, "it has no policy", id="none"),
        pytest.param(document(EVERYONE), "its policy does not deny plain HTTP", id="another"),
    ],
)
def test_a_queue_open_to_plain_http_is_told(policy: str | None, problem: str) -> None:
    [report] = analyze_stack(policy_tls_only, [queue("orders", policy=policy)])
    assert (report.level, report.name) == ("advisory", "orders")
    assert report.message == (
        f"orders: {problem}; wanted a statement that denies 'sqs:*' to everyone where "
        "`aws:SecureTransport` is 'false'. Fix: Add a `QueuePolicy` with this statement. "
        f"{DEVELOPER_GUIDE}/sqs-security-best-practices.html"
    )


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param([queue("orders", policy=document(DENY_PLAIN_HTTP))], [], id="in-the-queue"),
        pytest.param(
            [queue("orders"), policy_beside("orders", document(EVERYONE, DENY_PLAIN_HTTP))],
            [],
            id="beside-the-queue",
        ),
        pytest.param(
            [
                queue("orders", policy=document(DENY_PLAIN_HTTP)),
                policy_beside("orders", UNKNOWN),
            ],
            [],
            id="one-is-enough",
        ),
        pytest.param([queue("orders", policy="")], ["orders: it has no policy"], id="empty"),
        pytest.param(
            [queue("orders", policy=UNKNOWN)],
            ["orders: it has no policy"],
            id="policy-that-the-provider-fills",
        ),
        pytest.param(
            [queue("a"), queue("b"), policy_beside("b", document(DENY_PLAIN_HTTP))],
            ["a: it has no policy"],
            id="policy-of-another-queue",
        ),
        pytest.param(
            [queue("orders"), policy_beside("orders", UNKNOWN)],
            ["not evaluated: orders-policy: `policy` is not known yet"],
            id="unknown",
        ),
        pytest.param(
            [queue("orders"), nobody_knows_whose(QUEUE_POLICY, "policy")],
            ["not evaluated: stray: `queueUrl` is not known yet"],
            id="policy-of-an-unknown-queue",
        ),
    ],
)
def test_a_queue_policy_denies_plain_http(stack: list[Example], expected: list[str]) -> None:
    assert problems(analyze_stack(policy_tls_only, stack)) == expected
