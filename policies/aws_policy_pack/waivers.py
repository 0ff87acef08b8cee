"""Which findings are accepted, by whom and until when."""

import datetime as dt
from collections.abc import Iterable
from fnmatch import fnmatchcase

from aws_policy_pack.config import Waiver


def is_complete(waiver: Waiver) -> bool:
    """Whether it says why and who answers for it; without that it waives nothing."""
    return bool(waiver.reason.strip() and waiver.owner.strip() and waiver.expires)


def is_in_force(waiver: Waiver, today: dt.date) -> bool:
    """Whether it is complete and its last day has not passed."""
    return is_complete(waiver) and waiver.expires is not None and today <= waiver.expires


def names(waiver: Waiver, *, urn: str, name: str) -> bool:
    """Whether it speaks of this resource: by URN, logical name or glob over either."""
    return waiver.resource == urn or any(
        fnmatchcase(candidate, waiver.resource) for candidate in (name, urn)
    )


def waiver_for(waivers: Iterable[Waiver], *, urn: str, name: str, today: dt.date) -> Waiver | None:
    """The first waiver in force that speaks of this resource."""
    return next(
        (w for w in waivers if names(w, urn=urn, name=name) and is_in_force(w, today)), None
    )
