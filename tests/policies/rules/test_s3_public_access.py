"""Buckets stay closed to the public."""

import pytest

from aws_policy_pack.rules import s3
from aws_policy_pack.rules.s3 import ACCOUNT_BLOCK, BLOCKS, PUBLIC_ACCESS_BLOCK
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from tests.policies.rules.reading import problems
from tests.policies.rules.s3_buckets import beside, bucket

CLOSED = dict.fromkeys(BLOCKS, True)


def account(**properties: object) -> Example:
    return Example(type=ACCOUNT_BLOCK, name="account", properties=properties)


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
