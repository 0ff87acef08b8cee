"""Which roles a policy lets somebody pass to a service."""

import pytest

from aws_policy_pack.rules.iam.permissions import pass_role_scoped
from aws_policy_pack.testing import analyze
from tests.policies.rules.iam_statements import QUEUE, document, problems


def test_passing_every_role_is_found() -> None:
    policy = document({"Action": "iam:PassRole", "Resource": "*"})
    [report] = analyze(pass_role_scoped, {"policy": policy})
    assert report.level == "advisory"
    assert report.message == (
        "subject: statement 1 of `policy` allows 'iam:PassRole' on '*'; wanted the ARNs of the "
        "roles. Fix: Name the task and execution roles in `Resource`. "
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"
    )


ALL_ROLES = "arn:aws:iam::111122223333:role/*"


@pytest.mark.parametrize(
    ("statement", "roles"),
    [
        pytest.param(
            {"Action": "iam:PassRole", "Resource": ALL_ROLES}, f"'{ALL_ROLES}'", id="role/*"
        ),
        pytest.param(
            {"Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/*/*"},
            "'arn:aws:iam::*:role/*/*'",
            id="every path",
        ),
        *(
            pytest.param({"Action": "iam:PassRole", "Resource": arn}, f"'{arn}'", id=arn)
            for arn in (
                "arn:aws:iam",
                "arn:aws:iam:*",
                "arn:aws:iam:*:111122223333",
                "arn:aws:iam::111122223333:*",
                "arn:aws:iam::111122223333:role*",
                "arn:aws:iam::111122223333:ro*",
                "arn:aws:*:*:*:*",
                "arn:aws:IAM:*:*:*",
            )
        ),
        pytest.param({"Action": "IAM:passrole", "Resource": "*"}, "'*'", id="case"),
        pytest.param({"Action": "iam:Pass*", "Resource": "*"}, "'*'", id="a pattern"),
        pytest.param({"Action": "iam:*", "Resource": "*"}, "'*'", id="the service"),
        pytest.param({"NotAction": "s3:*", "Resource": "*"}, "'*'", id="all actions but others"),
        pytest.param(
            {"Action": "iam:PassRole", "NotResource": QUEUE},
            f"every resource but '{QUEUE}'",
            id="all resources but one",
        ),
        pytest.param(
            {
                "Action": "iam:PassRole",
                "Resource": "*",
                "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            },
            "'*'",
            id="to one service",
        ),
        pytest.param(
            {"Action": "iam:PassRole", "Resource": ["arn:aws:iam::1:role/a", "*"]},
            "'*'",
            id="beside a named role",
        ),
    ],
)
def test_every_way_of_passing_every_role_is_found(statement: dict[str, object], roles: str) -> None:
    assert problems(pass_role_scoped, statement) == [
        f"subject: statement 1 of `policy` allows 'iam:PassRole' on {roles}"
    ]


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(
            {"Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/tasks-*"},
            id="named roles",
        ),
        pytest.param(
            {"Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/tasks/*"},
            id="roles of a path",
        ),
        pytest.param(
            {"Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:x:role/*"},
            id="no role",
        ),
        pytest.param(
            {"Action": "iam:PassRole", "Resource": "arn:aws:sqs:*:*:*"}, id="another service"
        ),
        pytest.param({"Action": "iam:GetRole", "Resource": "*"}, id="another action"),
        pytest.param({"NotAction": "iam:Pass*", "Resource": "*"}, id="all actions but this"),
        pytest.param({"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"}, id="a denial"),
        pytest.param({"Action": "iam:PassRole", "Resource": []}, id="no resource"),
    ],
)
def test_passing_named_roles_passes(statement: dict[str, object]) -> None:
    assert problems(pass_role_scoped, statement) == []
