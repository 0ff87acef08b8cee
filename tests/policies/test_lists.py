"""The lists that the rules read: each has a source and a day."""

from datetime import date

import pytest

from aws_policy_pack.lists import load, names


@pytest.mark.parametrize("name", names())
def test_a_list_says_where_it_comes_from_and_from_when_it_is(name: str) -> None:
    found = load(name)
    assert found.name == name
    assert found.about
    assert found.source.startswith("https://")
    assert date(2026, 11, 1) <= found.dated
    assert found.entries


def test_the_lists_are_told_by_name() -> None:
    assert "fargate_sizes" in names()
    assert list(names()) == sorted(names())
