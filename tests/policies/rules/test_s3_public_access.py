"""Buckets stay closed to the public."""

from dataclasses import replace
from typing import Any

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


OWN, STRANGE = "111122223333", "999999999999"


def provider(name: str, account: str | None) -> Example:
    settings = {"allowedAccountIds": [account]} if account else {}
    return Example(type="pulumi:providers:aws", name=name, properties=settings)


def of_accounts(
    *,
    account_id: object = None,
    own: str | None = None,
    theirs: str | None = None,
    arn: str | None = None,
    is_filled_in: bool = False,
) -> list[str]:
    """An open block beside that of an account, each with a provider of its own.

    Args:
        account_id: What the account's block names.
        own: The account that the provider of the bucket's block tells.
        theirs: The account that the provider of the account's block tells.
        arn: The account of another resource's ARN.
        is_filled_in: Whether the provider, not the program, gave the id.
    """
    queue = Example(
        type="aws:sqs/queue:Queue",
        name="queue",
        properties={"arn": f"arn:aws:sqs:eu-west-1:{arn}:a"} if arn else {},
    )
    block = beside(PUBLIC_ACCESS_BLOCK, {})
    stack = [
        provider("own", own),
        provider("theirs", theirs),
        queue,
        bucket(),
        replace(block, provider="own"),
        replace(
            account(**CLOSED, **({"accountId": account_id} if account_id else {})),
            provider="theirs",
            references=dict.fromkeys(BLOCKS, ()) if is_filled_in else {},
        ),
    ]
    return problems(analyze_stack(s3.public_access_block, stack))


OPEN = ["setting: " + ", ".join(f"`{key}` is not set" for key in BLOCKS)]


NOT_TOLD = "not evaluated: account: `accountId` is {}, and nothing tells whether 'setting' is there"


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        pytest.param({"account_id": OWN, "own": OWN}, [], id="the buckets own"),
        pytest.param({"account_id": STRANGE, "own": OWN}, OPEN, id="a strange one"),
        pytest.param({"account_id": STRANGE, "own": OWN, "arn": OWN}, OPEN, id="strange to both"),
        pytest.param({"account_id": OWN, "arn": OWN}, [], id="that of an ARN"),
        pytest.param({"theirs": OWN, "own": OWN}, [], id="two providers of one account"),
        pytest.param({"theirs": STRANGE, "own": OWN}, OPEN, id="a provider of a strange one"),
        pytest.param({"theirs": OWN, "own": STRANGE}, OPEN, id="a bucket of a strange one"),
        pytest.param(
            {"account_id": STRANGE, "is_filled_in": True, "theirs": OWN, "own": OWN},
            [],
            id="an id that the provider fills in",
        ),
        pytest.param(
            {"account_id": STRANGE, "arn": OWN},
            [NOT_TOLD.format(f"'{STRANGE}'")],
            id="perhaps a strange one",
        ),
        pytest.param(
            {"own": OWN},
            [NOT_TOLD.format("not set")],
            id="that of a provider that does not tell it",
        ),
        pytest.param(
            {"account_id": UNKNOWN, "own": OWN},
            ["not evaluated: account: `accountId` is not known yet"],
            id="unknown",
        ),
    ],
)
def test_an_account_closes_its_own_buckets_alone(
    accounts: dict[str, Any], expected: list[str]
) -> None:
    assert of_accounts(**accounts) == expected


def test_an_id_that_the_provider_fills_in_says_nothing_of_whose_it_is() -> None:
    filled = replace(account(**CLOSED, accountId=STRANGE), references=dict.fromkeys(BLOCKS, ()))
    found = analyze_stack(
        s3.public_access_block, [bucket(), beside(PUBLIC_ACCESS_BLOCK, {}), filled]
    )
    assert found == []
