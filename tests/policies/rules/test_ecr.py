"""What image repositories scan, allow and hide."""

import json

import pytest

from aws_policy_pack.rules.ecr import (
    REGISTRY_POLICY,
    encrypted,
    immutable_tags,
    policy_not_public,
    scan_on_push,
)
from aws_policy_pack.testing import UNKNOWN, analyze, remediate, wire

CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html"
KEY = "arn:aws:kms:eu-west-1:111122223333:alias/images"


@pytest.mark.parametrize(
    ("properties", "shown"),
    [
        pytest.param({}, "not set", id="absent"),
        pytest.param({"imageScanningConfiguration": None}, "not set", id="null"),
        pytest.param({"imageScanningConfiguration": {}}, "not set", id="empty"),
        pytest.param({"imageScanningConfiguration": {"scanOnPush": False}}, "false", id="off"),
        pytest.param(
            {"imageScanningConfiguration": {"scanOnPush": "false"}}, "'false'", id="off as text"
        ),
    ],
)
def test_a_repository_that_does_not_scan_is_found_and_mended(
    properties: dict[str, object], shown: str
) -> None:
    [report] = analyze(scan_on_push, properties)
    assert report.level == "advisory"
    assert report.message == (
        f"subject: `imageScanningConfiguration.scanOnPush` is {shown}; wanted true, unless the "
        "registry scans what is pushed to it. Fix: Set `imageScanningConfiguration.scanOnPush` to "
        f"true. {CONTROLS}#ecr-1"
    )
    mended = {"imageScanningConfiguration": {"scanOnPush": True}}
    assert remediate(scan_on_push, properties) == wire(mended)


@pytest.mark.parametrize("on", [True, "true"])
def test_a_repository_that_scans_passes(on: object) -> None:
    properties = {"imageScanningConfiguration": {"scanOnPush": on}}
    assert analyze(scan_on_push, properties) == []
    assert remediate(scan_on_push, properties) is None


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        pytest.param(
            {"imageScanningConfiguration": UNKNOWN},
            "`imageScanningConfiguration` is not known yet",
            id="the object",
        ),
        pytest.param(
            {"imageScanningConfiguration": {"scanOnPush": UNKNOWN}},
            "`imageScanningConfiguration.scanOnPush` is not known yet",
            id="the switch",
        ),
        pytest.param(
            {"imageScanningConfiguration": {"scanOnPush": 1}},
            "`imageScanningConfiguration.scanOnPush` is 1, not true or false",
            id="a number",
        ),
    ],
)
def test_a_scan_that_cannot_be_read_is_said(properties: dict[str, object], reason: str) -> None:
    [report] = analyze(scan_on_push, properties)
    assert report.text == f"not evaluated: subject: {reason}"


@pytest.mark.parametrize(
    ("mutability", "shown"),
    [
        pytest.param(None, "not set", id="absent"),
        pytest.param("MUTABLE", "'MUTABLE'", id="mutable"),
        pytest.param("MUTABLE_WITH_EXCLUSION", "'MUTABLE_WITH_EXCLUSION'", id="mostly mutable"),
        pytest.param("immutable", "'immutable'", id="lower case"),
    ],
)
def test_tags_that_can_move_are_found(mutability: object, shown: str) -> None:
    [report] = analyze(immutable_tags, {"imageTagMutability": mutability})
    assert report.level == "advisory"
    assert report.message == (
        f"subject: `imageTagMutability` is {shown}; wanted 'IMMUTABLE', or "
        "'IMMUTABLE_WITH_EXCLUSION' for the tags that have to move. Fix: Set "
        "`imageTagMutability` to 'IMMUTABLE', and push each image under a tag of its own. "
        f"{CONTROLS}#ecr-2"
    )


@pytest.mark.parametrize("mutability", ["IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"])
def test_tags_that_stay_pass(mutability: str) -> None:
    assert analyze(immutable_tags, {"imageTagMutability": mutability}) == []


def test_a_mutability_that_is_not_known_is_said() -> None:
    [report] = analyze(immutable_tags, {"imageTagMutability": UNKNOWN})
    assert report.text == "not evaluated: subject: `imageTagMutability` is not known yet"


@pytest.mark.parametrize(
    ("properties", "shown"),
    [
        pytest.param({}, "not set", id="absent"),
        pytest.param({"encryptionConfigurations": []}, "not set", id="empty"),
        pytest.param({"encryptionConfigurations": [{}]}, "not set", id="no type"),
        pytest.param(
            {"encryptionConfigurations": [{"encryptionType": "AES256", "kmsKey": KEY}]},
            "'AES256'",
            id="AES256",
        ),
        pytest.param(
            {
                "encryptionConfigurations": [
                    {"encryptionType": "AES256"},
                    {"encryptionType": "KMS", "kmsKey": KEY},
                ]
            },
            "'AES256'",
            id="AES256 first, which is what counts",
        ),
    ],
)
def test_images_under_the_registrys_key_are_found(
    properties: dict[str, object], shown: str
) -> None:
    [report] = analyze(encrypted, properties)
    assert report.level == "advisory"
    assert report.message == (
        f"subject: `encryptionType` is {shown}; wanted 'KMS' or 'KMS_DSSE', with a `kmsKey` of "
        "the account. Fix: Set `encryptionConfigurations` to KMS with a `kmsKey`; ECR then makes "
        f"a new repository. {CONTROLS}#ecr-5"
    )


