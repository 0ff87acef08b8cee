"""Buckets: who can reach them, how they are encrypted, and what becomes of old objects."""

import json
from collections.abc import Mapping

import pytest

from aws_policy_pack.rules import s3
from aws_policy_pack.rules.s3 import (
    ACCOUNT_BLOCK,
    BLOCKS,
    BUCKET,
    BUCKET_POLICY,
    BUCKETS,
    ENCRYPTIONS,
    LIFECYCLES,
    PUBLIC_ACCESS_BLOCK,
)
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from tests.policies.rules.reading import problems

ARN = "arn:aws:s3:::data-dev"
CLOSED = dict.fromkeys(BLOCKS, True)
DENY_PLAIN_HTTP = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [ARN, f"{ARN}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
CONTROLS_URL = "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html"


def bucket(kind: str = BUCKET, **properties: object) -> Example:
    return Example(type=kind, name="data", properties={"bucket": "data-dev"} | properties)


def beside(kind: str, properties: Mapping[str, object], *, of: str | None = "data") -> Example:
    """A setting of a bucket as a resource of its own; `of` is the bucket, if anything says it."""
    return Example(
        type=kind,
        name="setting",
        properties={"bucket": UNKNOWN, **properties},
        references={} if of is None else {"bucket": (of,)},
    )


def account(**properties: object) -> Example:
    return Example(type=ACCOUNT_BLOCK, name="account", properties=properties)


def policy(*resources: str, **changes: object) -> str:
    statement = {**DENY_PLAIN_HTTP, **({"Resource": resources} if resources else {}), **changes}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def default_encryption(algorithm: object) -> dict[str, object]:
    return {"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm}}


def test_a_block_that_leaves_something_open_is_told() -> None:
    block = beside(
        PUBLIC_ACCESS_BLOCK,
        {"blockPublicAcls": True, "ignorePublicAcls": True, "blockPublicPolicy": False},
    )
    [report] = analyze_stack(s3.public_access_block, [bucket(), block])
    assert (report.level, report.name) == ("mandatory", "setting")
    assert report.message == (
        "setting: `blockPublicPolicy` is false, `restrictPublicBuckets` is not set; wanted true "
        "for all four settings. Fix: Set them to true, or remove the block: S3 blocks public "
        "access to new buckets. https://docs.aws.amazon.com/AmazonS3/latest/userguide/"
        "access-control-block-public-access.html"
    )


@pytest.mark.parametrize("setting", BLOCKS)
def test_each_of_the_four_settings_counts(setting: str) -> None:
    for value, shown in ((False, "false"), (None, "not set"), ("false", "'false'")):
        block = beside(PUBLIC_ACCESS_BLOCK, {**CLOSED, setting: value})
        found = analyze_stack(s3.public_access_block, [bucket(), block])
        assert problems(found) == [f"setting: `{setting}` is {shown}"]


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param([bucket()], [], id="s3-blocks-by-default"),
        pytest.param([bucket(), beside(PUBLIC_ACCESS_BLOCK, CLOSED)], [], id="closed"),
        pytest.param(
            [bucket(), beside(PUBLIC_ACCESS_BLOCK, {}), account(**CLOSED)],
            [],
            id="closed-by-the-account",
        ),
        pytest.param(
            [bucket(), beside(PUBLIC_ACCESS_BLOCK, CLOSED), account(blockPublicAcls=UNKNOWN)],
            [],
            id="account-not-needed",
        ),
        pytest.param(
            [
                bucket(),
                beside(PUBLIC_ACCESS_BLOCK, {"blockPublicAcls": True, "ignorePublicAcls": True}),
                account(blockPublicPolicy=True, restrictPublicBuckets=False),
            ],
            ["setting: `restrictPublicBuckets` is not set"],
            id="closed-by-the-account-in-part",
        ),
        pytest.param(
            [bucket(), beside(PUBLIC_ACCESS_BLOCK, {}), account(blockPublicAcls=UNKNOWN)],
            ["not evaluated: account: `blockPublicAcls` is not known yet"],
            id="unknown-account",
        ),
        pytest.param(
            [
                bucket(),
                beside(PUBLIC_ACCESS_BLOCK, {"blockPublicAcls": UNKNOWN}),
                account(**CLOSED),
            ],
            [],
            id="unknown-and-closed-by-the-account",
        ),
        pytest.param(
            [bucket(), beside(PUBLIC_ACCESS_BLOCK, {**CLOSED, "blockPublicPolicy": UNKNOWN})],
            ["not evaluated: setting: `blockPublicPolicy` is not known yet"],
            id="unknown",
        ),
        pytest.param(
            [bucket(), beside(PUBLIC_ACCESS_BLOCK, {**CLOSED, "blockPublicPolicy": [UNKNOWN]})],
            ["not evaluated: setting: `blockPublicPolicy` is a list, not true or false"],
            id="wrong-kind",
        ),
    ],
)
def test_public_access_stays_blocked(stack: list[Example], expected: list[str]) -> None:
    assert problems(analyze_stack(s3.public_access_block, stack)) == expected


