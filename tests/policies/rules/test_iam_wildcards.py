"""IAM policies that allow too many actions, or actions on too many resources."""

import pytest

from aws_policy_pack.rules.iam.documents import is_everything
from aws_policy_pack.rules.iam.permissions import is_scopable, wildcard_action, wildcard_resource
from aws_policy_pack.testing import analyze
from aws_policy_pack.type_tokens import ROLE
from tests.policies.rules.iam_statements import QUEUE, document, problems


def test_a_whole_service_is_found() -> None:
    [report] = analyze(wildcard_action, {"policy": document({"Action": "sqs:*"})})
    assert report.level == "advisory"
    assert report.message == (
        "subject: statement 1 of `policy` allows 'sqs:*'; wanted the actions that are needed, by "
        "name. Fix: List the actions in `Action`. "
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-21"
    )


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        pytest.param({"Action": "*"}, "'*'", id="everything"),
        pytest.param({"Action": ["sqs:SendMessage", "s3:*", "sqs:*"]}, "'s3:*', 'sqs:*'", id="two"),
        pytest.param({"Action": "s3:**"}, "'s3:**'", id="a doubled wildcard"),
        pytest.param({"Action": "s3:?*"}, "'s3:?*'", id="a disguised wildcard"),
        pytest.param({"NotAction": "iam:*"}, "every action but 'iam:*'", id="all but a few"),
    ],
)
def test_every_way_of_allowing_a_whole_service_is_found(
    statement: dict[str, object], allowed: str
) -> None:
    assert problems(wildcard_action, statement) == [
        f"subject: statement 1 of `policy` allows {allowed}"
    ]


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param({"Action": "sqs:SendMessage"}, id="one action"),
        pytest.param({"Action": "ecs:Describe*"}, id="a part of a service"),
        pytest.param({"Action": "ecs:????"}, id="four letters"),
        pytest.param({"Effect": "Deny", "Action": "*"}, id="a denial"),
        pytest.param({"Effect": "Deny", "NotAction": "iam:*"}, id="a denial of all but a few"),
    ],
)
def test_named_actions_pass(statement: dict[str, object]) -> None:
    assert problems(wildcard_action, statement) == []


@pytest.mark.parametrize(
    ("action", "found"),
    [
        pytest.param("sts:*", ["'sts:*'"], id="of STS"),
        pytest.param(["sts:AssumeRole", "STS:**"], ["'STS:**'"], id="beside an action"),
        pytest.param("*", [], id="refused: all"),
        pytest.param("s3:*", [], id="refused: another service"),
    ],
)
def test_a_trust_policy_is_judged_by_the_actions_that_it_can_have(
    action: object, found: list[str]
) -> None:
    trust = document({"Action": action, "Principal": {"AWS": "111122223333"}})
    reports = analyze(wildcard_action, {"assumeRolePolicy": trust}, type=ROLE)
    assert [report.problem for report in reports] == [
        f"statement 1 of `assumeRolePolicy` allows {allowed}" for allowed in found
    ]


def test_an_action_on_every_resource_is_found() -> None:
    policy = document({"Sid": "Send", "Action": ["sqs:SendMessage"], "Resource": "*"})
    [report] = analyze(wildcard_resource, {"policy": policy})
    assert report.level == "advisory"
    assert report.message == (
        "subject: statement 'Send' of `policy` allows 'sqs:SendMessage' on '*'; wanted the ARNs of "
        "the resources that are needed. Fix: Name the ARNs in `Resource`, and put actions that "
        "take no resource into a statement of their own. https://docs.aws.amazon.com/"
        "service-authorization/latest/reference/"
        "reference_policies_actions-resources-contextkeys.html"
    )


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        pytest.param(
            {"Action": ["ecr:GetAuthorizationToken", "ecr:BatchGetImage"], "Resource": "*"},
            "'ecr:BatchGetImage' on '*'",
            id="only the action that takes a resource",
        ),
        pytest.param(
            {"Action": "SQS:sendmessage", "Resource": "*"}, "'SQS:sendmessage' on '*'", id="case"
        ),
        pytest.param({"Action": "ecs:List*", "Resource": "*"}, "'ecs:List*' on '*'", id="pattern"),
        pytest.param({"Action": "*", "Resource": "*"}, "'*' on '*'", id="everything"),
        pytest.param(
            {"Action": "s3:GetObject", "Resource": [QUEUE, "arn:aws:s3:::*"]},
            "'s3:GetObject' on 'arn:aws:s3:::*'",
            id="every bucket",
        ),
        pytest.param(
            {"Action": "sqs:SendMessage", "NotResource": QUEUE},
            f"'sqs:SendMessage' on every resource but '{QUEUE}'",
            id="all resources but one",
        ),
        pytest.param(
            {"NotAction": "iam:*", "Resource": "*"},
            "every action but 'iam:*' on '*'",
            id="all actions but a few",
        ),
        pytest.param(
            {
                "Action": ["ecs:ListTasks", "sqs:SendMessage"],
                "Resource": "*",
                "Condition": {"ArnEquals": {"ecs:cluster": "arn:aws:ecs:::cluster/a"}},
            },
            "'sqs:SendMessage' on '*'",
            id="a condition for another service",
        ),
        pytest.param(
            {
                "Action": "sqs:SendMessage",
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
            },
            "'sqs:SendMessage' on '*'",
            id="a condition on something else",
        ),
    ],
)
def test_actions_that_take_a_resource_are_found(statement: dict[str, object], problem: str) -> None:
    assert problems(wildcard_resource, statement) == [
        f"subject: statement 1 of `policy` allows {problem}"
    ]


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param({"Action": "ecr:GetAuthorizationToken", "Resource": "*"}, id="registry login"),
        pytest.param({"Action": "sqs:SendMessage", "Resource": QUEUE}, id="a named queue"),
        pytest.param({"Action": "sqs:SendMessage", "Resource": f"{QUEUE}-*"}, id="some queues"),
        pytest.param({"Effect": "Deny", "Action": "s3:*", "Resource": "*"}, id="a denial"),
        pytest.param(
            {
                "Action": "ecs:ListTasks",
                "Resource": "*",
                "Condition": {"ArnEquals": {"ECS:Cluster": "arn:aws:ecs:::cluster/a"}},
            },
            id="a condition of the service",
        ),
        pytest.param(
            {
                "Action": "sqs:SendMessage",
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:ResourceTag/team": "data"}},
            },
            id="a condition on the resource",
        ),
    ],
)
def test_actions_that_cannot_or_need_not_be_limited_pass(statement: dict[str, object]) -> None:
    assert problems(wildcard_resource, statement) == []


