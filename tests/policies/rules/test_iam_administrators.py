"""Administrators and IAM users."""

import pytest

from aws_policy_pack.rules.iam.administrators import (
    ACCESS_KEY,
    GROUP_ATTACHMENT,
    LOGIN_PROFILE,
    POLICY_ATTACHMENT,
    ROLE_ATTACHMENT,
    USER,
    USER_ATTACHMENT,
    administrator_access,
    no_users,
)
from aws_policy_pack.rules.iam.documents import POLICY
from aws_policy_pack.testing import UNKNOWN, analyze
from aws_policy_pack.type_tokens import ROLE

URL = "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-1"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


@pytest.mark.parametrize(
    "arn",
    [
        ADMINISTRATOR,
        "arn:aws:iam::aws:policy/IAMFullAccess",
        "arn:aws-cn:iam::aws:policy/AdministratorAccess",
        "arn:aws:iam::aws:policy/job-function/AdministratorAccess",
    ],
)
@pytest.mark.parametrize(
    "kind", [ROLE_ATTACHMENT, USER_ATTACHMENT, GROUP_ATTACHMENT, POLICY_ATTACHMENT]
)
def test_an_attached_policy_of_administrators_is_found(arn: str, kind: str) -> None:
    [report] = analyze(administrator_access, {"policyArn": arn}, type=kind)
    assert report.level == "advisory"
    assert report.message == (
        f"subject: `policyArn` has '{arn}'; wanted none of 'AdministratorAccess', 'IAMFullAccess' "
        "(`policies` of iam-administrator-access). Fix: Attach a policy with the actions and "
        f"resources that are needed. {URL}"
    )


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        "arn:aws:iam::aws:policy/AdministratorAccess-Amplify",
        "arn:aws:iam::111122223333:policy/AdministratorAccess",
    ],
)
def test_other_policies_may_be_attached(arn: str) -> None:
    assert analyze(administrator_access, {"policyArn": arn}) == []


def test_the_policies_of_administrators_are_configured() -> None:
    config = {"policies": ["PowerUserAccess"]}
    attachment = {"policyArn": "arn:aws:iam::aws:policy/PowerUserAccess"}
    [report] = analyze(administrator_access, attachment, config=config)
    assert "wanted none of 'PowerUserAccess' (`policies` of " in report.message
    assert analyze(administrator_access, {"policyArn": ADMINISTRATOR}, config=config) == []


def test_managed_policies_of_a_role_are_read() -> None:
    role = {"managedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess", ADMINISTRATOR]}
    [report] = analyze(administrator_access, role, type=ROLE)
    assert report.message.startswith(f"subject: `managedPolicyArns` has '{ADMINISTRATOR}'; ")


def statement(**properties: object) -> dict[str, object]:
    return {"Statement": [{"Effect": "Allow", **properties}]}


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"Action": "*", "Resource": "*"}, id="everything"),
        pytest.param({"Action": "*:*", "Resource": "*"}, id="every action of every service"),
        pytest.param({"Action": "*:?*", "Resource": "*"}, id="every action with a letter"),
        pytest.param({"Action": ["sqs:A", "*"], "Resource": ["arn:a", "*"]}, id="in lists"),
        pytest.param({"Action": "*", "NotResource": "arn:aws:s3:::a"}, id="all but a resource"),
    ],
)
def test_a_statement_that_allows_everything_is_found(properties: dict[str, object]) -> None:
    policy = {"policy": statement(**properties)}
    [report] = analyze(administrator_access, policy, type=POLICY)
    assert report.message == (
        "subject: statement 1 of `policy` allows every action on every resource; wanted the "
        "actions and resources that are needed. Fix: List them in `Action` and `Resource`. "
        f"{URL}"
    )


ROLES = "arn:aws:iam::111122223333:role/*"