@pytest.mark.parametrize("kind", ["KMS", "KMS_DSSE"])
@pytest.mark.parametrize(
    "key",
    [
        pytest.param({}, id="no key"),
        pytest.param({"kmsKey": None}, id="null"),
        pytest.param({"kmsKey": ""}, id="an empty text"),
    ],
)
def test_images_under_aws_key_are_found(kind: str, key: dict[str, object]) -> None:
    configuration = {"encryptionType": kind, **key}
    [report] = analyze(encrypted, {"encryptionConfigurations": [configuration]})
    assert report.message == (
        f"subject: `encryptionType` is '{kind}' without `kmsKey`, so the key is AWS's; wanted a "
        "`kmsKey` of the account. Fix: Set `kmsKey` to the ARN of a key; ECR then makes a new "
        f"repository. {CONTROLS}#ecr-5"
    )


@pytest.mark.parametrize("kind", ["KMS", "KMS_DSSE"])
@pytest.mark.parametrize("key", [KEY, UNKNOWN])
def test_images_under_a_key_of_the_account_pass(kind: str, key: object) -> None:
    configuration = {"encryptionType": kind, "kmsKey": key}
    assert analyze(encrypted, {"encryptionConfigurations": [configuration]}) == []


@pytest.mark.parametrize(
    ("configurations", "path"),
    [
        pytest.param(UNKNOWN, "encryptionConfigurations", id="the list"),
        pytest.param([UNKNOWN], "encryptionConfigurations[0]", id="the entry"),
        pytest.param(
            [{"encryptionType": UNKNOWN}], "encryptionConfigurations[0].encryptionType", id="type"
        ),
    ],
)
def test_an_encryption_that_is_not_known_is_said(configurations: object, path: str) -> None:
    [report] = analyze(encrypted, {"encryptionConfigurations": configurations})
    assert report.text == f"not evaluated: subject: `{path}` is not known yet"


def policy(**statement: object) -> dict[str, object]:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
    return {"policy": json.dumps(document)}


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        pytest.param(
            {"Principal": "*", "Action": "ecr:BatchGetImage"},
            "statement 1 of `policy` allows 'ecr:BatchGetImage' to everyone",
            id="everyone",
        ),
        pytest.param(
            {"Sid": "Pull", "Principal": {"AWS": ["*"]}, "Action": ["ecr:a", "ecr:b"]},
            "statement 'Pull' of `policy` allows 'ecr:a', 'ecr:b' to everyone",
            id="every account",
        ),
        pytest.param(
            {"Principal": "*", "NotAction": "ecr:DeleteRepository"},
            "statement 1 of `policy` allows every action but 'ecr:DeleteRepository' to everyone",
            id="all actions but one",
        ),
    ],
)
def test_a_public_policy_is_found(statement: dict[str, object], problem: str) -> None:
    [report] = analyze(policy_not_public, policy(**statement))
    assert report.level == "mandatory"
    assert problem.startswith(f"{report.part.replace('policy', '`policy`')} allows ")
    assert report.message == (
        f"subject: {problem}; wanted the accounts or roles that need it. Fix: Name them in "
        "`Principal`, or add a condition on `aws:PrincipalOrgID`. "
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html"
    )


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param({"Principal": {"AWS": "111122223333"}}, id="an account"),
        pytest.param({"Effect": "Deny", "Principal": "*"}, id="a denial"),
        pytest.param(
            {
                "Principal": "*",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}},
            },
            id="an organisation",
        ),
    ],
)
def test_a_policy_for_named_principals_passes(statement: dict[str, object]) -> None:
    assert analyze(policy_not_public, policy(Action="ecr:BatchGetImage", **statement)) == []


def test_the_second_statement_is_read_too() -> None:
    statements = [
        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "ecr:*"},
        {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"},
    ]
    [report] = analyze(policy_not_public, {"policy": {"Statement": statements}})
    assert "statement 2 of `policy`" in report.message


def test_a_denial_to_all_but_an_organisation_closes_a_policy() -> None:
    everyone = {"Principal": "*", "Action": "ecr:*"}
    outsiders = {"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}
    statements = [
        {"Effect": "Allow", **everyone},
        {"Effect": "Deny", **everyone, "Condition": outsiders},
    ]
    assert analyze(policy_not_public, {"policy": {"Statement": statements}}) == []


def test_the_policy_of_a_registry_is_read_too() -> None:
    properties = policy(Principal="*", Action="ecr:CreateRepository")
    assert len(analyze(policy_not_public, properties, type=REGISTRY_POLICY)) == 1


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(UNKNOWN, "is not known yet", id="unknown"),
        pytest.param("public", "is the text 'public', not an object", id="not JSON"),
    ],
)
def test_a_policy_that_cannot_be_read_is_said(value: object, reason: str) -> None:
    [report] = analyze(policy_not_public, {"policy": value})
    assert report.text == f"not evaluated: subject: `policy` {reason}"
