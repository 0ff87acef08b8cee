"""RDS instances, Multi-AZ clusters and Aurora, and what old versions of engines cost more."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from operator import itemgetter
from typing import Final

from aws_policy_pack.cost.charges import (
    Charge,
    Charges,
    Missing,
    Pricing,
    Situation,
    amount,
    beyond,
    given_text,
    hourly,
    monthly,
    needed_amount,
    needed_text,
    usage,
)
from aws_policy_pack.lists import load
from aws_policy_pack.resource import Graph, Resource, Unreadable, is_given
from aws_policy_pack.type_tokens import RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_INSTANCE
from aws_policy_pack.wording import shown

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


PRICED_LIKE: Final = {"mariadb": "mysql"}
"""Engines that have the prices of another."""
CLUSTER_NODES: Final = Decimal(3)
"""A Multi-AZ cluster is a writer and two readable standbys.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/multi-az-db-clusters-concepts.html
"""
LARGE: Final = 400
LARGE_OF: Final[Mapping[str, Decimal]] = {"oracle": Decimal(200), "sqlserver": Decimal("Infinity")}
"""GiB from which gp3 storage is striped and includes more: `LARGE`, and that of other engines.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage
"""
INCLUDED_IOPS: Final = {False: 3000, True: 12000}
INCLUDED_THROUGHPUT: Final = {False: 125, True: 500}
"""What gp3 includes below and from that size on: IOPS, and MiB/s."""
SERVERLESS_V1: Final = (1, 16)
"""ACUs at least and at most of Aurora Serverless v1 where nothing is said.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ScalingConfiguration.html
"""


def instance(resource: Resource, situation: Situation) -> Charges:
    """An instance with its storage; a standby in a second zone doubles both."""
    source = _source(resource, situation.graph)
    zones = "/multi-az" if resource.flag("multiAz") else ""
    label = ", Multi-AZ" if zones else ""
    engine = needed_text(source, "engine")
    size = needed_text(resource, "instanceClass")
    key = f"rds/instance-hour/{PRICED_LIKE.get(engine, engine)}/{size}"
    item = f"{engine} {size}{label}"
    if zones and f"{key}{zones}" not in situation.prices:
        yield from hourly(item, key, Decimal(2))
    else:
        yield from hourly(item, f"{key}{zones}")
    yield from database_support(source, engine, size, Decimal(2 if zones else 1), situation)
    yield from _storage(resource, source, zones, label)
    yield from _extras(resource)
    yield from _managed_secret(resource)
    yield usage("backup storage above the database's size", "rds/backup-gb-month")


def cluster(resource: Resource, situation: Situation) -> Charges:
    """A Multi-AZ cluster bills its nodes and storage; an Aurora cluster only what it stores."""
    yield from _managed_secret(resource)
    size = given_text(resource, "dbClusterInstanceClass")
    if size is not None:
        engine = needed_text(resource, "engine")
        yield from hourly(
            f"{engine} {size}, Multi-AZ cluster",
            f"rds/instance-hour/{PRICED_LIKE.get(engine, engine)}/{size}",
            CLUSTER_NODES,
        )
        yield from database_support(resource, engine, size, CLUSTER_NODES, situation)
        kind = given_text(resource, "storageType") or "io1"
        storage = needed_amount(resource, "allocatedStorage")
        yield from monthly(
            f"{kind} storage, Multi-AZ cluster", f"rds/gb-month/{kind}/multi-az-cluster", storage
        )
        yield from monthly(
            f"{kind} IOPS, Multi-AZ cluster",
            f"rds/iops-month/{kind}/multi-az-cluster",
            beyond(
                amount(resource, "iops"),
                INCLUDED_IOPS[storage >= LARGE] if kind == "gp3" else 0,
            ),
        )
        return
    if given_text(resource, "engineMode") == "serverless":
        least, most = SERVERLESS_V1
        low = amount(resource, "scalingConfiguration.minCapacity") or Decimal(least)
        high = amount(resource, "scalingConfiguration.maxCapacity") or Decimal(most)
        yield from hourly("Aurora Serverless v1 ACU", "aurora/acu-hour/serverless-v1", low, high)
    plan = _plan(resource)
    yield usage("Aurora storage", f"aurora/gb-month/{plan}")
    if plan == "standard":
        yield usage("Aurora I/O requests", "aurora/million-requests/standard")
    yield usage("Aurora backup storage", "aurora/backup-gb-month")
    if amount(resource, "backtrackWindow"):
        yield usage("change records for backtracking", "aurora/million-change-records")
    if resource.has("globalClusterIdentifier"):
        yield usage("writes to other regions", "aurora/million-replicated-writes")


def cluster_instance(resource: Resource, situation: Situation) -> Charges:
    """An instance of an Aurora cluster, by its class or by the capacity it may take."""
    owner = cluster_of(resource, situation.graph, RDS_CLUSTER)
    plan = _plan(owner)
    size = needed_text(resource, "instanceClass")
    if size != "db.serverless":
        label = ", I/O-optimized" if plan == "io-optimized" else ""
        yield from hourly(f"Aurora {size}{label}", f"aurora/instance-hour/{plan}/{size}")
    else:
        yield from _serverless(owner, plan)
    yield from _extras(resource)
    engine = given_text(owner, "engine") or given_text(resource, "engine") or ""
    yield from database_support(owner, engine, size, Decimal(1), situation)


def _serverless(owner: Resource, plan: str) -> Iterator[Charge]:
    path = "serverlessv2ScalingConfiguration"
    try:
        low = needed_amount(owner, f"{path}.minCapacity")
        high = needed_amount(owner, f"{path}.maxCapacity")
    except Unreadable as unreadable:
        raise Unreadable(unreadable.path, unreadable.reason, owner) from unreadable
    yield from hourly("Aurora Serverless v2 ACU", f"aurora/acu-hour/{plan}", low, high)


def proxy(resource: Resource, situation: Situation) -> Charges:
    """A proxy bills the vCPUs of its target, which the proxy's inputs do not name."""
    del resource, situation
    yield Missing(reason="bills the vCPUs of its target, which are not known here")