@pytest.mark.parametrize(
    ("stack", "used"),
    [
        pytest.param([bucket()], "not set, so that S3 takes 'AES256'", id="default"),
        pytest.param(
            [bucket(), beside(ENCRYPTIONS[0], {"rules": [default_encryption("AES256")]})],
            "'AES256'",
            id="key-of-s3",
        ),
    ],
)
def test_a_bucket_without_a_key_of_kms_is_told_where_it_is_required(
    stack: list[Example], used: str
) -> None:
    [report] = analyze_stack(s3.encrypted, stack, config={"requireKms": True})
    assert (report.level, report.name) == ("advisory", "data")
    assert report.message == (
        f"data: `sseAlgorithm` is {used}; wanted 'aws:kms' or 'aws:kms:dsse' (`requireKms` of "
        "s3-encrypted). Fix: Add a `BucketServerSideEncryptionConfiguration` with 'aws:kms' and a "
        "key. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html"
    )


@pytest.mark.parametrize("kind", ENCRYPTIONS)
@pytest.mark.parametrize("algorithm", ["aws:kms", "aws:kms:dsse"])
def test_a_key_of_kms_beside_the_bucket_will_do(kind: str, algorithm: str) -> None:
    stack = [bucket(), beside(kind, {"rules": [default_encryption(algorithm)]})]
    assert analyze_stack(s3.encrypted, stack, config={"requireKms": True}) == []


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param(
            [bucket(serverSideEncryptionConfiguration={"rule": default_encryption("aws:kms")})],
            [],
            id="in-the-bucket",
        ),
        pytest.param(
            [
                bucket(
                    BUCKETS[1],
                    serverSideEncryptionConfigurations=[
                        {
                            "rules": [
                                {
                                    "applyServerSideEncryptionByDefaults": [
                                        {"sseAlgorithm": "aws:kms"}
                                    ]
                                }
                            ]
                        }
                    ],
                )
            ],
            [],
            id="in-the-second-kind-of-bucket",
        ),
        pytest.param(
            [bucket(serverSideEncryptionConfiguration={"rule": default_encryption("AES256")})],
            ["data: `sseAlgorithm` is 'AES256'"],
            id="key-of-s3-in-the-bucket",
        ),
        pytest.param(
            [bucket(serverSideEncryptionConfiguration=UNKNOWN)],
            ["data: `sseAlgorithm` is not set, so that S3 takes 'AES256'"],
            id="the-provider-fills-it",
        ),
        pytest.param(
            [bucket(), beside(ENCRYPTIONS[0], {"rules": [{"bucketKeyEnabled": True}]})],
            ["data: `sseAlgorithm` is not set, so that S3 takes 'AES256'"],
            id="rule-without-a-default",
        ),
        pytest.param(
            [bucket(), beside(ENCRYPTIONS[0], {"rules": [default_encryption(UNKNOWN)]})],
            [
                (
                    "not evaluated: setting: "
                    "`rules[0].applyServerSideEncryptionByDefault.sseAlgorithm` is not known yet"
                )
            ],
            id="unknown",
        ),
        pytest.param(
            [
                bucket(serverSideEncryptionConfiguration={"rule": default_encryption("aws:kms")}),
                beside(ENCRYPTIONS[0], {"rules": UNKNOWN}),
            ],
            [],
            id="one-is-enough",
        ),
        pytest.param(
            [bucket(), beside(ENCRYPTIONS[0], {"rules": []}, of=None)],
            ["not evaluated: setting: `bucket` is not known yet"],
            id="of-an-unknown-bucket",
        ),
        pytest.param(
            [
                bucket(),
                beside(
                    ENCRYPTIONS[0],
                    {"bucket": "data-dev", "rules": [default_encryption("aws:kms")]},
                    of=None,
                ),
            ],
            [],
            id="of-the-bucket-by-its-name",
        ),
    ],
)
def test_objects_are_encrypted_with_kms_where_required(
    stack: list[Example], expected: list[str]
) -> None:
    found = analyze_stack(s3.encrypted, stack, config={"requireKms": True})
    assert problems(found) == expected


