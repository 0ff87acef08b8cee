"""Policies of identities, a statement at a time."""

import json
from collections.abc import Mapping

from aws_policy_pack.rule import AnyRule
from aws_policy_pack.testing import analyze
from tests.policies.rules import reading

QUEUE = "arn:aws:sqs:eu-west-1:111122223333:tasks"


def document(*statements: Mapping[str, object]) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", **statement} for statement in statements],
        }
    )


def problems(rule: AnyRule, *statements: Mapping[str, object]) -> list[str]:
    found = analyze(rule, {"policy": document(*statements)})
    return reading.problems(found)