@pytest.mark.parametrize(
    ("properties", "allowed"),
    [
        pytest.param({"Action": "iam:*", "Resource": "*"}, "'iam:*'", id="all of IAM"),
        pytest.param({"Action": "IAM:**", "Resource": "*"}, "'IAM:**'", id="in other letters"),
        pytest.param(
            {"Action": ["sqs:SendMessage", "iam:?*"], "Resource": "*"},
            "'sqs:SendMessage', 'iam:?*'",
            id="beside others",
        ),
        pytest.param({"Action": "iam:*", "Resource": ROLES}, "'iam:*'", id="on every role"),
        pytest.param({"Action": "iam:*", "NotResource": ROLES}, "'iam:*'", id="but some"),
        pytest.param({"Action": "*", "Resource": ROLES}, "'*'", id="every action on every role"),
        pytest.param(
            {"Action": "*", "Resource": "arn:aws:iam::111122223333:*"},
            "'*'",
            id="every action on all of an account's IAM",
        ),
        pytest.param(
            {"NotAction": "s3:DeleteBucket", "Resource": "*"},
            "every action but 's3:DeleteBucket'",
            id="all actions but one",
        ),
        pytest.param(
            {"NotAction": ["s3:*", "iam:DeleteUser"], "Resource": "*"},
            "every action but 's3:*', 'iam:DeleteUser'",
            id="all actions but one of IAM",
        ),
    ],
)
def test_all_of_iam_on_every_role_amounts_to_an_administrator(
    properties: dict[str, object], allowed: str
) -> None:
    [report] = analyze(administrator_access, {"policy": statement(**properties)}, type=POLICY)
    assert report.problem == (
        f"statement 1 of `policy` allows {allowed} on every role, which amounts to every right"
    )


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"Action": "iam:Get*", "Resource": "*"}, id="some actions of IAM"),
        pytest.param({"Action": "iam:*", "Resource": ROLES + "a"}, id="some roles"),
        pytest.param({"Action": "iam:*", "Resource": "arn:aws:sqs:*:*:*"}, id="no role"),
        pytest.param({"Action": "*", "Resource": "arn:aws:sqs"}, id="all of another service"),
        pytest.param({"NotAction": "iam:*", "Resource": "*"}, id="all but IAM"),
        pytest.param({"NotAction": ["s3:*", "i?m:*"], "Resource": "*"}, id="all but a few, IAM"),
        pytest.param({"NotAction": "s3:*", "Resource": "arn:aws:s3:::a"}, id="one bucket"),
        pytest.param({"Effect": "Deny", "Action": "iam:*", "Resource": "*"}, id="a denial of IAM"),
        pytest.param({"Action": "**", "Resource": "*"}, id="refused: an action of no service"),
        pytest.param({"Action": "i*:*", "Resource": "*"}, id="refused: a part of a service's name"),
        pytest.param({"Action": "*", "Resource": "arn:*"}, id="refused: a resource"),
        pytest.param({"Action": "sqs:*", "Resource": "*"}, id="one service"),
        pytest.param({"Action": "*", "Resource": "arn:aws:s3:::a"}, id="one resource"),
        pytest.param({"Effect": "Deny", "Action": "*", "Resource": "*"}, id="a denial"),
    ],
)
def test_a_statement_with_a_limit_passes(properties: dict[str, object]) -> None:
    policy = {"policy": statement(**properties)}
    assert analyze(administrator_access, policy, type=POLICY) == []


def test_an_unknown_list_does_not_hide_a_statement() -> None:
    everything = {"policy": statement(Action="*", Resource="*")}
    role = {
        "managedPolicyArns": UNKNOWN,
        "assumeRolePolicy": statement(),
        "inlinePolicies": [everything],
    }
    finding, gap = analyze(administrator_access, role, type=ROLE)
    assert finding.message.startswith("subject: statement 1 of `inlinePolicies[0].policy` allows")
    assert gap.text == "not evaluated: subject: `managedPolicyArns` is not known yet"


def test_an_attached_policy_that_is_not_known_is_said() -> None:
    [report] = analyze(administrator_access, {"policyArn": UNKNOWN})
    assert report.text == "not evaluated: subject: `policyArn` is not known yet"


@pytest.mark.parametrize(
    ("kind", "properties", "name"),
    [
        pytest.param(USER, {"name": "deployer"}, "is an IAM user", id="a user"),
        pytest.param(USER, {}, "is an IAM user", id="a user with a name by itself"),
        pytest.param(ACCESS_KEY, {"user": UNKNOWN}, "is an access key", id="an access key"),
        pytest.param(
            LOGIN_PROFILE, {"user": UNKNOWN}, "is a password of an IAM user", id="a password"
        ),
    ],
)
def test_users_and_their_credentials_are_found(
    kind: str, properties: dict[str, object], name: str
) -> None:
    [report] = analyze(no_users, properties, type=kind)
    assert report.level == "advisory"
    assert report.message == (
        f"subject: {name}; wanted no IAM users (`allowedUsers` of iam-no-users). Fix: Use a "
        "role, with single sign-on for people. "
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"
        "#bp-users-federation-idp"
    )


ALLOWED = {"allowedUsers": ["mail-*", "break-glass"]}


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        pytest.param(USER, {"name": "mail-sender"}, id="a pattern"),
        pytest.param(USER, {"name": "break-glass"}, id="a name"),
        pytest.param(ACCESS_KEY, {"user": "mail-sender"}, id="an access key"),
        pytest.param(LOGIN_PROFILE, {"user": "break-glass"}, id="a password"),
    ],
)
def test_allowed_users_pass(kind: str, properties: dict[str, object]) -> None:
    assert analyze(no_users, properties, type=kind, config=ALLOWED) == []


@pytest.mark.parametrize(
    ("kind", "properties", "problem"),
    [
        pytest.param(USER, {"name": "deployer"}, "is an IAM user for 'deployer'", id="a user"),
        pytest.param(USER, {}, "is an IAM user for 'subject'", id="a user by its logical name"),
        pytest.param(
            ACCESS_KEY,
            {"name": "mail-sender", "user": "deployer"},
            "is an access key for 'deployer'",
            id="an access key",
        ),
    ],
)
def test_other_users_are_found(kind: str, properties: dict[str, object], problem: str) -> None:
    [report] = analyze(no_users, properties, type=kind, config=ALLOWED)
    assert report.message.startswith(
        f"subject: {problem}; wanted one of 'mail-*', 'break-glass' (`allowedUsers` of "
        "iam-no-users). Fix: "
    )


def test_a_logical_name_may_be_allowed() -> None:
    assert analyze(no_users, {}, name="mail-sender", config=ALLOWED) == []


def test_the_user_of_a_key_that_is_not_known_is_said() -> None:
    [report] = analyze(no_users, {"user": UNKNOWN}, type=ACCESS_KEY, config=ALLOWED)
    assert report.text == "not evaluated: subject: `user` is not known yet"
