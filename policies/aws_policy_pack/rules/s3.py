"""Buckets: who can reach them, how they are encrypted, and what becomes of old objects."""

import json
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.policy_documents import Statement, denies_plain_http, statements_of
from aws_policy_pack.resource import (
    Graph,
    Properties,
    Resource,
    Unreadable,
    account_of_provider,
    is_given,
    own_accounts,
    survey,
)
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule
from aws_policy_pack.wording import listed, shown

BUCKET: Final = "aws:s3/bucket:Bucket"
BUCKETS: Final = (BUCKET, "aws:s3/bucketV2:BucketV2")
BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
PUBLIC_ACCESS_BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ACCOUNT_BLOCK: Final = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
ENCRYPTIONS: Final = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
)
LIFECYCLES: Final = (
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
)
WEBSITES: Final = (
    "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
    "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2",
)
BLOCKS: Final = (
    "blockPublicAcls",
    "blockPublicPolicy",
    "ignorePublicAcls",
    "restrictPublicBuckets",
)
ENCRYPTION_KEYS: Final = (
    "serverSideEncryptionConfiguration",
    "serverSideEncryptionConfigurations",
)
ACCOUNT_ID: Final = "accountId"
EMPTY: Final[tuple[object, ...]] = ("", [])
KMS: Final = ("aws:kms", "aws:kms:dsse")
BUCKET_ARN: Final = "arn:aws:s3:::data-dev"


@stack_rule(
    "s3-public-access-block",
    PUBLIC_ACCESS_BLOCK,
    kind=Kind.EXPOSES,
    severity=Severity.HIGH,
    summary="Public access to buckets stays blocked",
    why="Where one of the settings is off, a single object ACL or bucket policy is enough to "
    "publish what the bucket holds.",
    remedy="Set its four settings to true, or remove the block: S3 blocks public access to new "
    "buckets",
    url="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    controls=(
        "Security Hub S3.8",
        "CKV_AWS_53",
        "CKV_AWS_54",
        "CKV_AWS_55",
        "CKV_AWS_56",
        "NIST.800-53.r5 AC-3",
        "NIST.800-53.r5 SC-7",
    ),
    good=(
        Example(type=BUCKET, name="data"),
        Example(
            type=PUBLIC_ACCESS_BLOCK,
            name="data-block",
            properties=dict.fromkeys(BLOCKS, True),
            references={"bucket": ("data",)},
        ),
    ),
    bad=(
        Example(type=BUCKET, name="data"),
        Example(
            type=PUBLIC_ACCESS_BLOCK,
            name="data-block",
            properties={**dict.fromkeys(BLOCKS, True), "blockPublicPolicy": False},
            references={"bucket": ("data",)},
        ),
    ),
)
def public_access_block(block: Resource, graph: Graph) -> Findings:
    """Looks at what a block leaves open: each of its settings is off unless it is given.

    S3 blocks all four on a new bucket that has no block of its own, and what the bucket's account
    blocks holds for every bucket: https://aws.amazon.com/about-aws/whats-new/2022/12/amazon-s3-automatically-enable-block-public-access-disable-access-control-lists-buckets-april-2023/.
    """
    accounts, missed = survey(
        graph.of_type(ACCOUNT_BLOCK),
        lambda account: _blocked(account) if _is_of_account(account, block, graph) else (),
    )
    closed = {key for _, keys in accounts for key in keys}
    left_open = [key for key in BLOCKS if key not in closed and not block.flag(key)]
    if not left_open:
        return
    yield from missed
    if not missed:
        yield Finding(
            problem=", ".join(f"`{key}` is {shown(block.raw(key))}" for key in left_open),
            wanted="true for all four settings",
            fix="Set them to true, or remove the block: S3 blocks public access to new buckets",
        )


class BucketEncryption(RuleConfig):
    """Which encryption will do."""

    require_kms: bool = Field(
        default=False, description="Whether the key must be one of KMS, not S3's own"
    )


