"""The queues that the examples of several rules share."""

from typing import Final

import pytest

from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules import sqs
from aws_policy_pack.rules.sqs.examples import ORDERS, ORDERS_DEAD
from aws_policy_pack.testing import analyze_stack

RULES: Final = (
    sqs.dead_letter_queue_required,
    sqs.dead_letter_queue_same_type,
    sqs.dead_letter_retention,
    sqs.redrive_cycle,
    sqs.visibility_timeout,
)


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in RULES])
def test_a_good_example_of_one_rule_breaks_no_other_one(rule: AnyRule) -> None:
    assert analyze_stack(rule, [ORDERS, ORDERS_DEAD]) == []
