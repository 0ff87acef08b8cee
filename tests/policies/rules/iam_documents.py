"""Policy documents, right ones and what is said of wrong ones."""

from collections.abc import Mapping

from aws_policy_pack.rules.iam.validity import policy_document_valid
from aws_policy_pack.testing import analyze
from aws_policy_pack.type_tokens import ROLE
from tests.policies.rules.reading import said

GOOD = {
    "Sid": "Send",
    "Effect": "Allow",
    "Action": ["sqs:SendMessage", "ecs:Describe*"],
    "Resource": ["arn:aws:sqs:eu-west-1:111122223333:tasks", "*"],
    "Condition": {"StringEquals": {"aws:ResourceTag/team": "data"}},
}
TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Action": "sts:AssumeRole",
}


def document(*statements: object, **changes: object) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": statements, **changes}


def without(key: str, statement: Mapping[str, object] = GOOD) -> dict[str, object]:
    return {name: value for name, value in statement.items() if name != key}


def faults(policy: object) -> list[str]:
    found = analyze(policy_document_valid, {"policy": policy})
    return [report.removeprefix("subject: ") for report in said(found)]


def trust_faults(policy: object) -> list[str]:
    found = analyze(policy_document_valid, {"assumeRolePolicy": policy}, type=ROLE)
    return [report.removeprefix("subject: ") for report in said(found)]
