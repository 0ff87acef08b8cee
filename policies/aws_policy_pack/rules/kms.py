"""Keys of KMS."""

from typing import Final

from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Changes, Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.wording import shown

KEY: Final = "aws:kms/key:Key"
SYMMETRIC: Final = "SYMMETRIC_DEFAULT"


def rotate(key: Resource) -> Changes:
    """Switches the rotation on where KMS can rotate."""
    if not _can_rotate(key) or key.flag("enableKeyRotation"):
        return {}
    return {"enableKeyRotation": True}


@resource_rule(
    "kms-rotation",
    KEY,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Keys that KMS can rotate are rotated",
    why="Without rotation, one leak of the key's material opens everything that the key has ever "
    "encrypted.",
    url="https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
    controls=("Security Hub KMS.4", "CKV_AWS_7"),
    good={"description": "Log groups", "enableKeyRotation": True},
    bad={"description": "Log groups"},
    fix=rotate,
)
def rotation(key: Resource) -> Findings:
    """KMS does not rotate unless told to, and only enabled symmetric keys that it made itself.

    Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html
    """
    if _can_rotate(key) and not key.flag("enableKeyRotation"):
        yield Finding(
            problem=f"`enableKeyRotation` is {shown(key.raw('enableKeyRotation'))}",
            wanted="true",
            fix="Set `enableKeyRotation` to true; KMS keeps what it needs to read old data",
        )


def _can_rotate(key: Resource) -> bool:
    spec = key.text("customerMasterKeySpec")
    return (
        spec in (None, "", SYMMETRIC)
        and not key.has("customKeyStoreId")
        and key.flag("isEnabled", default=True)
    )
