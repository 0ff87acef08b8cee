"""Parts of a property are judged one by one, and a finding is called by its part."""

from collections.abc import Iterator
from typing import Any

import pytest

from aws_policy_pack.resource import Unreadable
from aws_policy_pack.rule import Finding, Findings, judge_each

PLAIN = Finding(problem="wrong", wanted="right", fix="Set it")


def judge(part: str) -> Findings:
    if part == "unreadable":
        raise Unreadable("a", "is not known yet")
    yield PLAIN


def told(found: Iterator[Finding | Unreadable]) -> list[str]:
    return [str(each) if isinstance(each, Unreadable) else each.part for each in found]


def test_a_part_that_cannot_be_read_hides_no_other() -> None:
    found = judge_each(["one", "unreadable", "two"], judge)
    assert told(found) == ["", "`a` is not known yet", ""]


def test_a_finding_is_called_by_its_part() -> None:
    found = judge_each(["one", "unreadable", "two"], judge, called=str.upper)
    assert told(found) == ["ONE", "`a` is not known yet", "TWO"]


@pytest.mark.parametrize(
    ("own", "part"),
    [
        pytest.param({"part": "own"}, "own", id="a-part"),
        pytest.param({"place": "own"}, "", id="a-place"),
        pytest.param({"part": "own", "place": "other"}, "own", id="both"),
    ],
)
def test_a_finding_that_names_its_own_part_keeps_it(own: dict[str, Any], part: str) -> None:
    finding = Finding(problem="wrong", wanted="right", fix="Set it", **own)
    [found] = judge_each(["one"], lambda _: iter([finding]), called=str.upper)
    assert found is finding
    assert finding.part == part


def test_what_a_part_says_that_it_could_not_read_stays() -> None:
    unreadable = Unreadable("a", "is not known yet")
    assert list(judge_each(["one"], lambda _: iter([unreadable]), called=str)) == [unreadable]
