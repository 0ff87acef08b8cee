"""What the settings of the rules about queues take, and what they refuse."""

from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules.sqs.access import encryption
from aws_policy_pack.rules.sqs.dead_letters import dead_letter_queue_required, max_receive_count
from aws_policy_pack.rules.sqs.fifo import fifo_deduplication, fifo_required
from aws_policy_pack.rules.sqs.limits import fifo_delay, long_polling, visibility_timeout


@pytest.mark.parametrize(
    ("rule", "settings"),
    [
        pytest.param(long_polling, {"minSeconds": 1}, id="shortest-wait"),
        pytest.param(long_polling, {"minSeconds": 20}, id="longest-wait"),
        pytest.param(max_receive_count, {"min": 1, "max": 1_000}, id="all-receives"),
        pytest.param(max_receive_count, {"min": 1_000, "max": 1_000}, id="most-receives"),
        pytest.param(max_receive_count, {"min": 1, "max": 1}, id="one-receive"),
        pytest.param(visibility_timeout, {"taskTimeoutSeconds": 0.5}, id="short-task"),
        pytest.param(visibility_timeout, {"taskTimeoutSeconds": 43_200}, id="longest-task"),
        pytest.param(visibility_timeout, {"factor": 1}, id="smallest-factor"),
        pytest.param(visibility_timeout, {"overrides": {"a": 43_200}}, id="longest-override"),
    ],
)
def test_settings_within_bounds_are_taken(rule: AnyRule, settings: Mapping[str, object]) -> None:
    told = rule.config.model_validate(settings).model_dump(by_alias=True)
    assert {key: told[key] for key in settings} == settings


@pytest.mark.parametrize(
    ("rule", "settings"),
    [
        pytest.param(long_polling, {"minSeconds": 0}, id="no-wait"),
        pytest.param(long_polling, {"minSeconds": 21}, id="longer-than-sqs-waits"),
        pytest.param(max_receive_count, {"min": 0}, id="no-receives"),
        pytest.param(max_receive_count, {"max": 1_001}, id="more-receives-than-sqs-takes"),
        pytest.param(max_receive_count, {"min": 4, "max": 3}, id="nothing-between"),
        pytest.param(visibility_timeout, {"taskTimeoutSeconds": 0}, id="no-time"),
        pytest.param(visibility_timeout, {"taskTimeoutSeconds": 43_201}, id="too-long"),
        pytest.param(visibility_timeout, {"factor": 0.9}, id="factor-below-one"),
        pytest.param(visibility_timeout, {"overrides": {"a": 43_201}}, id="override-too-long"),
    ],
)
def test_settings_out_of_bounds_are_refused(rule: AnyRule, settings: Mapping[str, object]) -> None:
    with pytest.raises(ValidationError):
        rule.config.model_validate(settings)


@pytest.mark.parametrize(
    ("rule", "defaults"),
    [
        pytest.param(fifo_required, {"patterns": ()}, id="fifo-required"),
        pytest.param(fifo_deduplication, {"queuesWithProducerIds": ()}, id="deduplication"),
        pytest.param(dead_letter_queue_required, {"skip": ()}, id="dead-letter-queue"),
        pytest.param(max_receive_count, {"min": 2, "max": 10}, id="receives"),
        pytest.param(
            visibility_timeout,
            {"taskTimeoutSeconds": 30, "factor": 1, "overrides": {}},
            id="visibility",
        ),
        pytest.param(fifo_delay, {"delayedFifoQueues": ()}, id="delay"),
        pytest.param(long_polling, {"minSeconds": 1}, id="polling"),
        pytest.param(encryption, {"requireKms": False}, id="encryption"),
    ],
)
def test_defaults_are_those_of_the_page_of_rules(
    rule: AnyRule, defaults: Mapping[str, object]
) -> None:
    told = rule.config().model_dump(by_alias=True)
    assert {key: told[key] for key in defaults} == defaults
