"""Which account a provider and a resource tell."""

import json

import pytest

from aws_policy_pack.resource import Resource, account_of_arn, account_of_provider
from aws_policy_pack.wire import UNKNOWN, Value

BLUE, GREEN = "111111111111", "222222222222"


def resource(**properties: Value) -> Resource:
    return Resource(lambda: properties, urn="urn", type="type", name="name")


def role(account: str) -> dict[str, Value]:
    return {"roleArn": f"arn:aws:iam::{account}:role/deploy", "sessionName": "deploy"}


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"allowedAccountIds": json.dumps([BLUE])}, id="the only one allowed"),
        pytest.param({"allowedAccountIds": [BLUE]}, id="as a list"),
        pytest.param({"assumeRoles": json.dumps([role(BLUE)])}, id="a role"),
        pytest.param({"assumeRoles": json.dumps([role(GREEN), role(BLUE)])}, id="the last role"),
        pytest.param({"assumeRole": json.dumps(role(BLUE))}, id="the role of provider 6"),
        pytest.param(
            {"assumeRoles": [{"role_arn": f"arn:aws:iam::{BLUE}:role/deploy"}]}, id="a dict's role"
        ),
        pytest.param(
            {"assumeRoleWithWebIdentity": json.dumps(role(GREEN)), "assumeRoles": [role(BLUE)]},
            id="a role behind a web identity",
        ),
        pytest.param(
            {"allowedAccountIds": json.dumps([BLUE, GREEN]), "assumeRoles": [role(BLUE)]},
            id="a role among those allowed",
        ),
    ],
)
def test_a_provider_tells_its_account(settings: dict[str, Value]) -> None:
    assert account_of_provider(resource(**settings)) == BLUE


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"region": "eu-west-1", "profile": BLUE}, id="other settings"),
        pytest.param({"allowedAccountIds": json.dumps([BLUE, GREEN])}, id="two allowed"),
        pytest.param({"allowedAccountIds": "[]"}, id="none allowed"),
        pytest.param({"allowedAccountIds": UNKNOWN}, id="unknown"),
        pytest.param({"allowedAccountIds": "[1"}, id="broken JSON"),
        pytest.param({"assumeRoles": [{"roleArn": UNKNOWN}]}, id="an unknown role"),
        pytest.param({"assumeRoles": [role(BLUE), {"roleArn": "deploy"}]}, id="a role without ARN"),
    ],
)
def test_a_provider_may_tell_no_account(settings: dict[str, Value]) -> None:
    assert account_of_provider(resource(**settings)) is None


def test_no_provider_tells_no_account() -> None:
    assert account_of_provider(None) is None


@pytest.mark.parametrize(
    ("arn", "account"),
    [
        pytest.param(f"arn:aws:sqs:eu-west-1:{BLUE}:jobs", BLUE, id="with account"),
        pytest.param("arn:aws:s3:::data", None, id="without account"),
        pytest.param("arn:aws:iam::aws:policy/ReadOnlyAccess", None, id="of AWS"),
        pytest.param(UNKNOWN, None, id="unknown"),
        pytest.param(None, None, id="absent"),
    ],
)
def test_an_arn_tells_the_account(arn: Value, account: str | None) -> None:
    assert account_of_arn(resource(arn=arn)) == account
