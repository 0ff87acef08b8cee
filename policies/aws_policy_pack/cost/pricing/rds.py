"""RDS instances, Multi-AZ clusters and Aurora."""

from collections.abc import Iterator, Mapping
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
from aws_policy_pack.cost.pricing.versions import database_support
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
    owner = cluster_of(resource, situation.graph, CLUSTER)
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
    INSTANCE: instance,
    CLUSTER: cluster,
    CLUSTER_INSTANCE: cluster_instance,
    "aws:rds/proxy:Proxy": proxy,
}
