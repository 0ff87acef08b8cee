"""Which of several patterns holds for a name."""

import pytest

from aws_policy_pack.config import most_specific


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        pytest.param([], None, id="no patterns"),
        pytest.param(["api", "web-*"], None, id="none that matches"),
        pytest.param(["work*"], "work*", id="a glob"),
        pytest.param(["*", "work*", "w*"], "work*", id="the longest glob"),
        pytest.param(["worke[r]", "worker"], "worker", id="the name before any glob"),
        pytest.param(["w*r", "*er"], "*er", id="of one length, the first by alphabet"),
        pytest.param(["WORKER"], None, id="case counts"),
    ],
)
def test_the_most_specific_pattern_holds(patterns: list[str], expected: str | None) -> None:
    assert most_specific(patterns, "worker") == expected
