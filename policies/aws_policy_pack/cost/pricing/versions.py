"""What old versions of engines cost more, while AWS still supports them."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from aws_policy_pack.cost.charges import Charge, Missing, Situation, hourly
from aws_policy_pack.cost.reading import given_text
from aws_policy_pack.cost.support import ExtendedSupport, extended_support, is_listed
from aws_policy_pack.given import is_given
from aws_policy_pack.resource import Resource
from aws_policy_pack.wording import shown

DISABLED: Final = "open-source-rds-extended-support-disabled"
"""The life cycle of a database that is upgraded when its standard support ends, and pays nothing.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support-creating-db-instance.html
"""
RESTORED: Final = ("snapshotIdentifier", "restoreToPointInTime", "replicationSourceIdentifier")
"""Properties that name what a database is made from, which decides on its version."""
CLASS: Final = re.compile(r"db\.(?P<family>[a-z]+\d[a-z0-9]*)\.(?P<size>[a-z0-9]+)")
VCPUS: Final = {"large": 2, "xlarge": 4}
SMALL: Final = ("micro", "small", "medium")
BURSTABLE: Final = ("t3", "t4g")
"""vCPUs of a class: `SMALL` ones of these families have two, `12xlarge` has 12 times 4.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
"""


def vcpus_of(size: str) -> Decimal | None:
    """The vCPUs of a database's class; `None` where the class does not tell."""
    match = CLASS.fullmatch(size)
    if match is None:
        return None
    if match["family"] in BURSTABLE and match["size"] in SMALL:
        return Decimal(2)
    number = match["size"].removesuffix("xlarge")
    if number.isdecimal():
        return Decimal(number) * VCPUS["xlarge"]
    return Decimal(VCPUS[match["size"]]) if match["size"] in VCPUS else None


def database_support(
    holder: Resource, engine: str, size: str, nodes: Decimal, situation: Situation
) -> Iterator[Charge | Missing]:
    """Extended Support of a database: it bills the vCPUs of each node, standbys included.

    https://aws.amazon.com/rds/postgresql/pricing/

    Args:
        holder: What tells the version and the life cycle.
        engine: The engine.
        size: The class of the nodes.
        nodes: The number of nodes.
        situation: The day and what else is looked at.
    """
    if not is_listed(engine) or given_text(holder, "engineLifecycleSupport") == DISABLED:
        return
    version = given_text(holder, "engineVersion")
    if version is None:
        if any(is_given(holder, path) for path in RESTORED):
            yield Missing(reason="has the engine version of what it is restored from")
        return
    extended = extended_support(engine, version, situation.today)
    if extended is None:
        return
    vcpus = vcpus_of(size)
    if vcpus is None or not extended.is_certain:
        yield _named(engine, version, extended)
        return
    years = "year-3" if extended.is_dear else "years-1-2"
    yield from hourly(
        f"Extended Support of {engine} {version} since {extended.since}",
        f"rds/extended-support-vcpu-hour/{years}",
        vcpus * nodes,
    )


def old_version(
    holder: Resource, engine: str, path: str, situation: Situation, *, version: str | None = None
) -> Iterator[Missing]:
    """Extended Support that has no price here.

    Args:
        holder: What tells the version.
        engine: The engine, as the calendar names it.
        path: Where the version stands.
        situation: The day and what else is looked at.
        version: The version, where the property holds more than that.
    """
    given = given_text(holder, path) if version is None else version
    if not given:
        return
    extended = extended_support(engine, given, situation.today)
    if extended is not None:
        yield _named(engine, given, extended)


def _named(engine: str, version: str, extended: ExtendedSupport) -> Missing:
    state = "is" if extended.is_certain else "may be"
    return Missing(
        reason=f"runs {engine} {shown(version)}, which {state} in Extended Support since "
        f"{extended.since}, and that has no price here"
    )
