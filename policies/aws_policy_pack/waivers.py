"""Which findings are accepted, by whom and until when."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from aws_policy_pack.config import Problem, Waiver
from aws_policy_pack.resource import STACK, Resource
from aws_policy_pack.rule import Setting


def current_day() -> dt.date:
    """The day on which waivers are judged: that of UTC, the same wherever a pack runs."""
    return dt.datetime.now(tz=dt.UTC).date()


def missing_from(waiver: Waiver) -> tuple[str, ...]:
    """What it does not say of why, who and until when; with any of it missing it waives nothing."""
    given = {
        "reason": waiver.reason.strip(),
        "owner": waiver.owner.strip(),
        "expires": waiver.expires,
    }
    return tuple(key for key, value in given.items() if not value)


def incomplete(settings: Mapping[str, Setting]) -> Iterator[Problem]:
    """Tells what waivers lack of why, who and until when; `settings` is rule id to setting."""
    for rule, setting in settings.items():
        for index, waiver in enumerate(setting.config.waivers):
            for key in missing_from(waiver):
                given = getattr(waiver, key)
                text = f"{given!r} is blank" if given else "is missing"
                wanted = "wanted a reason, an owner and a last day"
                yield Problem(path=f"{rule}.waivers.{index}.{key}", text=f"{text}; {wanted}")


def is_in_force(waiver: Waiver, today: dt.date) -> bool:
    """Whether it says all that it must and its last day has not passed."""
    return not missing_from(waiver) and waiver.expires is not None and today <= waiver.expires


def names(waiver: Waiver, resource: Resource) -> bool:
    """Whether it speaks of this resource: by URN, logical name or glob over either.

    The stack is called by its own name as well: `dev` beside the resource's name `shop-dev`.
    """
    called = [resource.urn, resource.name]
    if resource.type == STACK:
        called.append(resource.urn.removeprefix("urn:pulumi:").partition("::")[0])
    return waiver.resource == resource.urn or any(
        fnmatchcase(name, waiver.resource) for name in called
    )


def waiver_for(waivers: Iterable[Waiver], resource: Resource, *, today: dt.date) -> Waiver | None:
    """The first waiver in force that speaks of this resource."""
    return next((w for w in waivers if names(w, resource) and is_in_force(w, today)), None)
