"""No signal is lost that is to end a `--watch`."""

import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest

from pulumi_preflight.startup import Terminated
from pulumi_preflight.watching.endings import Endings

ENDS = pytest.mark.parametrize(
    ("number", "raised"),
    [
        pytest.param(signal.SIGINT, KeyboardInterrupt, id="ctrl-c"),
        pytest.param(signal.SIGTERM, Terminated, id="terminated"),
        pytest.param(signal.SIGHUP, Terminated, id="hung-up"),
    ],
)


@pytest.fixture
def endings() -> Iterator[Endings]:
    with Endings() as endings:
        yield endings


@ENDS
def test_a_signal_is_raised_at_once(
    endings: Endings, number: int, raised: type[BaseException]
) -> None:
    endings.check()
    with pytest.raises(raised):
        signal.raise_signal(number)


@ENDS
def test_a_signal_that_python_drops_is_raised_later(
    endings: Endings, number: int, raised: type[BaseException]
) -> None:
    # As Python does in a finalizer.
    with suppress(raised):
        signal.raise_signal(number)
    with pytest.raises(raised):
        endings.check()


@ENDS
def test_a_signal_waits_where_it_would_be_dropped(
    endings: Endings, number: int, raised: type[BaseException]
) -> None:
    done = []

    def work() -> None:
        with endings.waiting():
            signal.raise_signal(number)
            done.append(True)

    with pytest.raises(raised):
        work()
    assert done == [True]


def test_afterwards_the_handlers_are_as_before() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with Endings():
        pass
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Endings():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
