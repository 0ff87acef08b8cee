"""RDS instances, Multi-AZ clusters and Aurora."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from aws_policy_pack.cost.charges import (
    Charge,
    Charges,
    Missing,
    Pricing,
    Situation,
    beyond,
    hourly,
    monthly,
    usage,
)
from aws_policy_pack.cost.reading import amount, given_text, needed_amount, needed_text
from aws_policy_pack.resource import Graph, Resource, Unreadable
from aws_policy_pack.wording import shown

INSTANCE: Final = "aws:rds/instance:Instance"
CLUSTER: Final = "aws:rds/cluster:Cluster"
CLUSTER_INSTANCE: Final = "aws:rds/clusterInstance:ClusterInstance"

PRICED_LIKE: Final = {"mariadb": "mysql"}
"""Engines that have the prices of another."""
CLUSTER_NODES: Final = Decimal(3)
"""A Multi-AZ cluster is a writer and two readable standbys.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/multi-az-db-clusters-concepts.html
"""
LARGE: Final = 400
"""GiB from which gp3 storage of PostgreSQL, MySQL and MariaDB is striped and includes more.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
"""
INCLUDED_IOPS: Final = {False: 3000, True: 12000}
INCLUDED_THROUGHPUT: Final = {False: 125, True: 500}
"""What gp3 includes below and from `LARGE` on: IOPS, and MiB/s."""
SERVERLESS_V1: Final = (1, 16)
"""ACUs at least and at most of Aurora Serverless v1 where nothing is said.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ScalingConfiguration.html
"""
FREE_INSIGHTS_DAYS: Final = 7
"""Days of Performance Insights that are free: https://aws.amazon.com/rds/performance-insights/pricing/."""


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
    yield from _storage(resource, source, zones, label)
    yield from _insights(resource)
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
        kind = given_text(resource, "storageType") or "io1"
        yield from monthly(
            f"{kind} storage, Multi-AZ cluster",
            f"rds/gb-month/{kind}/multi-az-cluster",
            needed_amount(resource, "allocatedStorage"),
        )
        return
    if given_text(resource, "engineMode") == "serverless":
        least, most = SERVERLESS_V1
        low = amount(resource, "scalingConfiguration.minCapacity") or Decimal(least)
        high = amount(resource, "scalingConfiguration.maxCapacity") or Decimal(most)
        yield from hourly("Aurora Serverless v1 ACU", "aurora/acu-hour/serverless-v1", low, high)
    del situation
    plan = _plan(resource)
    yield usage("Aurora storage", f"aurora/gb-month/{plan}")
    if plan == "standard":
        yield usage("Aurora I/O requests", "aurora/million-requests/standard")
    yield usage("Aurora backup storage", "aurora/backup-gb-month")


def cluster_instance(resource: Resource, situation: Situation) -> Charges:
    """An instance of an Aurora cluster, by its class or by the capacity it may take."""
    owner = _cluster_of(resource, situation.graph)
    plan = _plan(owner)
    size = needed_text(resource, "instanceClass")
    if size != "db.serverless":
        label = ", I/O-optimized" if plan == "io-optimized" else ""
        yield from hourly(f"Aurora {size}{label}", f"aurora/instance-hour/{plan}/{size}")
    else:
        yield from _serverless(owner, plan)
    yield from _insights(resource)


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
        sources = graph.referenced(resource, "replicateSourceDb", INSTANCE)
        return next(iter(sources), resource)
    return resource


def _storage(resource: Resource, source: Resource, zones: str, label: str) -> Iterator[Charge]:
    holder = resource if amount(resource, "allocatedStorage") else source
    size = needed_amount(holder, "allocatedStorage")
    most = max(size, amount(resource, "maxAllocatedStorage"))
    kind = given_text(resource, "storageType") or ("io1" if amount(resource, "iops") else "gp3")
    yield from monthly(f"{kind} storage{label}", f"rds/gb-month/{kind}{zones}", size, most)
    iops = amount(resource, "iops")
    if kind in ("io1", "io2"):
        yield from monthly(f"{kind} IOPS{label}", f"rds/iops-month/{kind}{zones}", iops)
    if kind == "gp3":
        is_large = size >= LARGE
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


def _insights(resource: Resource) -> Iterator[Missing]:
    days = amount(resource, "performanceInsightsRetentionPeriod")
    if resource.flag("performanceInsightsEnabled") and days > FREE_INSIGHTS_DAYS:
        yield Missing(reason=f"keeps Performance Insights for {days} days, which has no price here")


def _managed_secret(resource: Resource) -> Iterator[Charge]:
    if resource.flag("manageMasterUserPassword"):
        yield from monthly("managed password", "secrets-manager/secret-month")


def _cluster_of(resource: Resource, graph: Graph) -> Resource:
    path = "clusterIdentifier"
    if not resource.has(path):
        raise Unreadable(path, "is not set")
    owners = graph.referenced(resource, path, CLUSTER)
    if owners:
        owner, *_ = owners
        return owner
    name = resource.text(path)
    for owner in graph.of_type(CLUSTER):
        if name in (owner.values.get("clusterIdentifier"), owner.values.get("id")):
            return owner
    raise Unreadable(path, f"is {shown(name)}, which is no cluster of this stack")


def _plan(resource: Resource) -> str:
    is_optimized = given_text(resource, "storageType") == "aurora-iopt1"
    return "io-optimized" if is_optimized else "standard"


PRICING: Final[dict[str, Pricing]] = {
    INSTANCE: instance,
    CLUSTER: cluster,
    CLUSTER_INSTANCE: cluster_instance,
    "aws:rds/proxy:Proxy": proxy,
}
