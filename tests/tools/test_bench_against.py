"""A benchmark against another revision says what it cannot measure."""

import pytest

from pulumi_loopback.errors import CommandError
from tools import bench_against
from tools.bench_against import Usage


def test_a_revision_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match=r"--against no-such-revision: .* no such commit"):
        bench_against.main("no-such-revision", 1)


def test_a_round_that_warms_up_does_not_count() -> None:
    taken = iter(range(6))

    def used() -> Usage:
        number = next(taken)
        return Usage(wall=number, own=number, all=number, memory=number)

    runs = bench_against.in_turns(used, used, 2)
    assert [(this.wall, that.wall) for this, that in runs] == [(2, 3), (4, 5)]
