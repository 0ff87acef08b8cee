"""Buckets answer no plain HTTP."""

import pytest

from aws_policy_pack.rules import s3
from aws_policy_pack.rules.s3 import BUCKET, BUCKET_POLICY, BUCKETS, WEBSITES
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from tests.policies.rules.reading import problems
from tests.policies.rules.s3_buckets import ARN, CONTROLS_URL, beside, bucket, policy


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
        *(
            pytest.param(
                [bucket(), beside(kind, {"indexDocument": {"suffix": "index.html"}})],
                [],
                id=kind.rpartition(":")[2],
            )
            for kind in WEBSITES
        ),
        pytest.param([bucket(website={"indexDocument": "a.html"})], [], id="a-website-in-itself"),
        pytest.param([bucket(website=UNKNOWN)], ["data: it has no policy"], id="no-website-given"),
        pytest.param(
            [bucket(), beside(WEBSITES[0], {}, of=None)],
            ["not evaluated: setting: `bucket` is not known yet"],
            id="whose-website-is-not-known",
        ),
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
