"""Judges the parts of one property, such as the entries of a list, one by one."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from aws_policy_pack.resource import Unreadable
from aws_policy_pack.rule import Finding, Findings

Part = TypeVar("Part")


def judge_each(
    parts: Iterable[Part],
    judge: Callable[[Part], Findings],
    *,
    called: Callable[[Part], str] | None = None,
) -> Findings:
    """Judges every part, so that one that cannot be read does not hide what the others do wrong.

    Args:
        parts: The parts.
        judge: Judges one.
        called: What a part is called: the `part` of findings that name neither part nor place.
    """
    for part in parts:
        try:
            for found in judge(part):
                if called and isinstance(found, Finding) and not (found.part or found.place):
                    yield replace(found, part=called(part))
                else:
                    yield found
        except Unreadable as unreadable:
            yield unreadable