@stack_rule(
    "s3-encrypted",
    *BUCKETS,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Objects are encrypted with a key of the kind that is asked for",
    why="S3 encrypts every object, but with a key of its own nobody can see or withdraw who reads "
    "them.",
    url="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html",
    controls=("Security Hub S3.17",),
    good=(
        Example(type=BUCKET, name="data"),
        Example(
            type=ENCRYPTIONS[0],
            name="data-encryption",
            properties={
                "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}]
            },
            references={"bucket": ("data",)},
        ),
    ),
    bad=(Example(type=BUCKET, name="data"),),
    example_config={"requireKms": True},
)
def encrypted(bucket: Resource, graph: Graph, config: BucketEncryption) -> Findings:
    """Reads the configuration in the bucket and beside it; without any, S3's own key is used.

    No bucket can be left unencrypted since January 2023:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html.
    """
    if not config.require_kms:
        return
    holders = _holders(bucket, graph, ENCRYPTION_KEYS, ENCRYPTIONS)
    found, missed = survey(holders, _algorithms)
    algorithms = [algorithm for _, several in found for algorithm in several]
    if any(algorithm in KMS for algorithm in algorithms):
        return
    yield from missed
    if not missed:
        used = listed(algorithms) if algorithms else "not set, so that S3 takes 'AES256'"
        yield Finding(
            problem=f"`sseAlgorithm` is {used}",
            wanted="'aws:kms' or 'aws:kms:dsse' (`requireKms` of s3-encrypted)",
            fix="Add a `BucketServerSideEncryptionConfiguration` with 'aws:kms' and a key",
        )


@stack_rule(
    "s3-tls-only",
    *BUCKETS,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="A bucket policy denies requests over plain HTTP",
    why="S3 also answers on plain HTTP, where anyone on the way can read and change objects.",
    remedy="Add a statement that denies 's3:*' to everyone where `aws:SecureTransport` is 'false' "
    "to a `BucketPolicy`, for the bucket and for its objects",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-5",
    controls=("Security Hub S3.5", "CKV_AWS_379", "cdk-nag AwsSolutions-S10"),
    good=(
        Example(type=BUCKET, name="data"),
        Example(
            type=BUCKET_POLICY,
            name="data-policy",
            properties={
                "policy": json.dumps(
                    {
                        "Statement": {
                            "Sid": "DenyPlainHttp",
                            "Effect": "Deny",
                            "Principal": "*",
                            "Action": "s3:*",
                            "Resource": [BUCKET_ARN, f"{BUCKET_ARN}/*"],
                            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                        }
                    }
                )
            },
            references={"bucket": ("data",)},
        ),
    ),
    bad=(Example(type=BUCKET, name="data"),),
)
def tls_only(bucket: Resource, graph: Graph) -> Findings:
    """Looks for denials that cover the bucket and its objects, which have ARNs of their own.

    A bucket that is a website passes: its endpoint speaks plain HTTP alone, so the denial would
    close it. https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
    """
    if _holders(bucket, graph, ("website",), WEBSITES):
        return
    holders = _holders(bucket, graph, ("policy",), (BUCKET_POLICY,))
    found, missed = survey(holders, lambda holder: statements_of(holder, "policy"))
    covered = [
        resource
        for _, several in found
        for statement in several
        for resource in _closed_to_plain_http(statement)
    ]
    if any(_is_bucket(arn) for arn in covered) and any(_is_objects(arn) for arn in covered):
        return
    yield from missed
    if missed:
        return
    if covered:
        problem = f"its policy denies plain HTTP for {listed(covered)} only"
    else:
        problem = "its policy does not deny plain HTTP" if holders else "it has no policy"
    yield Finding(
        problem=problem,
        wanted="a statement that denies 's3:*' on the bucket and on its objects to everyone where "
        "`aws:SecureTransport` is 'false'",
        fix="Add this statement to a `BucketPolicy`, with the bucket's `arn` and that with '/*' as "
        "`Resource`",
    )