def _source(resource: Resource, graph: Graph) -> Resource:
    """Where engine and storage stand: a replica of this stack has those of its source."""
    if given_text(resource, "engine") is None and resource.has("replicateSourceDb"):
        sources = graph.referenced(resource, "replicateSourceDb", RDS_INSTANCE)
        return next(iter(sources), resource)
    return resource


def _storage(resource: Resource, source: Resource, zones: str, label: str) -> Iterator[Charge]:
    holder = resource if amount(resource, "allocatedStorage") else source
    size = needed_amount(holder, "allocatedStorage")
    most = max(size, amount(resource, "maxAllocatedStorage"))
    kind = given_text(resource, "storageType") or ("io1" if amount(resource, "iops") else "gp3")
    yield from monthly(f"{kind} storage{label}", f"rds/gb-month/{kind}{zones}", size, most)
    iops = amount(resource, "iops")
    if kind == "standard":
        yield usage(f"I/O requests of magnetic storage{label}", "rds/million-requests/standard")
    if kind in ("io1", "io2"):
        yield from monthly(f"{kind} IOPS{label}", f"rds/iops-month/{kind}{zones}", iops)
    if kind == "gp3":
        family = (given_text(source, "engine") or "").removeprefix("custom-").partition("-")[0]
        is_large = size >= LARGE_OF.get(family, LARGE)
        yield from monthly(
            f"gp3 IOPS above {INCLUDED_IOPS[is_large]}{label}",
            f"rds/iops-month/gp3{zones}",
            beyond(iops, INCLUDED_IOPS[is_large]),
        )
        yield from monthly(
            f"gp3 throughput above {INCLUDED_THROUGHPUT[is_large]} MiB/s{label}",
            f"rds/throughput-month/gp3{zones}",
            beyond(amount(resource, "storageThroughput"), INCLUDED_THROUGHPUT[is_large]),
        )


def _extras(resource: Resource) -> Iterator[Charge]:
    """The address of an instance that the internet reaches, and what it writes of its system."""
    if resource.flag("publiclyAccessible"):
        yield from hourly("public IPv4 of the database", "public-ipv4/hour")
    if amount(resource, "monitoringInterval"):
        yield usage("logs of enhanced monitoring", "logs/ingested-gb/standard")


def _managed_secret(resource: Resource) -> Iterator[Charge]:
    if resource.flag("manageMasterUserPassword"):
        yield from monthly("managed password", "secrets-manager/secret-month")


def cluster_of(resource: Resource, graph: Graph, kind: str) -> Resource:
    """The cluster of this stack that an instance belongs to.

    Raises:
        Unreadable: The instance names no cluster of this type in this stack.
    """
    path = "clusterIdentifier"
    if not resource.has(path):
        raise Unreadable(path, "is not set")
    owners = graph.referenced(resource, path, kind)
    if owners:
        owner, *_ = owners
        return owner
    name = resource.text(path)
    for owner in graph.of_type(kind):
        if name in (owner.values.get("clusterIdentifier"), owner.values.get("id")):
            return owner
    raise Unreadable(path, f"is {shown(name)}, which is not a cluster of this stack")


def _plan(resource: Resource) -> str:
    is_optimized = given_text(resource, "storageType") == "aurora-iopt1"
    return "io-optimized" if is_optimized else "standard"


PRICING: Final[dict[str, Pricing]] = {
    RDS_INSTANCE: instance,
    RDS_CLUSTER: cluster,
    RDS_CLUSTER_INSTANCE: cluster_instance,
    "aws:rds/proxy:Proxy": proxy,
}