@pytest.mark.parametrize(
    "action",
    [
        "ecr:GetAuthorizationToken",
        "logs:DescribeLogGroups",
        "ec2:DescribeSubnets",
        "ec2:Describe*",
        "EC2:Describe*",
        "ssmmessages:*",
        "ssmmessages:OpenDataChannel",
        "cloudwatch:PutMetricData",
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
        "s3:ListAllMyBuckets",
        "sts:GetCallerIdentity",
        "sqs:ListQueues",
        "ecs:DescribeTaskDefinition",
        "ecs:DeregisterTaskDefinition",
        "secretsmanager:ListSecrets",
        "made-up:Action",
        "sqs:MadeUp",
    ],
)
def test_actions_without_resources_need_none(action: str) -> None:
    assert not is_scopable(action)


@pytest.mark.parametrize(
    "action",
    [
        "sqs:SendMessage",
        "s3:GetObject",
        "logs:PutLogEvents",
        "logs:CreateLogStream",
        "secretsmanager:GetSecretValue",
        "ecs:UpdateService",
        "ecs:RunTask",
        "kms:Decrypt",
        "iam:PassRole",
        "sts:AssumeRole",
        "ecr:BatchGetImage",
        "ec2:TerminateInstances",
        "ec2:*",
        "s3:Get*",
        "*",
    ],
)
def test_actions_with_resources_need_them(action: str) -> None:
    assert is_scopable(action)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("*", True),
        ("**", True),
        ("arn:aws:s3:::*", True),
        ("arn:aws:s3:::*/*", True),
        ("arn:aws:sqs:*:*:*", True),
        ("arn:aws:logs:*:*:*:*", True),
        ("arn:aws:logs:*:*:*:*/*", True),
        ("arn:aws:iam::*:*", True),
        ("arn:aws:sqs:eu-west-1:*:*", False),
        ("arn:aws:sqs:*:111122223333:*", False),
        ("arn:aws:s3:::bucket/*", False),
        ("arn:aws:s3:::", False),
        ("arn:aws:sqs:*:*::", False),
        ("arn:*", False),
        ("arn:aws", False),
        ("arn:aws:sqs", True),
        ("arn:aws:sqs:", True),
        ("arn:aws:sqs:*", True),
        ("arn:aws:sqs:*:*", True),
        ("arn:aws:s3:", True),
        ("arn:aws:sqs:eu-west-1", False),
        ("arn:aws:sqs:*:111122223333", False),
        ("", False),
    ],
)
def test_a_pattern_for_everything_is_known(resource: str, expected: bool) -> None:  # noqa: FBT001 - a parameter
    assert is_everything(resource) is expected


def test_of_many_actions_a_few_are_named() -> None:
    names = ("SendMessage", "DeleteMessage", "PurgeQueue", "ReceiveMessage", "CreateQueue")
    actions = [f"sqs:{name}" for name in (*names, "DeleteQueue")]
    [problem] = problems(wildcard_resource, {"Action": actions, "Resource": "*"})
    assert problem.endswith("'sqs:ReceiveMessage', 'sqs:CreateQueue' and 1 more on '*'")