@stack_rule(
    "s3-lifecycle",
    *BUCKETS,
    kind=Kind.PRACTICE,
    severity=Severity.LOW,
    summary="A lifecycle rule ends what is no longer needed",
    why="Old objects, old versions and unfinished uploads are billed every month until somebody "
    "deletes them.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-13",
    controls=("Security Hub S3.13", "CKV_AWS_300"),
    good=(
        Example(type=BUCKET, name="data"),
        Example(
            type=LIFECYCLES[0],
            name="data-lifecycle",
            properties={
                "rules": [{"id": "expire", "status": "Enabled", "expiration": {"days": 90}}]
            },
            references={"bucket": ("data",)},
        ),
    ),
    bad=(Example(type=BUCKET, name="data"),),
)
def lifecycle(bucket: Resource, graph: Graph) -> Findings:
    """Looks for one rule that is switched on, in the bucket or beside it."""
    holders = _holders(bucket, graph, ("lifecycleRules",), LIFECYCLES)
    found, missed = survey(holders, _has_enabled_rule)
    if any(is_enabled for _, is_enabled in found):
        return
    yield from missed
    if not missed:
        yield Finding(
            problem="none of its lifecycle rules is switched on"
            if holders
            else "it has no lifecycle rules",
            wanted="at least one rule that is switched on",
            fix="Add a `BucketLifecycleConfiguration` that expires what is not needed, or at least "
            "ends unfinished uploads",
        )


def _holders(
    bucket: Resource, graph: Graph, keys: tuple[str, ...], kinds: tuple[str, ...]
) -> tuple[Resource, ...]:
    """The resources that hold a setting of the bucket: itself, and those of some kinds beside it.

    Raises:
        Unreadable: It is not known which bucket a resource of these kinds belongs to.
    """
    given = [key for key in keys if is_given(bucket, key) and bucket.values.get(key) not in EMPTY]
    own = (bucket,) if given else ()
    links = graph.links("bucket", of=kinds, to=BUCKETS)
    if links.missed:
        raise links.missed[0]
    return own + links.to(bucket)


def _blocked(account: Resource) -> tuple[str, ...]:
    return tuple(key for key in BLOCKS if account.flag(key))


def _is_of_account(account: Resource, block: Resource, graph: Graph) -> bool:
    """Whether the block of an account is of the account that a bucket's block is in.

    Raises:
        Unreadable: Nothing tells one of the two accounts.
    """
    own = account_of_provider(block.provider)
    # The engine keeps dependencies of all that the program gives; other ids are the provider's.
    is_named = ACCOUNT_ID in account.references or not account.references
    named = account.text(ACCOUNT_ID) if is_named else None
    theirs = named or account_of_provider(account.provider)
    makers = {provider and provider.urn for provider in (account.provider, block.provider)}
    if theirs is None and len(makers) == 1:
        return True
    if None not in (own, theirs):
        return own == theirs
    _, found_in_arns = graph.once(own_accounts)
    if theirs in found_in_arns:
        return True
    said = f"is {shown(theirs)}" if theirs else "is not set"
    raise Unreadable(ACCOUNT_ID, f"{said}, and nothing tells whether {block.name!r} is there")


def _algorithms(holder: Resource) -> tuple[str, ...]:
    """The algorithms in a configuration, which nests differently in each kind of resource."""
    configurations: tuple[Properties, ...] = (holder,)
    if holder.type in BUCKETS:
        configurations = tuple(part for key in ENCRYPTION_KEYS for part in holder.objects(key))
    defaults = [
        default
        for configuration in configurations
        for rule in (*configuration.objects("rule"), *configuration.objects("rules"))
        for key in ("applyServerSideEncryptionByDefault", "applyServerSideEncryptionByDefaults")
        for default in rule.objects(key)
    ]
    return tuple(algorithm for default in defaults if (algorithm := default.text("sseAlgorithm")))


def _has_enabled_rule(holder: Resource) -> bool:
    if holder.type in BUCKETS:
        return any(rule.flag("enabled") for rule in holder.objects("lifecycleRules"))
    return any(rule.text("status") == "Enabled" for rule in holder.objects("rules"))


def _closed_to_plain_http(statement: Statement) -> tuple[str, ...]:
    return statement.resources if denies_plain_http(statement) else ()


def _is_objects(arn: str) -> bool:
    return arn.endswith("*")


def _is_bucket(arn: str) -> bool:
    return "/" not in arn
