"""Work that is done in forked children."""

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from tools.mutation.trials import in_children


def loops(_: int) -> int:
    for _number in itertools.count():
        pass
    return 0


def crashes(_: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def test_each_child_tells_what_it_returned() -> None:
    done = dict(in_children([1, 2, 3], lambda number: number * 2, jobs=2, seconds=lambda _: 5))
    assert done == {1: 2, 2: 4, 3: 6}


def test_a_child_of_somebody_else_is_left_to_it() -> None:
    with subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"]) as other:
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and nobody took it
        assert dict(in_children([1], lambda _: 5, jobs=1, seconds=lambda _: 5)) == {1: 5}
    assert other.returncode == 7


@pytest.mark.parametrize(
    "do", [pytest.param(loops, id="it runs for ever"), pytest.param(crashes, id="it crashes")]
)
def test_a_child_that_does_not_end_well_tells_nothing(do: Callable[[int], int]) -> None:
    assert list(in_children([1], do, jobs=1, seconds=lambda _: 1)) == [(1, None)]
