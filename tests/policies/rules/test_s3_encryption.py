"""How buckets are encrypted."""

import pytest

from aws_policy_pack.rules import s3
from aws_policy_pack.rules.s3 import BUCKETS, ENCRYPTIONS
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from tests.policies.rules.reading import problems
from tests.policies.rules.s3_buckets import beside, bucket


def default_encryption(algorithm: object) -> dict[str, object]:
    return {"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm}}


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
