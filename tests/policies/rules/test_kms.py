"""Keys of KMS."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.rules import kms
from aws_policy_pack.testing import UNKNOWN, analyze, remediate
from tests.policies.rules.reading import problems


def test_a_key_that_is_not_rotated_is_told() -> None:
    [report] = analyze(kms.rotation, {})
    assert report.level == "advisory"
    assert report.message == (
        "subject: `enableKeyRotation` is not set; wanted true. Fix: Set `enableKeyRotation` to "
        "true; KMS keeps what it needs to read old data. "
        "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html"
    )


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        pytest.param({"enableKeyRotation": True}, [], id="rotated"),
        pytest.param({"enableKeyRotation": "true"}, [], id="rotated-as-text"),
        pytest.param(
            {"enableKeyRotation": False}, ["subject: `enableKeyRotation` is false"], id="off"
        ),
        pytest.param(
            {"enableKeyRotation": None}, ["subject: `enableKeyRotation` is not set"], id="null"
        ),
        pytest.param(
            {"customerMasterKeySpec": "SYMMETRIC_DEFAULT", "isEnabled": True},
            ["subject: `enableKeyRotation` is not set"],
            id="symmetric",
        ),
        pytest.param(
            {"customerMasterKeySpec": ""}, ["subject: `enableKeyRotation` is not set"], id="empty"
        ),
        pytest.param({"customerMasterKeySpec": "RSA_2048"}, [], id="asymmetric"),
        pytest.param({"customKeyStoreId": "cks-1"}, [], id="custom-key-store"),
        pytest.param({"customKeyStoreId": UNKNOWN}, [], id="key-store-that-is-made-later"),
        pytest.param({"isEnabled": False}, [], id="disabled"),
        pytest.param(
            {"enableKeyRotation": UNKNOWN},
            ["not evaluated: subject: `enableKeyRotation` is not known yet"],
            id="unknown",
        ),
        pytest.param(
            {"customerMasterKeySpec": UNKNOWN},
            ["not evaluated: subject: `customerMasterKeySpec` is not known yet"],
            id="unknown-spec",
        ),
        pytest.param(
            {"enableKeyRotation": [UNKNOWN]},
            ["not evaluated: subject: `enableKeyRotation` is a list, not true or false"],
            id="wrong-kind",
        ),
    ],
)
def test_keys_that_kms_can_rotate_are_rotated(
    properties: Mapping[str, object], expected: list[str]
) -> None:
    assert problems(analyze(kms.rotation, properties)) == expected


@pytest.mark.parametrize(
    ("properties", "after"),
    [
        pytest.param({}, {"enableKeyRotation": True}, id="absent"),
        pytest.param({"enableKeyRotation": False}, {"enableKeyRotation": True}, id="off"),
        pytest.param({"enableKeyRotation": True}, None, id="on"),
        pytest.param({"customerMasterKeySpec": "ECC_NIST_P256"}, None, id="asymmetric"),
        pytest.param({"isEnabled": False}, None, id="disabled"),
    ],
)
def test_the_fix_switches_rotation_on(
    properties: Mapping[str, object], after: Mapping[str, object] | None
) -> None:
    mended = remediate(kms.rotation, properties)
    assert (None if mended is None else dict(mended)) == after
