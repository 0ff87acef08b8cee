"""Which account a provider and a resource tell, and which ones are a stack's own."""

import json

import pytest

from aws_policy_pack.resource import (
    Graph,
    Resource,
    account_of_arn,
    account_of_provider,
    may_be_of_two,
    own_accounts,
)
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


def provider(name: str, **settings: Value) -> Resource:
    return Resource(lambda: settings, urn=name, type="pulumi:providers:aws", name=name)


@pytest.mark.parametrize(
    ("mine", "its"),
    [
        pytest.param({"profile": "blue"}, {"profile": "green"}, id="two profiles"),
        pytest.param({"assumeRoles": UNKNOWN}, {"assumeRoles": UNKNOWN}, id="not known yet"),
        pytest.param(
            {"profile": "blue", "allowedAccountIds": [BLUE]},
            {"profile": "green"},
            id="one tells its account",
        ),
    ],
)
@pytest.mark.parametrize(
    ("one", "other"), [pytest.param("a", "b", id="forth"), pytest.param("b", "a", id="back")]
)
def test_two_providers_may_be_of_two_accounts(
    mine: dict[str, Value], its: dict[str, Value], one: str, other: str
) -> None:
    assert may_be_of_two(provider(one, **mine), provider(other, **its))
    assert may_be_of_two(provider(one, **its), provider(other, **mine))


@pytest.mark.parametrize(
    ("mine", "its"),
    [
        pytest.param({}, {}, id="neither says anything"),
        pytest.param({"profile": "blue"}, {"profile": "blue"}, id="one profile"),
        pytest.param(
            {"profile": "blue", "region": "eu-west-1"},
            {"profile": "blue", "region": "us-east-1"},
            id="two regions",
        ),
        pytest.param(
            {"profile": "blue", "allowedAccountIds": [BLUE]},
            {"profile": "green", "allowedAccountIds": [GREEN]},
            id="both tell their accounts",
        ),
    ],
)
def test_two_providers_that_leave_no_doubt(mine: dict[str, Value], its: dict[str, Value]) -> None:
    assert not may_be_of_two(provider("a", **mine), provider("b", **its))


def test_a_provider_that_is_not_known_yet_is_of_one_account_with_itself() -> None:
    assert not may_be_of_two(provider("a", profile=UNKNOWN), provider("a", profile=UNKNOWN))


def test_without_a_provider_there_are_no_two() -> None:
    blue = provider("a", profile=UNKNOWN)
    assert not may_be_of_two(None, blue)
    assert not may_be_of_two(blue, None)
    assert not may_be_of_two(None, None)


def made(name: str, by: Resource | None, arn: Value = None) -> Resource:
    return Resource(lambda: {"arn": arn}, urn=name, type="type", name=name, provider=by)


def test_the_accounts_of_a_stack_are_told_by_providers_and_by_arns_of_what_others_made() -> None:
    telling, silent = provider("a", allowedAccountIds=[BLUE]), provider("b")
    resources = [
        made("without-arn", silent),
        made("told", telling, "arn:aws:sqs:eu-west-1:333333333333:jobs"),
        made("found", silent, f"arn:aws:sqs:eu-west-1:{GREEN}:jobs"),
        made("of-nobody", None, "arn:aws:sqs:eu-west-1:444444444444:jobs"),
    ]
    told, found = own_accounts(Graph(resources))
    assert (sorted(told), sorted(found)) == ([BLUE], [GREEN, "444444444444"])
