"""The jobs and assets, in one process."""

import pytest
from dagster import DagsterInstance, materialize

from dagster_app.jobs import measurements, primes, retrying, summary


@pytest.mark.parametrize(
    ("limit", "parts", "count"),
    [
        pytest.param(100, 7, 25, id="uneven-parts"),
        pytest.param(2, 1, 0, id="none"),
        pytest.param(3, 5, 1, id="more-parts-than-numbers"),
    ],
)
def test_primes_are_counted_in_parts(limit: int, parts: int, count: int) -> None:
    config = {"ops": {"split_range": {"config": {"limit": limit, "parts": parts}}}}
    assert primes.execute_in_process(run_config=config).output_for_node("add_up") == count


def test_a_step_that_fails_at_first_succeeds_at_the_next_attempt() -> None:
    with DagsterInstance.ephemeral() as instance:
        result = retrying.execute_in_process(instance=instance)
    assert result.output_for_node("fail_at_first") == 2


def test_the_summary_describes_the_measurements() -> None:
    with DagsterInstance.ephemeral() as instance:
        result = materialize([measurements, summary], instance=instance)
    assert result.output_for_node("summary") == {
        "mean": pytest.approx(20, abs=0.3),
        "deviation": pytest.approx(2, abs=0.3),
    }