def test_any_encryption_of_s3_will_do_unless_kms_is_required() -> None:
    assert analyze_stack(s3.encrypted, [bucket(serverSideEncryptionConfiguration=UNKNOWN)]) == []


@pytest.mark.parametrize(
    ("stack", "problem"),
    [
        pytest.param([bucket()], "it has no policy", id="no-policy"),
        pytest.param(
            [bucket(), beside(BUCKET_POLICY, {"policy": policy(Effect="Allow")})],
            "its policy does not deny plain HTTP",
            id="another-policy",
        ),
        pytest.param(
            [bucket(), beside(BUCKET_POLICY, {"policy": policy(f"{ARN}/*")})],
            f"its policy denies plain HTTP for '{ARN}/*' only",
            id="objects-only",
        ),
    ],
)
def test_a_bucket_open_to_plain_http_is_told(stack: list[Example], problem: str) -> None:
    [report] = analyze_stack(s3.tls_only, stack)
    assert (report.level, report.name) == ("advisory", "data")
    assert report.message == (
        f"data: {problem}; wanted a statement that denies 's3:*' on the bucket and on its objects "
        "to everyone where `aws:SecureTransport` is 'false'. Fix: Add this statement to a "
        "`BucketPolicy`, with the bucket's `arn` and that with '/*' as `Resource`. "
        f"{CONTROLS_URL}#s3-5"
    )


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param([bucket(policy=policy())], [], id="in-the-bucket"),
        pytest.param([bucket(BUCKETS[1], policy=policy())], [], id="in-the-second-kind-of-bucket"),
        pytest.param([bucket(), beside(BUCKET_POLICY, {"policy": policy()})], [], id="beside-it"),
        pytest.param([bucket(policy=policy("*"))], [], id="everything"),
        pytest.param([bucket(policy=policy(f"{ARN}*"))], [], id="one-pattern-for-both"),
        pytest.param(
            [bucket(policy=policy(ARN)), beside(BUCKET_POLICY, {"policy": policy(f"{ARN}/*")})],
            [],
            id="in-two-policies",
        ),
        pytest.param(
            [bucket(policy=policy(ARN))],
            [f"data: its policy denies plain HTTP for '{ARN}' only"],
            id="bucket-only",
        ),
        pytest.param([bucket(policy="")], ["data: it has no policy"], id="empty"),
        pytest.param([bucket(policy=UNKNOWN)], ["data: it has no policy"], id="the-provider-fills"),
        pytest.param(
            [bucket(), beside(BUCKET_POLICY, {"policy": UNKNOWN})],
            ["not evaluated: setting: `policy` is not known yet"],
            id="unknown",
        ),
        pytest.param(
            [bucket(policy=policy()), beside(BUCKET_POLICY, {"policy": UNKNOWN})],
            [],
            id="one-is-enough",
        ),
        pytest.param(
            [bucket(), beside(BUCKET_POLICY, {"policy": policy()}, of=None)],
            ["not evaluated: setting: `bucket` is not known yet"],
            id="of-an-unknown-bucket",
        ),
        pytest.param(
            [
                bucket(),
                Example(type=BUCKET, name="other"),
                beside(BUCKET_POLICY, {"policy": policy()}, of="other"),
            ],
            ["data: it has no policy"],
            id="of-another-bucket",
        ),
    ],
)
def test_a_bucket_policy_denies_plain_http(stack: list[Example], expected: list[str]) -> None:
    assert problems(analyze_stack(s3.tls_only, stack)) == expected


