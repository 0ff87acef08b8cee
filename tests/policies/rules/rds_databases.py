"""What the tests of databases have in common."""

from collections.abc import Mapping

from google.protobuf.json_format import MessageToDict

from aws_policy_pack.rule import AnyRule
from aws_policy_pack.testing import analyze, remediate
from aws_policy_pack.type_tokens import RDS_INSTANCE
from tests.policies.rules import reading

GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html"


def said(
    rule: AnyRule,
    properties: Mapping[str, object],
    *,
    type: str = RDS_INSTANCE,  # noqa: A002 - Pulumi's word
    config: Mapping[str, object] | None = None,
) -> list[str]:
    """What a rule says of one database."""
    return reading.said(analyze(rule, properties, type=type, config=config))


def assert_mends(rule: AnyRule, given: Mapping[str, object], changes: Mapping[str, object]) -> None:
    """A fix makes these changes and no others, after which there is nothing more to mend."""
    mended = remediate(rule, given)
    assert mended is not None
    assert MessageToDict(mended) == {**given, **changes}
    assert remediate(rule, dict(mended)) is None
    assert analyze(rule, dict(mended)) == []
