"""The queues that the examples of several rules share."""

from typing import Final

import pytest

from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules.sqs.dead_letters import (
    dead_letter_queue_required,
    dead_letter_queue_same_type,
    dead_letter_retention,
)
from aws_policy_pack.rules.sqs.limits import visibility_timeout
from aws_policy_pack.rules.sqs.links import ORDERS, ORDERS_DEAD, redrive_cycle
from aws_policy_pack.testing import analyze_stack

RULES: Final = (
    dead_letter_queue_required,
    dead_letter_queue_same_type,
    dead_letter_retention,
    redrive_cycle,
    visibility_timeout,
)


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in RULES])
def test_a_good_example_of_one_rule_breaks_no_other_one(rule: AnyRule) -> None:
    assert analyze_stack(rule, [ORDERS, ORDERS_DEAD]) == []