def test_of_settings_of_unknown_buckets_the_first_is_told() -> None:
    stray = [
        Example(type=BUCKET_POLICY, name=name, properties={"bucket": UNKNOWN})
        for name in ("first", "second")
    ]
    assert problems(analyze_stack(s3.tls_only, [bucket(), *stray])) == [
        "not evaluated: first: `bucket` is not known yet"
    ]


@pytest.mark.parametrize(
    ("stack", "problem"),
    [
        pytest.param([bucket()], "it has no lifecycle rules", id="none"),
        pytest.param(
            [bucket(), beside(LIFECYCLES[0], {"rules": [{"status": "Disabled"}]})],
            "none of its lifecycle rules is switched on",
            id="switched-off",
        ),
    ],
)
def test_a_bucket_without_lifecycle_is_told(stack: list[Example], problem: str) -> None:
    [report] = analyze_stack(s3.lifecycle, stack)
    assert (report.level, report.name) == ("advisory", "data")
    assert report.message == (
        f"data: {problem}; wanted at least one rule that is switched on. Fix: Add a "
        "`BucketLifecycleConfiguration` that expires what is not needed, or at least ends "
        f"unfinished uploads. {CONTROLS_URL}#s3-13"
    )


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param([bucket(lifecycleRules=[{"enabled": True}])], [], id="in-the-bucket"),
        pytest.param(
            [bucket(BUCKETS[1], lifecycleRules=[{"enabled": False}, {"enabled": True}])],
            [],
            id="second-rule-of-the-second-kind",
        ),
        pytest.param(
            [bucket(), beside(LIFECYCLES[0], {"rules": [{"status": "Enabled"}]})],
            [],
            id="beside-it",
        ),
        pytest.param(
            [bucket(), beside(LIFECYCLES[1], {"rules": [{"status": "Enabled"}]})],
            [],
            id="second-kind-beside-it",
        ),
        pytest.param(
            [bucket(lifecycleRules=[{"enabled": False}])],
            ["data: none of its lifecycle rules is switched on"],
            id="switched-off",
        ),
        pytest.param(
            [bucket(), beside(LIFECYCLES[0], {"rules": [{"status": "enabled"}]})],
            ["data: none of its lifecycle rules is switched on"],
            id="status-that-s3-refuses",
        ),
        pytest.param(
            [bucket(lifecycleRules=[])], ["data: it has no lifecycle rules"], id="empty-list"
        ),
        pytest.param([bucket(lifecycleRules=None)], ["data: it has no lifecycle rules"], id="null"),
        pytest.param(
            [bucket(lifecycleRules=UNKNOWN)],
            ["data: it has no lifecycle rules"],
            id="the-provider-fills-it",
        ),
        pytest.param(
            [bucket(lifecycleRules=[{"enabled": UNKNOWN}])],
            ["not evaluated: data: `lifecycleRules[0].enabled` is not known yet"],
            id="unknown",
        ),
        pytest.param(
            [bucket(), beside(LIFECYCLES[0], {"rules": [{"status": [UNKNOWN]}]})],
            ["not evaluated: setting: `rules[0].status` is a list, not text"],
            id="wrong-kind",
        ),
        pytest.param(
            [bucket(lifecycleRules=[{"enabled": True}]), beside(LIFECYCLES[0], {"rules": UNKNOWN})],
            [],
            id="one-is-enough",
        ),
        pytest.param(
            [bucket(), beside(LIFECYCLES[0], {"rules": []}, of=None)],
            ["not evaluated: setting: `bucket` is not known yet"],
            id="of-an-unknown-bucket",
        ),
    ],
)
def test_a_lifecycle_rule_is_switched_on(stack: list[Example], expected: list[str]) -> None:
    assert problems(analyze_stack(s3.lifecycle, stack)) == expected
