"""The rules as policies of a stock pack: what the engine tells such a pack of the settings."""

import json
from typing import Any

import pytest
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer

from aws_policy_pack.adapter import policies
from aws_policy_pack.rules import secrets
from aws_policy_pack.testing import Example, Secret, stack_request

MAY_BE_ENCRYPTED = "may be an encrypted setting of the stack"
LITERAL = "comes from the program or a plain setting of the stack"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param("tr0ub4dor", MAY_BE_ENCRYPTED, id="a setting"),
        pytest.param("postgres://app:tr0ub4dor@db", MAY_BE_ENCRYPTED, id="a setting in a text"),
        pytest.param("hunter2", LITERAL, id="a literal"),
    ],
)
def test_a_setting_is_told_from_a_literal(
    value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({"app:token": "tr0ub4dor", "app:size": "3"}))
    service: Any = _PolicyAnalyzerServicer(
        "pack", "1.0.0", policies([secrets.no_literal_value]), EnforcementLevel.MANDATORY
    )
    version = Example(
        type=secrets.SECRET_VERSION, name="token", properties={"secretString": Secret(value)}
    )
    response = service.AnalyzeStack(stack_request([version]), None)
    [message] = [each.message for each in response.diagnostics]
    assert said in message
