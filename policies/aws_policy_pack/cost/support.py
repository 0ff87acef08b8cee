"""Extended Support: which versions of an engine AWS bills for their age, and since when.

AWS takes a version that nobody upgrades from standard to Extended Support by itself, and bills it.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from operator import itemgetter

from aws_policy_pack.lists import load

Days = tuple[dt.date, dt.date | None]
"""The day from which a version is billed, and that of its dearer third year, if there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedSupport:
    """The Extended Support that a version is in.

    Attributes:
        since: The first day that is billed.
        is_dear: Whether the dearer third year has begun.
        is_certain: Whether the version is told exactly; else some that it may mean are billed.
    """

    since: dt.date
    is_dear: bool
    is_certain: bool


def is_listed(engine: str) -> bool:
    """Whether AWS bills old versions of an engine at all."""
    return engine in _calendar()


def extended_support(engine: str, version: str, today: dt.date) -> ExtendedSupport | None:
    """The Extended Support that a version is in on a day; `None` in standard support.

    A version older than all that are listed is taken for the oldest one. One that names less than
    the list does, such as `8` of `8.0` and `8.4`, may mean each of these.

    Args:
        engine: The engine, as the list names it.
        version: The version, as precise as it is given.
        today: The day of judging.
    """
    meant = list(_days_of(engine, version))
    billed = [days for days in meant if days[0] <= today]
    if not billed:
        return None
    since, dear = min(billed, key=itemgetter(0))
    return ExtendedSupport(
        since=since,
        is_dear=dear is not None and dear <= today,
        is_certain=not meant[1:],
    )


def _days_of(engine: str, version: str) -> Iterator[Days]:
    listed = _calendar().get(engine, {})
    given = tuple(version.split("."))
    exact = [days for known, days in listed.items() if given[: len(known)] == known]
    if exact:
        yield from exact
        return
    yield from (days for known, days in listed.items() if known[: len(given)] == given)
    oldest, numbers = min(listed, key=_number, default=None), _number(given)
    if oldest is not None and numbers and numbers < _number(oldest)[: len(numbers)]:
        yield listed[oldest]


def _number(version: tuple[str, ...]) -> tuple[int, ...]:
    """A version as numbers, which compare as versions do; a part that is none ends it."""
    numbers: list[int] = []
    for part in version:
        if not part.isdecimal():
            break
        numbers.append(int(part))
    return tuple(numbers)


@cache
def _calendar() -> Mapping[str, Mapping[tuple[str, ...], Days]]:
    return {
        engine: {
            tuple(version.split(".")): (
                dt.date.fromisoformat(start),
                None if dear is None else dt.date.fromisoformat(dear),
            )
            for version, (start, dear) in calendar["versions"].items()
        }
        for engine, calendar in load("engine_support").entries.items()
    }
