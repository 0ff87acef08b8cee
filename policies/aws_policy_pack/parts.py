"""Judges the parts of one property, such as the entries of a list, one by one."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from aws_policy_pack.resource import Unreadable
from aws_policy_pack.rule import Findings

Part = TypeVar("Part")


def judge_each(parts: Iterable[Part], judge: Callable[[Part], Findings]) -> Findings:
    """Judges every part, so that one that cannot be read does not hide what the others do wrong."""
    for part in parts:
        try:
            yield from judge(part)
        except Unreadable as unreadable:
            yield unreadable
