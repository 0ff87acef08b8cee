"""How many workers are wanted, and when that takes effect."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auto_scaler.fleet import Reading, ScalingPolicy

COUNTS = st.integers(min_value=0, max_value=100_000)


def policy(*, minimum: int = 1, maximum: int = 4, scale_down_after: float = 120) -> ScalingPolicy:
    """Four messages a worker."""
    return ScalingPolicy(
        minimum=minimum,
        maximum=maximum,
        messages_per_worker=4,
        scale_down_after=scale_down_after,
    )


def reading(messages: int, *, workers: int) -> Reading:
    """All messages wait."""
    return Reading(visible=messages, in_flight=0, workers=workers)


@pytest.mark.parametrize(
    ("visible", "in_flight", "needed"),
    [
        pytest.param(0, 0, 1, id="idle-is-the-minimum"),
        pytest.param(4, 0, 1, id="one-worker-full"),
        pytest.param(5, 0, 2, id="one-message-more"),
        pytest.param(1, 8, 3, id="in-flight-counts"),
        pytest.param(0, 5, 2, id="in-flight-alone"),
        pytest.param(16, 0, 4, id="just-the-maximum"),
        pytest.param(100_000, 500, 4, id="never-above-the-maximum"),
    ],
)
def test_messages_waiting_and_in_flight_justify_workers(
    visible: int, in_flight: int, needed: int
) -> None:
    seen = Reading(visible=visible, in_flight=in_flight, workers=1)

    assert policy().needed(seen) == needed


def test_more_workers_come_at_once() -> None:
    assert policy().decide(reading(100, workers=1), now=0) == 4


def test_an_idle_fleet_may_go_down_to_none() -> None:
    at_once = policy(minimum=0, scale_down_after=0)

    assert at_once.decide(reading(0, workers=1), now=0) == 0


def test_fewer_workers_come_after_the_quiet_time_and_not_before() -> None:
    scaling = policy()

    counts = [scaling.decide(reading(0, workers=4), now) for now in (0, 60, 119, 120)]

    assert counts == [4, 4, 4, 1]


def test_the_count_falls_to_the_most_that_the_quiet_time_needed() -> None:
    scaling = policy()
    scaling.decide(reading(4, workers=4), now=0)
    scaling.decide(reading(12, workers=4), now=60)

    assert scaling.decide(reading(0, workers=4), now=120) == 3


def test_a_full_queue_ends_the_quiet_time() -> None:
    scaling = policy()
    scaling.decide(reading(0, workers=4), now=0)
    scaling.decide(reading(16, workers=4), now=60)

    assert scaling.decide(reading(0, workers=4), now=130) == 4
    assert scaling.decide(reading(0, workers=4), now=250) == 1


def test_after_an_error_the_quiet_time_starts_anew() -> None:
    scaling = policy()
    scaling.decide(reading(0, workers=4), now=0)
    scaling.forget()

    assert scaling.decide(reading(0, workers=4), now=130) == 4


def test_each_step_down_waits_for_its_own_quiet_time() -> None:
    scaling = policy()
    scaling.decide(reading(12, workers=4), now=0)
    assert scaling.decide(reading(12, workers=4), now=120) == 3

    assert scaling.decide(reading(0, workers=3), now=130) == 3
    assert scaling.decide(reading(0, workers=3), now=250) == 1


def test_workers_above_the_maximum_are_stopped_at_once() -> None:
    assert policy().decide(reading(0, workers=50), now=0) == 4


@given(
    minimum=st.integers(min_value=0, max_value=50),
    span=st.integers(min_value=0, max_value=50),
    seen=st.lists(st.tuples(COUNTS, COUNTS, COUNTS, st.booleans()), max_size=20),
)
def test_no_decision_is_above_the_maximum_or_below_the_minimum(
    minimum: int, span: int, seen: list[tuple[int, int, int, bool]]
) -> None:
    maximum = max(1, minimum + span)
    scaling = policy(minimum=minimum, maximum=maximum)

    for tick, (visible, in_flight, workers, failed) in enumerate(seen):
        if failed:
            scaling.forget()
        found = Reading(visible=visible, in_flight=in_flight, workers=workers)
        assert minimum <= scaling.decide(found, now=tick * 40) <= maximum


@given(
    depths=st.lists(st.tuples(COUNTS, st.floats(min_value=0, max_value=60)), min_size=1),
)
def test_no_count_falls_before_a_whole_quiet_time_has_passed(
    depths: list[tuple[int, float]],
) -> None:
    scaling = policy()
    now, workers, last_full = 0.0, 4, 0.0
    for messages, pause in depths:
        seen = reading(messages, workers=workers)
        if scaling.needed(seen) >= workers:
            last_full = now
        count = scaling.decide(seen, now)
        assert count >= workers or now - last_full >= 120
        workers = count
        now += pause
